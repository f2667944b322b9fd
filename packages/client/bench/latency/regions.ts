import type { VirtualTime } from '../oracle/virtual-time.ts';
import type { Job, Region, Shape } from './shapes.ts';

/** An answer of a region. */
export interface Reply {
  readonly status: number;
}

/** The regions of a shape on a virtual clock. */
export interface Regions {
  /** Sends a job. Resolves with the answer, rejects as soon as the signal aborts. */
  send(index: number, job: Job, signal?: AbortSignal): Promise<Reply>;
  /** When a region would answer a call of usual luck that is sent now. */
  expectedMs(index: number): number;
  /** Attempts by region, in their order. */
  readonly attempts: readonly number[];
  readonly regions: readonly Region[];
}

interface Queue {
  /** When each server will be free. */
  readonly freeAtMs: number[];
}

/** Regions that answer after the time that a job's luck gives them, and after those before it in the queue. */
export function createRegions(shape: Shape, time: VirtualTime): Regions {
  const { regions, seconds } = shape;
  const attempts = regions.map(() => 0);
  const queues = regions.map(({ servers }): Queue => ({
    freeAtMs: Array.from({ length: servers ?? 0 }, () => 0),
  }));
  const medianMs = (region: Region): number => region.medianMs(time.now() / (seconds * 1_000));

  /** How long a call of `workMs` takes from now on, with its place in the queue. */
  function answerMs(index: number, workMs: number, takes: boolean): number {
    const { freeAtMs } = queues[index] ?? { freeAtMs: [] };
    if (freeAtMs.length === 0) return workMs;
    const server = freeAtMs.indexOf(Math.min(...freeAtMs));
    const beginsMs = Math.max(time.now(), freeAtMs[server] ?? 0);
    if (takes) freeAtMs[server] = beginsMs + workMs;
    return beginsMs + workMs - time.now();
  }

  async function send(index: number, job: Job, signal?: AbortSignal): Promise<Reply> {
    const region = regions[index];
    if (region === undefined) throw new RangeError(`No region ${index}.`);
    attempts[index] = (attempts[index] ?? 0) + 1;
    const { promise, resolve, reject } = Promise.withResolvers<Reply>();
    signal?.addEventListener('abort', () => {
      reject(signal.reason);
    });
    // A tail is a property of the call, not work that a queue has to wait for.
    const workMs = region.refuses === undefined ? medianMs(region) * (job.luck[index] ?? 1) : 5;
    time.at(time.now() + answerMs(index, workMs, true), () => {
      resolve({ status: region.refuses ?? 200 });
    });
    return promise;
  }

  return {
    send,
    attempts,
    regions,
    expectedMs: (index) => {
      const region = regions[index];
      if (region === undefined || region.refuses !== undefined) return Infinity;
      return answerMs(index, medianMs(region), false);
    },
  };
}
