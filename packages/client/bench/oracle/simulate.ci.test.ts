import { expect, test } from 'vitest';
import { oracle, ours } from './policies.ts';
import { simulate } from './simulate.ts';

// Two minutes of the simulation, so that a change that loses to the oracle is seen at once.
test.each([0.8, 1.2])(
  'at load %d, with limits known or not, it keeps up with the oracle and wastes nothing',
  async (load) => {
    const run = { load, minutes: 2, seed: 11, deadlineMs: 60_000 };
    const best = await simulate(oracle, run);
    for (const withLimits of [true, false]) {
      const figures = await simulate((context) => ours(context, withLimits), run);
      expect(figures.goodput / best.goodput).toBeGreaterThan(0.99);
      expect(figures.wasted).toBeLessThan(0.01);
      expect(figures.p95Ms / best.p95Ms).toBeLessThan(1.1);
      expect(figures.violations).toBe(0);
    }
  },
);

test('where windows slide it wastes as little', async () => {
  const run = { load: 0.97, minutes: 2, seed: 11, deadlineMs: 60_000, windows: 'sliding' as const };
  for (const withLimits of [true, false]) {
    const figures = await simulate((context) => ours(context, withLimits), run);
    expect(figures.succeeded / figures.jobs).toBeGreaterThan(0.99);
    expect(figures.wasted).toBeLessThan(0.01);
    expect(figures.violations).toBe(0);
  }
});
