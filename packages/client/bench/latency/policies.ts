import { defineConfig } from '@aoai/config';
import type { Config } from '@aoai/config';
import { createClient } from '../../src/index.ts';
import type { ClientOptions, Transport } from '../../src/index.ts';
import type { VirtualTime } from '../oracle/virtual-time.ts';
import type { Regions } from './regions.ts';
import type { Job, Shape } from './shapes.ts';

/** Makes a job's call: `true` when it was answered. */
export type Policy = (job: Job) => Promise<boolean>;

export interface PolicyContext {
  readonly shape: Shape;
  readonly time: VirtualTime;
  readonly regions: Regions;
  readonly random: () => number;
}

/** The SDK on the nearest region, which is the first of the shape. */
export function nearest({ regions }: PolicyContext): Policy {
  return async (job) => isOk(await regions.send(0, job));
}

/** The SDK with a list of regions, one after the other. */
export function roundRobin({ regions }: PolicyContext): Policy {
  return async (job) => isOk(await regions.send(job.number % regions.regions.length, job));
}

/** The better of two random regions by an average of all answers that never ages: what this package did before. */
export function yesterday({ regions, time, random }: PolicyContext): Policy {
  const averageMs = regions.regions.map(() => 0);
  return async (job) => {
    const left = averageMs.map((_, index) => index);
    const draw = () => left.splice(Math.floor(random() * left.length), 1)[0];
    const [first = 0, second = first] = [draw(), draw()];
    const score = (index: number) => 1 / Math.max(1, averageMs[index] ?? 0);
    const chosen = score(second) > score(first) ? second : first;
    const startedMs = time.now();
    const reply = await regions.send(chosen, job);
    const tookMs = time.now() - startedMs;
    const before = averageMs[chosen] ?? 0;
    averageMs[chosen] = before === 0 ? tookMs : before * 0.8 + tookMs * 0.2;
    return isOk(reply);
  };
}

/** Always sends to the region that is the fastest at this moment. */
export function oracle({ regions }: PolicyContext): Policy {
  return async (job) => isOk(await regions.send(fastest(regions)[0] ?? 0, job));
}

/** The oracle, with a second attempt in the next best region for its slowest calls: 5 % of them. */
export function hedgedOracle({ regions, time }: PolicyContext): Policy {
  const tookMs: number[] = [];
  let calls = 0;
  let hedges = 0;
  return async (job) => {
    calls += 1;
    const startedMs = time.now();
    const [first = 0] = fastest(regions);
    const sorted = tookMs.toSorted((a, b) => a - b);
    const p95Ms = sorted[Math.floor(sorted.length * 0.95)] ?? Infinity;
    const running = regions.send(first, job);
    void running.then(() => tookMs.push(time.now() - startedMs) > 200 && tookMs.shift());
    const { promise, resolve } = Promise.withResolvers<boolean>();
    void running.then((reply) => {
      resolve(isOk(reply));
    });
    if (p95Ms < Infinity && sorted.length > 20) {
      time.at(startedMs + p95Ms, () => {
        if (hedges + 1 > calls * 0.05) return;
        const second = fastest(regions).find((index) => index !== first);
        if (second === undefined || isDone(job)) return;
        hedges += 1;
        void regions.send(second, job).then((reply) => {
          resolve(isOk(reply));
        });
      });
    }
    const ok = await promise;
    done.add(job);
    return ok;
  };
}

const done = new WeakSet<Job>();
function isDone(job: Job): boolean {
  return done.has(job);
}

function fastest(all: Regions): number[] {
  return all.regions.map((_, index) => index).sort((a, b) => all.expectedMs(a) - all.expectedMs(b));
}

function isOk({ status }: { readonly status: number }): boolean {
  return status === 200;
}

/** This package, as an application uses it, with the regions in one tier or each in a tier of its own. */
export function ours(
  { shape, time, regions, random }: PolicyContext,
  { tiers, ...options }: Pick<ClientOptions, 'hedge' | 'circuit'> & { readonly tiers: 'one' | 'each' },
): Policy {
  const jobs = new Map<string, Job>();
  const transport: Transport = async ({ url, headers, signal }) => {
    const job = jobs.get(headers['x-job'] ?? '');
    if (job === undefined) throw new TypeError('No job.');
    const { status } = await regions.send(Number(new URL(url).port) - 9001, job, signal);
    const text = status === 200 ? answer : `{"error":{"code":"${status}","message":"Refused."}}`;
    return {
      status,
      headers: new Headers({ 'content-type': 'application/json' }),
      body: once(Buffer.from(text)),
      destroy: () => undefined,
    };
  };
  const azure = createClient(configOf(shape, tiers), {
    credential: { kind: 'entra-id', headers: () => ({}), refresh: async () => false },
    transport,
    // Of its own: runs one after the other would share that of the process.
    retry: { budgetReserve: 20 },
    now: () => time.now(),
    random,
    allowHeaders: ['x-job'],
    ...options,
  });
  return async (job) => {
    const id = String(job.number);
    jobs.set(id, job);
    const response = await azure
      .fetch('https://aoai.invalid/openai/v1/chat/completions', {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-job': id },
        body: JSON.stringify({ model: 'chat', messages: [{ role: 'user', content: 'Say hello.' }] }),
      })
      .catch(() => undefined);
    return response?.status === 200;
  };
}

const answer = JSON.stringify({
  choices: [{ index: 0, message: { role: 'assistant', content: 'Yes.' }, finish_reason: 'stop' }],
  usage: { prompt_tokens: 10, completion_tokens: 20 },
});

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

function configOf({ regions, weights }: Shape, tiers: 'one' | 'each'): Config<'chat'> {
  return poolOf(
    regions.map(({ name }) => name),
    tiers,
    weights,
  );
}

/** A pool of deployments on ports from 9001 on, in one tier or each in a tier of its own. */
export function poolOf(
  names: readonly string[],
  tiers: 'one' | 'each',
  weights?: readonly number[],
): Config<'chat'> {
  const members = names.map((deployment, index) => {
    const weight = weights?.[index];
    return weight === undefined ? deployment : { deployment, weight };
  });
  return defineConfig({
    resources: Object.fromEntries(
      names.map((name, index) => [name, { endpoint: `http://127.0.0.1:${9001 + index}` }]),
    ),
    deployments: Object.fromEntries(
      names.map((name) => [
        name,
        { resource: name, deployment: name, model: 'gpt-4.1', sku: 'DataZoneStandard' },
      ]),
    ),
    pools: { chat: tiers === 'one' ? members : members.map((member) => [member]) },
  }) as unknown as Config<'chat'>;
}
