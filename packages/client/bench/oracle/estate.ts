import { defineConfig } from '@aoai/config';
import type { Config } from '@aoai/config';
import { logNormal, seeded } from './random.ts';

// Three pay-as-you-go deployments with 53, 25 and 10 % of the estate's quota and a provisioned one with 12 %.
export const deployments = ['large', 'middle', 'small', 'ptu'] as const;
export type DeploymentName = (typeof deployments)[number];

/** Requests a minute that the estate can take in the mean. */
const requestsPerMinute = 1_200;
const shares: Readonly<Record<DeploymentName, number>> = { large: 0.53, middle: 0.25, small: 0.1, ptu: 0.12 };

// Microsoft's figures for gpt-4.1 (docs/wire/limits.md#7.3).
const inputTpmPerPtu = 3_000;
const outputWeight = 4;

/** One call of the workload. */
export interface Job {
  readonly atMs: number;
  readonly promptTokens: number;
  readonly maxTokens: number;
  readonly outputTokens: number;
  /** How long the model works on it. */
  readonly serviceMs: number;
}

function size(random: () => number): Omit<Job, 'atMs'> {
  const promptTokens = Math.ceil(Math.min(8_000, logNormal(random, 600, 0.7)));
  const maxTokens = [128, 256, 512][Math.floor(random() * 3)] ?? 256;
  const outputTokens = Math.ceil(Math.min(maxTokens, logNormal(random, 60, 0.8)));
  return { promptTokens, maxTokens, outputTokens, serviceMs: 200 + outputTokens * 2 + random() * 100 };
}

/** Tokens that the service reserves for a job. */
export function estimateOf({ promptTokens, maxTokens }: Pick<Job, 'promptTokens' | 'maxTokens'>): number {
  return promptTokens + maxTokens;
}

/** What the jobs need in the mean, for turning requests into quota. */
const means = (() => {
  const random = seeded(99);
  const sample = Array.from({ length: 20_000 }, () => size(random));
  const mean = (value: (job: Omit<Job, 'atMs'>) => number) =>
    sample.reduce((sum, job) => sum + value(job), 0) / sample.length;
  return {
    estimate: mean(estimateOf),
    weighted: mean(({ promptTokens, outputTokens }) => promptTokens + outputTokens * outputWeight),
  };
})();

const ptu = Math.round((shares.ptu * requestsPerMinute * means.weighted) / inputTpmPerPtu);
const tpm = (share: number): number => Math.round(share * requestsPerMinute * means.estimate);

/** The quota of each deployment. */
export const limits: Readonly<Record<DeploymentName, { tpm?: number; ptu?: number }>> = {
  large: { tpm: tpm(shares.large) },
  middle: { tpm: tpm(shares.middle) },
  small: { tpm: tpm(shares.small) },
  ptu: { ptu },
};

/** The config of the estate, with the limits in it or without. */
export function estateConfig({ withLimits }: { readonly withLimits: boolean }): Config<'chat'> {
  const paygo = { model: 'gpt-4.1', sku: 'DataZoneStandard' };
  const own = (name: DeploymentName) => ({
    deployment: name,
    resource: name,
    ...(withLimits ? { limits: limits[name] } : undefined),
  });
  return defineConfig({
    resources: {
      large: { endpoint: 'http://127.0.0.1:9001' },
      middle: { endpoint: 'http://127.0.0.1:9002' },
      small: { endpoint: 'http://127.0.0.1:9003' },
      ptu: { endpoint: 'http://127.0.0.1:9004' },
    },
    deployments: {
      large: { ...paygo, ...own('large'), resource: 'large' },
      middle: { ...paygo, ...own('middle'), resource: 'middle' },
      small: { ...paygo, ...own('small'), resource: 'small' },
      ptu: { model: 'gpt-4.1', ...own('ptu'), resource: 'ptu', sku: 'DataZoneProvisionedManaged' },
    },
    pools: { chat: [['ptu'], ['large', 'middle', 'small']] },
  }) as Config<'chat'>;
}

/** Jobs that arrive at random (Poisson) at `load` times what the estate can take. */
export function workload({
  load,
  minutes,
  seed,
}: {
  load: number;
  minutes: number;
  seed: number;
}): readonly Job[] {
  const random = seeded(seed);
  const jobs: Job[] = [];
  const perMs = (load * requestsPerMinute) / 60_000;
  for (let atMs = 0; ;) {
    atMs += -Math.log(1 - random()) / perMs;
    if (atMs > minutes * 60_000) return jobs;
    jobs.push({ atMs, ...size(random) });
  }
}
