import fc from 'fast-check';
import { expect, test } from 'vitest';
import { contestants } from './contestants.ts';
import { converse } from './conversations.ts';
import { placements } from './placements.ts';
import { shapes } from './shapes.ts';
import type { Shape } from './shapes.ts';
import { simulate } from './simulate.ts';
import type { Figures } from './simulate.ts';

// One run of each, with another seed than those of docs/benchmarks/latency.md, which takes the median of several: a run is
// the same each time, and a change that loses to the oracle loses in it.
const seed = 3;

async function figuresOf(id: keyof typeof contestants, shape: Shape): Promise<Figures> {
  return simulate(contestants[id].policy, shape, seed);
}

test('in a brown-out one tier keeps up with the oracle, and comes back to the nearest region', async () => {
  const [ours, oracle] = [
    await figuresOf('ours', shapes.brownOut),
    await figuresOf('oracle', shapes.brownOut),
  ];
  expect(ours.p50Ms / oracle.p50Ms).toBeLessThan(1.1);
  expect(ours.p95Ms / oracle.p95Ms).toBeLessThan(1.3);
  expect(ours.sharesAfter[0]).toBeGreaterThan(0.85);
});

test("hedge: 'auto' cuts the tail for at most 5 % more attempts", async () => {
  const ours = await figuresOf('hedged', shapes.brownOut);
  const oracle = await figuresOf('hedgedOracle', shapes.brownOut);
  expect(ours.p95Ms / oracle.p95Ms).toBeLessThan(1.3);
  expect(ours.p99Ms / oracle.p99Ms).toBeLessThan(1.35);
  expect(ours.extra).toBeLessThan(0.05);
});

test('the slow-call circuit leaves a tier that is slow, and comes back', async () => {
  const [ours, oracle] = [
    await figuresOf('tiers', shapes.brownOut),
    await figuresOf('oracle', shapes.brownOut),
  ];
  expect(ours.p95Ms / oracle.p95Ms).toBeLessThan(1.6);
  expect(ours.sharesAfter[0]).toBeGreaterThan(0.85);
});

test('members that queue under load share it, and none collapses', async () => {
  const queues: Shape = {
    title: 'three members with two servers each',
    callsPerSecond: 60,
    seconds: 60,
    regions: ['one', 'two', 'three'].map((name) => ({ name, medianMs: () => 60, servers: 2 })),
  };
  const [ours, oracle] = [await figuresOf('ours', queues), await figuresOf('oracle', queues)];
  expect(ours.p50Ms / oracle.p50Ms).toBeLessThan(2);
  expect(ours.p95Ms / oracle.p95Ms).toBeLessThan(3);
});

test('a member that refuses fast gets next to nothing, and calls succeed', async () => {
  const { failed, calls } = await figuresOf('ours', { ...shapes.refusing, seconds: 40 });
  expect(failed / calls).toBeLessThan(0.01);
});

test.each([[[1]], [[9, 1]], [[1, 9]], [[6, 3, 1]], [[5, 1, 1, 1]], [[1, 2, 3, 4, 5]]])(
  'weights %j are shares, within 3 points, whichever member is faster',
  async (weights) => {
    const shape: Shape = {
      title: 'weights',
      callsPerSecond: 25,
      seconds: 40,
      regions: weights.map((_, index) => ({ name: `r${index}`, medianMs: () => 40 * (index + 1) })),
      weights,
    };
    const sum = weights.reduce((total, weight) => total + weight, 0);
    const { shares } = await figuresOf('ours', shape);
    for (const [index, share] of shares.entries()) {
      expect(Math.abs(share - (weights[index] ?? 0) / sum), shares.join(' ')).toBeLessThan(0.03);
    }
  },
);

test('weights are shares whatever their values, the speeds, the rate and the seed: within 3 points over 1,000 calls', async () => {
  const member = fc.record({ weight: fc.integer({ min: 1, max: 9 }), ms: fc.integer({ min: 20, max: 400 }) });
  const pool = fc.oneof(
    fc.array(member, { minLength: 1, maxLength: 5 }),
    // Weights that are equal are weights, too.
    fc.array(member, { minLength: 2, maxLength: 5 }).map((all) => all.map(({ ms }) => ({ weight: 1, ms }))),
  );
  await fc.assert(
    fc.asyncProperty(pool, fc.constantFrom(5, 25, 100), fc.nat(1_000_000), async (members, rate, runSeed) => {
      const weights = members.map(({ weight }) => weight);
      const regions = members.map(({ ms }, index) => ({ name: `r${index}`, medianMs: () => ms }));
      const shape: Shape = {
        title: 'weights',
        callsPerSecond: rate,
        seconds: 1_000 / rate,
        regions,
        weights,
      };
      const { shares } = await simulate(contestants.ours.policy, shape, runSeed);
      const sum = weights.reduce((total, weight) => total + weight, 0);
      for (const [index, share] of shares.entries()) {
        expect(Math.abs(share - (weights[index] ?? 0) / sum), shares.join(' ')).toBeLessThan(0.03);
      }
    }),
    { numRuns: 6 },
  );
});

test.each([1, 2, 3, 4, 5])(
  '%i equal members get equal shares, also after a cold start of one',
  async (count) => {
    const shape: Shape = {
      title: 'equal',
      callsPerSecond: 25,
      seconds: 40,
      regions: Array.from({ length: count }, (_, index) => ({
        name: `r${index}`,
        medianMs: (progress: number) => (index === 0 && progress < 0.0075 ? 400 : 80),
      })),
    };
    const { sharesAfter } = await figuresOf('ours', shape);
    for (const share of sharesAfter) expect(Math.abs(share - 1 / count)).toBeLessThan(0.05);
  },
);

test.each([2, 3, 4])(
  'conversations over %i equal deployments keep their prompt cache, and the load is spread',
  async (deployments) => {
    const talk = { count: 15, turns: 6, deployments, begin: 'apart' as const };
    const [pinned] = placements(talk);
    const best = await converse(talk, pinned?.place, 3);
    const ours = await converse(talk, undefined, 3);
    expect(ours.cached / best.cached).toBeGreaterThan(0.95);
    expect(ours.peak).toBeLessThan(1.35);
  },
);
