import { seeded } from '../oracle/random.ts';
import { virtualTime } from '../oracle/virtual-time.ts';
import type { Policy, PolicyContext } from './policies.ts';
import { createRegions } from './regions.ts';
import { brownOut, jobsOf } from './shapes.ts';
import type { Shape } from './shapes.ts';

/** What a policy made of a shape. */
export interface Figures {
  readonly calls: number;
  readonly failed: number;
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly p99Ms: number;
  /** Attempts beyond one for each call, as a share of the calls. */
  readonly extra: number;
  /** Shares of the attempts, by region. */
  readonly shares: readonly number[];
  /** The same from 10 % of the run after the brown-out on. */
  readonly sharesAfter: readonly number[];
}

/** Runs the calls of a shape through a policy on a virtual clock. */
export async function simulate(
  policy: (context: PolicyContext) => Policy,
  shape: Shape,
  seed: number,
): Promise<Figures> {
  const time = virtualTime();
  const regions = createRegions(shape, time);
  const call = policy({ shape, time, regions, random: seeded(seed + 1) });
  const jobs = jobsOf(shape, seed);
  const tookMs: number[] = [];
  let failed = 0;
  let before: readonly number[] | undefined;
  const start = async (job: (typeof jobs)[number]): Promise<void> => {
    if (await call(job)) tookMs.push(time.now() - job.atMs);
    else failed += 1;
  };
  const errors: unknown[] = [];
  for (const job of jobs) {
    time.at(job.atMs, () => {
      if (job.atMs >= (brownOut.to + 0.1) * shape.seconds * 1_000) before ??= [...regions.attempts];
      start(job).catch((error: unknown) => errors.push(error));
    });
  }
  await time.run();
  if (errors.length > 0) throw errors[0];
  tookMs.sort((a, b) => a - b);
  const quantile = (share: number): number => tookMs[Math.floor(tookMs.length * share)] ?? 0;
  const attempts = regions.attempts.reduce((sum, count) => sum + count, 0);
  return {
    calls: jobs.length,
    failed,
    p50Ms: quantile(0.5),
    p95Ms: quantile(0.95),
    p99Ms: quantile(0.99),
    extra: attempts / jobs.length - 1,
    shares: sharesOf(regions.attempts),
    sharesAfter: sharesOf(regions.attempts.map((count, index) => count - (before?.[index] ?? 0))),
  };
}

function sharesOf(counts: readonly number[]): number[] {
  const sum = counts.reduce((total, count) => total + count, 0);
  return counts.map((count) => count / Math.max(1, sum));
}

/** The median of each figure over several runs. */
export function medianOf(runs: readonly Figures[]): Figures {
  const median = (value: (figures: Figures) => number): number => {
    const sorted = runs.map(value).sort((a, b) => a - b);
    return sorted[Math.floor(sorted.length / 2)] ?? 0;
  };
  const each = (values: (figures: Figures) => readonly number[]): number[] =>
    (runs[0] === undefined ? [] : values(runs[0])).map((_, index) =>
      median((figures) => values(figures)[index] ?? 0),
    );
  return {
    calls: median(({ calls }) => calls),
    failed: median(({ failed }) => failed),
    p50Ms: median(({ p50Ms }) => p50Ms),
    p95Ms: median(({ p95Ms }) => p95Ms),
    p99Ms: median(({ p99Ms }) => p99Ms),
    extra: median(({ extra }) => extra),
    shares: each(({ shares }) => shares),
    sharesAfter: each(({ sharesAfter }) => sharesAfter),
  };
}
