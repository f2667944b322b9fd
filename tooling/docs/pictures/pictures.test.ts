import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { root } from '../documents.ts';
import { benchmarkPages } from './benchmark-pages.ts';
import { benchmarksSvg } from './benchmarks-svg.ts';
import { terminalSvg } from './terminal-svg.ts';

test('the picture of the benchmarks shows the figures of docs/benchmarks (`pnpm --filter @aoai/docs pictures`)', () => {
  expect(readFileSync(join(root, 'docs/pictures/benchmarks.svg'), 'utf8')).toBe(
    benchmarksSvg(benchmarkPages()),
  );
});

test('a figure that is gone is an error', () => {
  const pages = { ...benchmarkPages(), cost: '' };
  expect(() => benchmarksSvg(pages)).toThrow('no row ["JSON call, 16 in flight"]');
});

test('a terminal shows every line, and nothing in it is markup', () => {
  const svg = terminalSvg('npm start', '1. One <call>\n   5 ms  "busy" answers 429: throttled\n');
  expect(svg).toContain('1. One &lt;call>');
  expect(svg).toContain('&quot;busy&quot; answers 429: throttled');
  expect(svg.match(/<text /g)).toHaveLength(3);
});
