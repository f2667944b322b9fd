import { createLimiter } from '@aoai/testing';
import type { Admission, HeaderEra, Limiter } from '@aoai/testing';
import { deployments, limits } from './estate.ts';
import type { DeploymentName, Job } from './estate.ts';
import { slidingLimiter } from './sliding-limiter.ts';
import type { VirtualTime } from './virtual-time.ts';

/** The deployments of the estate, with the mock's own limits. */
export interface Service {
  /** Sends a job. Resolves when the answer is back. */
  send(name: DeploymentName, job: Job, bodyLength: number): Promise<Reply>;
  limiter(name: DeploymentName): Limiter;
  /** Everything that was sent. */
  readonly attempts: number;
  /** What was answered with 429. */
  readonly refused: number;
  /** Attempts that were sent to a deployment before the time that it had named. */
  readonly violations: number;
}

export interface Reply {
  readonly status: 200 | 429;
  readonly headers: Readonly<Record<string, string>>;
  readonly retryAfterMs?: number;
}

/** Time of a message from the caller to the service, and of one back. */
export const oneWayMs = 8;

/** What `Limiter.admit` is asked for a body. */
export function estimateOfBody(job: Job, bodyLength: number): { tokens: number; outputTokens: number } {
  return { tokens: Math.ceil(bodyLength / 4) + job.maxTokens, outputTokens: job.maxTokens };
}

/** A service on a virtual clock. */
export function service(
  time: VirtualTime,
  headerEra: HeaderEra = '2026',
  windows: 'fixed' | 'sliding' = 'fixed',
): Service {
  const clock = {
    now: () => time.now(),
    timeScale: 1,
    sleep: () => Promise.reject(new Error('Nothing sleeps here.')),
  };
  const model = { model: 'gpt-4.1' };
  const limiterOf = (name: DeploymentName): Limiter => {
    const { tpm } = limits[name];
    if (windows === 'sliding' && tpm !== undefined) return slidingLimiter(tpm, time, headerEra);
    return createLimiter({ ...model, deployment: name, limits: limits[name] }, clock, { headerEra });
  };
  const limiters = new Map(deployments.map((name) => [name, limiterOf(name)]));
  const parkedUntilMs = new Map<DeploymentName, number>();
  const counts = { attempts: 0, refused: 0, violations: 0 };

  const limiter = (name: DeploymentName): Limiter => {
    const found = limiters.get(name);
    if (found === undefined) throw new RangeError(name);
    return found;
  };

  async function send(name: DeploymentName, job: Job, bodyLength: number): Promise<Reply> {
    counts.attempts += 1;
    if (time.now() < (parkedUntilMs.get(name) ?? 0)) counts.violations += 1;
    await sleep(time, oneWayMs);
    const admission: Admission = limiter(name).admit(estimateOfBody(job, bodyLength));
    if (!admission.ok) {
      counts.refused += 1;
      await sleep(time, oneWayMs);
      // From the moment the caller knows.
      parkedUntilMs.set(name, Math.max(parkedUntilMs.get(name) ?? 0, time.now() + admission.retryAfterMs));
      return { status: 429, headers: admission.headers, retryAfterMs: admission.retryAfterMs };
    }
    await sleep(time, job.serviceMs);
    admission.settle({ tokens: job.promptTokens + job.outputTokens, outputTokens: job.outputTokens });
    await sleep(time, oneWayMs);
    return { status: 200, headers: admission.headers };
  }

  return {
    send,
    limiter,
    get attempts() {
      return counts.attempts;
    },
    get refused() {
      return counts.refused;
    },
    get violations() {
      return counts.violations;
    },
  };
}

/** Waits on the virtual clock. */
export async function sleep(time: VirtualTime, ms: number): Promise<void> {
  await new Promise<void>((resolve) => {
    time.at(time.now() + ms, resolve);
  });
}
