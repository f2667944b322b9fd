import { logNormal, seeded } from '../oracle/random.ts';

/** A region that answers calls. */
export interface Region {
  readonly name: string;
  /** Median time to an answer at a point of the run, from 0 to 1. */
  medianMs(progress: number): number;
  /** How many calls it works on at once; more of them queue. @default no limit */
  readonly servers?: number;
  /** Answers every call with this status, after 5 ms. */
  readonly refuses?: number;
}

/** Some work and the regions that it may go to. */
export interface Shape {
  readonly title: string;
  readonly regions: readonly Region[];
  readonly callsPerSecond: number;
  readonly seconds: number;
  /** Calls that arrive in the same moment. @default 1 */
  readonly burst?: number;
  /** Weights of the regions in the pool, in their order. */
  readonly weights?: readonly number[];
}

/** Spread of the times around their median, and the tail: so many calls take ten times as long. */
const sigma = 0.4;
const tailShare = 0.02;
const tailFactor = 10;

const constant =
  (ms: number): Region['medianMs'] =>
  () =>
    ms;

const near = { name: 'near', medianMs: constant(40) };
const mid = { name: 'mid', medianMs: constant(80) };
const far = { name: 'far', medianMs: constant(160) };
const work = { callsPerSecond: 25, seconds: 120 };

/** When the nearest region is slow, as shares of the run. */
export const brownOut = { from: 0.27, to: 0.53, factor: 12 };

type ShapeName = 'brownOut' | 'equal' | 'slowFromStart' | 'queue' | 'bursts' | 'refusing' | 'weights';

/** The shapes of the work, by name. */
export const shapes: Readonly<Record<ShapeName, Shape>> = {
  brownOut: {
    ...work,
    title: 'nearest 12 × slower from 27 to 53 %',
    regions: [
      {
        name: 'near',
        medianMs: (progress) =>
          progress >= brownOut.from && progress < brownOut.to ? 40 * brownOut.factor : 40,
      },
      mid,
      far,
    ],
  },
  equal: {
    ...work,
    title: 'all regions equal',
    regions: ['one', 'two', 'three'].map((name) => ({ name, medianMs: constant(80) })),
  },
  slowFromStart: {
    ...work,
    title: 'the first 10 × slower from the start',
    regions: [{ name: 'near', medianMs: constant(400) }, near, mid].map((region, index) => ({
      ...region,
      name: ['slow', 'near', 'mid'][index] ?? '',
    })),
  },
  queue: {
    ...work,
    title: 'nearest slow under load: one server and a queue',
    regions: [{ ...near, servers: 1 }, { ...mid, servers: 4 }, far],
  },
  bursts: {
    ...work,
    title: 'bursts of 128 calls',
    burst: 128,
    callsPerSecond: 64,
    regions: ['one', 'two', 'three'].map((name) => ({ name, medianMs: constant(80), servers: 48 })),
  },
  refusing: {
    ...work,
    title: 'one answers 403 in 5 ms, the other 200 in 200 ms',
    regions: [
      { name: 'refusing', medianMs: constant(5), refuses: 403 },
      { name: 'well', medianMs: constant(200) },
    ],
  },
  weights: {
    ...work,
    title: 'weights 6 : 3 : 1, the heaviest the slowest',
    regions: [far, mid, near],
    weights: [6, 3, 1],
  },
};

/** One call, with the luck that it will have in each region: the same for every policy. */
export interface Job {
  readonly number: number;
  readonly atMs: number;
  /** Factor on the median of each region, in their order. */
  readonly luck: readonly number[];
}

/** The calls of a shape: at random times (Poisson), in bursts where the shape has them. */
export function jobsOf(shape: Shape, seed: number): readonly Job[] {
  const random = seeded(seed);
  const { burst = 1, callsPerSecond, seconds, regions } = shape;
  const jobs: Job[] = [];
  for (let atMs = 0; ;) {
    atMs += (-Math.log(1 - random()) * 1_000 * burst) / callsPerSecond;
    if (atMs > seconds * 1_000) return jobs;
    for (let part = 0; part < burst; part += 1) {
      const luck = regions.map(() => logNormal(random, 1, sigma) * (random() < tailShare ? tailFactor : 1));
      jobs.push({ number: jobs.length, atMs, luck });
    }
  }
}
