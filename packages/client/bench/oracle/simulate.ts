import type { HeaderEra } from '@aoai/testing';
import { workload } from './estate.ts';
import type { Job } from './estate.ts';
import type { Policy, PolicyContext } from './policies.ts';
import { seeded } from './random.ts';
import { service } from './service.ts';
import { virtualTime } from './virtual-time.ts';

/** What a policy made of a workload. */
export interface Figures {
  readonly jobs: number;
  readonly succeeded: number;
  /** Tokens of the jobs that succeeded, per minute. */
  readonly goodput: number;
  readonly attempts: number;
  /** Share of the attempts that were answered with 429. */
  readonly wasted: number;
  readonly violations: number;
  readonly p50Ms: number;
  readonly p95Ms: number;
}

export interface Simulation {
  readonly load: number;
  readonly minutes: number;
  readonly seed: number;
  readonly deadlineMs: number;
  readonly headers?: HeaderEra;
  /** How the service counts its tokens. @default 'fixed' */
  readonly windows?: 'fixed' | 'sliding';
}

/** Runs a workload through a policy on a virtual clock. */
export async function simulate(
  policy: (context: PolicyContext) => Policy,
  { load, minutes, seed, deadlineMs, headers = '2026', windows = 'fixed' }: Simulation,
): Promise<Figures> {
  const time = virtualTime();
  const estate = service(time, headers, windows);
  const call = policy({ time, service: estate, deadlineMs, random: seeded(seed + 1) });
  const jobs = workload({ load, minutes, seed });
  const latencies: number[] = [];
  let tokens = 0;
  const start = async (job: Job): Promise<void> => {
    if (!(await call(job))) return;
    latencies.push(time.now() - job.atMs);
    tokens += job.promptTokens + job.outputTokens;
  };
  const errors: unknown[] = [];
  for (const job of jobs) {
    time.at(job.atMs, () => {
      start(job).catch((error: unknown) => errors.push(error));
    });
  }
  await time.run();
  if (errors.length > 0) throw errors[0];
  latencies.sort((a, b) => a - b);
  const quantile = (share: number): number => latencies[Math.floor(latencies.length * share)] ?? 0;
  return {
    jobs: jobs.length,
    succeeded: latencies.length,
    goodput: tokens / minutes,
    attempts: estate.attempts,
    wasted: estate.refused / Math.max(1, estate.attempts),
    violations: estate.violations,
    p50Ms: quantile(0.5),
    p95Ms: quantile(0.95),
  };
}
