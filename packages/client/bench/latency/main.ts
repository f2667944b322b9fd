import { contestants } from './contestants.ts';
import { shapes } from './shapes.ts';
import type { Shape } from './shapes.ts';
import { medianOf, simulate } from './simulate.ts';
import type { Figures } from './simulate.ts';

// Compares ways to choose a region with one that knows the fastest. `SEEDS` (a list) and `SHAPES` change the run.

const seeds = (process.env['SEEDS'] ?? '7,11,13,17,19').split(',').map(Number);
const wanted = process.env['SHAPES']?.split(',');
const pick = process.env['POLICIES']?.split(',');

const percent = (share: number): string => (share * 100).toFixed(0);
for (const [key, shape] of Object.entries<Shape>(shapes)) {
  if (wanted !== undefined && !wanted.includes(key)) continue;
  process.stdout.write(`\n## ${shape.title}\n\n`);
  let ideal: Figures | undefined;
  let hedgedIdeal: Figures | undefined;
  for (const [id, { name, policy }] of Object.entries(contestants)) {
    if (pick !== undefined && !pick.includes(id)) continue;
    const runs: Figures[] = [];
    for (const seed of seeds) runs.push(await simulate(policy, shape, seed));
    const f = medianOf(runs);
    ideal ??= f;
    if (id === 'hedgedOracle') hedgedIdeal = f;
    const ref = id === 'hedged' ? (hedgedIdeal ?? ideal) : ideal;
    process.stdout.write(
      `${name.padEnd(40)} p50 ${f.p50Ms.toFixed(0)} p95 ${f.p95Ms.toFixed(0)} p99 ${f.p99Ms.toFixed(0)} | x ${(f.p50Ms / ref.p50Ms).toFixed(2)} ${(f.p95Ms / ref.p95Ms).toFixed(2)} ${(f.p99Ms / ref.p99Ms).toFixed(2)} | extra ${(f.extra * 100).toFixed(1)}% failed ${f.failed}/${f.calls} | ${f.shares.map(percent).join('/')} after ${f.sharesAfter.map(percent).join('/')}\n`,
    );
  }
}
