import { defineConfig } from '@aoai/config';
import { createClient } from '../../src/index.ts';
import type { Client, Transport } from '../../src/index.ts';
import { redisQuota } from '../../src/redis.ts';
import type { RedisQuotaOptions } from '../../src/redis.ts';
import { seeded } from '../oracle/random.ts';
import { sleep } from '../oracle/service.ts';
import { virtualTime } from '../oracle/virtual-time.ts';
import { fleetService, highestMinute, perMinute } from './service.ts';
import type { ServiceRules } from './service.ts';
import { virtualStore } from './virtual-store.ts';
import type { EmptyableRedis, VirtualStore } from './virtual-store.ts';

export interface FleetRun {
  readonly seed: number;
  readonly replicas: number;
  /** Estimated tokens that are asked for, as a part of what the service takes. */
  readonly load: number;
  readonly minutes: number;
  readonly service: ServiceRules;
  /** @default 1 for each replica */
  readonly shares?: readonly number[];
  readonly quota?: Partial<RedisQuotaOptions>;
  /** What happens to the store, and when. */
  readonly events?: readonly { readonly atMs: number; readonly act: (store: VirtualStore) => void }[];
  /** Figures are of the time after that. @default 60_000 */
  readonly fromMs?: number;
}

export interface FleetFigures {
  readonly calls: number;
  readonly answered: number;
  /** Tokens that arrived a minute, as a part of the limit. */
  readonly use: number;
  /** The most of any minute. */
  readonly highest: number;
  readonly commandsPerCall: number;
  readonly refused: number;
}

/** The estimate of the calls: a prompt of one word and `max_tokens`. */
export const callTokens = 123;
const maxTokens = 100;

/** Runs replicas of the real client over one store, on a virtual clock. */
export async function simulateFleet(redis: EmptyableRedis, run: FleetRun): Promise<FleetFigures> {
  await redis.flushAll();
  const { seed, replicas, load, minutes, fromMs = 60_000 } = run;
  const random = seeded(seed);
  const time = virtualTime();
  const untilMs = minutes * 60_000;
  const service = fleetService(run.service, time);
  const store = virtualStore(redis, time, 1_800_000_000_000 + Math.floor(random() * 60_000));
  const transport: Transport = async () => {
    await sleep(time, 2 + random() * 6);
    const { ok, headers } = service.admit(callTokens);
    await sleep(time, ok ? 300 + random() * 1_200 : 5);
    const text = ok
      ? JSON.stringify({
          choices: [{ index: 0, finish_reason: 'stop' }],
          usage: { prompt_tokens: 8, completion_tokens: 40 },
        })
      : `{"error":{"code":"RateLimitReached","message":"exceeded the token rate limit"}}`;
    return {
      status: ok ? 200 : 429,
      headers: new Headers({ ...headers, 'content-type': 'application/json' }),
      body: once(Buffer.from(text)),
      destroy: () => undefined,
    };
  };
  const clients = Array.from({ length: replicas }, () =>
    createClient(configOf(run.service), {
      credential: { kind: 'entra-id', headers: () => ({}), refresh: async () => false },
      transport,
      deadlineMs: 20_000,
      retry: { budgetReserve: 20 },
      now: () => time.now(),
      random,
      quota: redisQuota(store.connect(), {
        degrade: 'local-share',
        now: () => time.now(),
        random,
        ...run.quota,
      }),
    }),
  );
  const figures = { calls: 0, answered: 0, commandsFrom: 0, callsFrom: 0 };
  const shares = run.shares ?? clients.map(() => 1);
  const total = shares.reduce((sum, share) => sum + share, 0);
  const estimated = callTokens / run.service.counts(callTokens);
  const callsPerMs = (load * run.service.tpm * estimated) / callTokens / 60_000;
  for (const [place, client] of clients.entries()) {
    const rate = (callsPerMs * (shares[place] ?? 0)) / total;
    const arrive = (atMs: number): void => {
      const nextMs = atMs - Math.log(1 - random()) / rate;
      if (nextMs >= untilMs) return;
      time.at(nextMs, () => {
        figures.calls += 1;
        if (nextMs >= fromMs) figures.callsFrom += 1;
        void call(client).then((isAnswered) => {
          if (isAnswered) figures.answered += 1;
        });
        arrive(nextMs);
      });
    };
    if (rate > 0) arrive(0);
  }
  time.at(fromMs, () => {
    figures.commandsFrom = store.commands;
  });
  let commandsUntil = 0;
  time.at(untilMs, () => {
    commandsUntil = store.commands;
  });
  for (const { atMs, act } of run.events ?? [])
    time.at(atMs, () => {
      act(store);
    });
  await time.run();
  const { tpm } = run.service;
  return {
    calls: figures.calls,
    answered: figures.answered,
    use: perMinute(service.sent, fromMs, untilMs) / tpm,
    highest: highestMinute(service.sent, 0, untilMs) / tpm,
    commandsPerCall: (commandsUntil - figures.commandsFrom) / Math.max(1, figures.callsFrom),
    refused: service.refused,
  };
}

async function call(client: Client<'chat'>): Promise<boolean> {
  const answer = await client
    .fetch('https://aoai.invalid/openai/v1/chat/completions', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        model: 'chat',
        max_tokens: maxTokens,
        messages: [{ role: 'user', content: 'Hello there, o' }],
      }),
    })
    .catch(() => undefined);
  return answer?.status === 200;
}

function configOf({ tpm, rpm }: ServiceRules) {
  return defineConfig({
    resources: { main: { endpoint: 'http://127.0.0.1:9001' } },
    deployments: {
      chat: {
        resource: 'main',
        deployment: 'gpt',
        model: 'gpt-4.1',
        limits: { tpm, ...(rpm === undefined ? undefined : { rpm }) },
      },
    },
  });
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}
