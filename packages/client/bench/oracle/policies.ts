import { createClient } from '../../src/index.ts';
import type { Transport } from '../../src/index.ts';
import { deployments, estateConfig, limits } from './estate.ts';
import type { DeploymentName, Job } from './estate.ts';
import { estimateOfBody, sleep } from './service.ts';
import type { Service } from './service.ts';
import type { VirtualTime } from './virtual-time.ts';

/** Makes a job's call: `true` when it was answered within the deadline. */
export type Policy = (job: Job) => Promise<boolean>;

export interface PolicyContext {
  readonly time: VirtualTime;
  readonly service: Service;
  readonly deadlineMs: number;
  readonly random: () => number;
}

const filler = 'x'.repeat(40_000);

/** The body of a job. All policies send the same. */
function bodyOf(job: Job, model: string): string {
  return JSON.stringify({
    model,
    max_completion_tokens: job.maxTokens,
    messages: [{ role: 'user', content: filler.slice(0, job.promptTokens * 4) }],
  });
}

/** Its length, without writing the filler: policies ask for it at each look at each deployment. */
function bodyLengthOf(job: Job, model: string): number {
  return bodyOf({ ...job, promptTokens: 0 }, model).length + Math.min(filler.length, job.promptTokens * 4);
}

/** This package, as an application uses it. Limits are in the config, or have to be found out. */
export function ours({ time, service, deadlineMs, random }: PolicyContext, withLimits: boolean): Policy {
  const jobs = new Map<string, Job>();
  const transport: Transport = async ({ url, headers, body }) => {
    const job = jobs.get(headers['x-job'] ?? '');
    if (job === undefined) throw new TypeError('No job.');
    const port = Number(new URL(url).port);
    const name = (['large', 'middle', 'small', 'ptu'] as const)[port - 9001] ?? 'large';
    const reply = await service.send(name, job, (body as string).length);
    const usage = { prompt_tokens: job.promptTokens, completion_tokens: job.outputTokens };
    const text =
      reply.status === 200
        ? JSON.stringify({ choices: [{ index: 0, finish_reason: 'stop' }], usage })
        : `{"error":{"code":"RateLimitReached","message":"Your requests have exceeded the token rate limit."}}`;
    return {
      status: reply.status,
      headers: new Headers({ ...reply.headers, 'content-type': 'application/json' }),
      body: once(Buffer.from(text)),
      destroy: () => undefined,
    };
  };
  const azure = createClient(estateConfig({ withLimits }), {
    credential: { kind: 'entra-id', headers: () => ({}), refresh: async () => false },
    allowHeaders: ['x-job'],
    transport,
    deadlineMs,
    // Of its own: runs one after the other would share that of the process.
    retry: { budgetReserve: 20 },
    now: () => time.now(),
    random,
  });
  let number = 0;
  return async (job) => {
    const id = String((number += 1));
    jobs.set(id, job);
    const answer = await azure
      .fetch('https://aoai.invalid/openai/v1/chat/completions', {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-job': id },
        body: bodyOf(job, 'chat'),
      })
      .catch(() => undefined);
    jobs.delete(id);
    return answer?.status === 200;
  };
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

/** Knows every bucket at every moment: never sends in vain, waits in arrival order. */
export function oracle({ time, service, deadlineMs }: PolicyContext): Policy {
  const line: {
    readonly job: Job;
    readonly untilMs: number;
    readonly go: (name?: DeploymentName) => void;
  }[] = [];
  // What is on its way to the buckets counts as if it were there.
  const onTheWay = new Map<DeploymentName, { atMs: number; tokens: number }[]>();

  function fits(name: DeploymentName, job: Job): boolean {
    const arrivalMs = time.now() + 8;
    const { tokens } = estimateOfBody(job, bodyLengthOf(job, name));
    const { tpm } = limits[name];
    const pending = (onTheWay.get(name) ?? []).filter(({ atMs }) => atMs > time.now());
    onTheWay.set(name, pending);
    const use = service.limiter(name).use();
    if (tpm === undefined) {
      // A bucket that drains: above 100 % it takes nothing.
      const level = (use.utilisation ?? 0) - 8 / 60_000;
      return level + pending.reduce((sum, entry) => sum + entry.tokens / 1e9, 0) <= 1 && pending.length === 0;
    }
    const sameWindow = Math.floor(arrivalMs / 60_000) === Math.floor(time.now() / 60_000);
    const used = sameWindow ? (use.tokens ?? 0) * tpm : 0;
    const coming = pending
      .filter(({ atMs }) => Math.floor(atMs / 60_000) === Math.floor(arrivalMs / 60_000))
      .reduce((sum, entry) => sum + entry.tokens, 0);
    return used + coming + tokens <= tpm;
  }

  function place(job: Job): DeploymentName | undefined {
    const possible = deployments.filter((name) => fits(name, job));
    if (possible.includes('ptu')) return 'ptu';
    return possible.sort(
      (a, b) => (service.limiter(a).use().tokens ?? 0) - (service.limiter(b).use().tokens ?? 0),
    )[0];
  }

  function serve(): void {
    for (let first = line[0]; first !== undefined; first = line[0]) {
      const name = place(first.job);
      if (name === undefined && time.now() < first.untilMs) return;
      line.shift();
      if (name !== undefined) {
        const { tokens } = estimateOfBody(first.job, bodyLengthOf(first.job, name));
        onTheWay.get(name)?.push({ atMs: time.now() + 8, tokens });
      }
      first.go(name);
    }
  }

  let watching = false;
  function watch(): void {
    if (watching || line.length === 0) return;
    watching = true;
    time.at(time.now() + 5, () => {
      watching = false;
      serve();
      watch();
    });
  }

  return async (job) => {
    const { promise, resolve } = Promise.withResolvers<DeploymentName | undefined>();
    line.push({ job, untilMs: time.now() + deadlineMs, go: resolve });
    serve();
    watch();
    const name = await promise;
    return name !== undefined && (await service.send(name, job, bodyLengthOf(job, name))).status === 200;
  };
}

/** The SDK's own retries, on one deployment or round robin: two, after the wait that the answer names. */
export function sdkAlone(
  { time, service, deadlineMs, random }: PolicyContext,
  names: readonly DeploymentName[],
): Policy {
  let turn = 0;
  return async (job) => {
    const endMs = time.now() + deadlineMs;
    for (let retries = 0; ; retries += 1) {
      const name = names[(turn += 1) % names.length] ?? 'large';
      const reply = await service.send(name, job, bodyLengthOf(job, name));
      if (reply.status === 200) return time.now() <= endMs;
      if (retries === 2) return false;
      const asked = reply.retryAfterMs ?? 0;
      const waitMs = asked > 0 && asked <= 60_000 ? asked : 500 * 2 ** retries * (1 - random() / 4);
      if (time.now() + waitMs > endMs) return false;
      await sleep(time, waitMs);
    }
  };
}

/** Tries all deployments in turn; with memory, not those whose wait is not over. */
export function failOver({ time, service, deadlineMs, random }: PolicyContext, memory: boolean): Policy {
  const parked = new Map<DeploymentName, number>();
  return async (job) => {
    const endMs = time.now() + deadlineMs;
    for (;;) {
      const order = [...deployments].sort(() => random() - 0.5);
      const open = memory ? order.filter((name) => (parked.get(name) ?? 0) <= time.now()) : order;
      let earliestMs = Math.min(...deployments.map((name) => parked.get(name) ?? 0));
      for (const name of open) {
        const reply = await service.send(name, job, bodyLengthOf(job, name));
        if (reply.status === 200) return time.now() <= endMs;
        parked.set(name, time.now() + (reply.retryAfterMs ?? 0));
      }
      if (!memory) earliestMs = time.now() + 1_000;
      earliestMs = Math.max(earliestMs, time.now() + 1);
      if (earliestMs > endMs) return false;
      await sleep(time, earliestMs - time.now());
    }
  };
}
