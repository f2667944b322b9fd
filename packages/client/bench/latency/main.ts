// Compares ways to choose a region with one that always knows the fastest, on a virtual clock:
//   pnpm --filter @aoai/client simulate:latency [--write]
// `--write` keeps the tables and the plot in docs/benchmarks. `SEEDS`, `SHAPES` and `POLICIES` (lists) change the run.
import { writeFile } from 'node:fs/promises';
import { contestants } from './contestants.ts';
import { placements, talks } from './placements.ts';
import type { Contestant } from './contestants.ts';
import { converse } from './conversations.ts';
import { page, plotOf } from './report.ts';
import type { CacheRow, Row } from './report.ts';
import { shapes } from './shapes.ts';
import type { Shape } from './shapes.ts';
import { medianOf, simulate } from './simulate.ts';
import type { Figures } from './simulate.ts';

const listOf = (name: string) => process.env[name]?.split(',');
const seeds = (listOf('SEEDS') ?? ['7', '11', '13', '17', '19']).map(Number);
const [wantedShapes, wantedPolicies] = [listOf('SHAPES'), listOf('POLICIES')];

async function figuresOf({ policy }: Contestant, shape: Shape): Promise<Figures> {
  const runs: Figures[] = [];
  for (const seed of seeds) runs.push(await simulate(policy, shape, seed));
  return medianOf(runs);
}

const rows: Row[] = [];
for (const [key, shape] of Object.entries<Shape>(shapes)) {
  if (wantedShapes !== undefined && !wantedShapes.includes(key)) continue;
  for (const [id, contestant] of Object.entries<Contestant>(contestants)) {
    if (wantedPolicies !== undefined && !wantedPolicies.includes(id)) continue;
    const figures = await figuresOf(contestant, shape);
    rows.push({ shape, id, contestant, figures });
    process.stderr.write(`${shape.title}: ${contestant.name}\n`);
  }
}

const cacheRows: CacheRow[] = [];
if (wantedShapes === undefined || wantedShapes.includes('conversations')) {
  const median = (values: readonly number[]) => values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;
  for (const talk of talks) {
    for (const { name, place } of placements(talk)) {
      const runs = [];
      for (const seed of seeds) runs.push(await converse(talk, place, seed));
      const cached = median(runs.map((run) => run.cached));
      cacheRows.push({ talk, name, cached, peak: median(runs.map((run) => run.peak)) });
    }
    process.stderr.write(`${talk.count} conversations over ${talk.deployments} deployments\n`);
  }
}

const text = page({ rows, cacheRows, seeds });
process.stdout.write(text);
if (process.argv.includes('--write')) {
  const docs = new URL('../../../../docs/benchmarks/', import.meta.url);
  await writeFile(new URL('latency.md', docs), text);
  await writeFile(new URL('latency.svg', docs), plotOf(rows));
}
