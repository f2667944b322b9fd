import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../documents.ts';
import type { BenchmarkPages } from './benchmarks-svg.ts';

/** The pages of `docs/benchmarks/` as they are now. */
export function benchmarkPages(): BenchmarkPages {
  const read = (name: string) => readFileSync(join(root, 'docs/benchmarks', `${name}.md`), 'utf8');
  return { oracle: read('oracle'), latency: read('latency'), cost: read('cost') };
}
