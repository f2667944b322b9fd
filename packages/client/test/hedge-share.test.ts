import { apiKey } from '@aoai/auth';
import { defineConfig } from '@aoai/config';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createClient } from '../src/index.ts';
import type { ClientOptions, Transport } from '../src/index.ts';
import { messages } from './estate.ts';

// How many calls are hedged, unless a share is given.

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date', 'performance'] });
});
afterEach(() => {
  vi.useRealTimers();
});

const deployment = { deployment: 'gpt-4.1-mini', model: 'gpt-4.1-mini', sku: 'DataZoneStandard' };
const config = defineConfig({
  resources: { first: { endpoint: 'http://127.0.0.1:1' }, second: { endpoint: 'http://127.0.0.1:2' } },
  deployments: {
    first: { resource: 'first', ...deployment },
    second: { resource: 'second', ...deployment },
  },
  pools: { pool: [['first'], ['second']] },
});

const answer = JSON.stringify({
  object: 'chat.completion',
  choices: [{ index: 0, finish_reason: 'stop', message: { role: 'assistant', content: 'Hello' } }],
  usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 },
});

/** Calls of a client whose targets take a given time, and how many of them were hedged so far. */
function calls(hedge: NonNullable<ClientOptions['hedge']>) {
  const state = { answersMs: [50], sent: 0, hedges: 0 };
  const transport: Transport = async ({ signal }) => {
    const { promise, resolve, reject } = Promise.withResolvers<undefined>();
    const timer = setTimeout(resolve, state.answersMs[state.sent % state.answersMs.length], undefined);
    state.sent += 1;
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      reject(signal.reason as Error);
    });
    await promise;
    return {
      status: 200,
      headers: new Headers({ 'content-type': 'application/json' }),
      body: new Blob([answer]).stream(),
      destroy: () => undefined,
    };
  };
  const client = createClient(config, {
    credential: apiKey('any-key-will-do-here'),
    transport,
    hedge,
    random: () => 0.5,
    onEvent: ({ type }) => {
      if (type === 'hedge-started') state.hedges += 1;
    },
  });
  return {
    state,
    client,
    /** So many at once, to their end. */
    make: async (many: number) => {
      const answers = Promise.all(
        Array.from({ length: many }, () => client.chat.completions.create({ model: 'pool', messages })),
      );
      const isOver = { yes: false };
      void answers.finally(() => (isOver.yes = true));
      while (!isOver.yes) {
        await new Promise(setImmediate);
        await vi.advanceTimersByTimeAsync(5);
      }
      await answers;
    },
  };
}

test('after a fixed time: one call in twenty', async () => {
  const { client, make, state } = calls({ afterMs: 10 });
  const hedged: number[] = [];
  for (let call = 1; call <= 45; call += 1) {
    const before = state.hedges;
    await make(1);
    if (state.hedges > before) hedged.push(call);
  }
  expect(hedged).toEqual([1, 21, 41]);
  await client.close();
});

test('after a time that is learned: fifteen can be saved up, and four of them are for targets that are slow', async () => {
  const { client, make, state } = calls('auto');
  state.answersMs = [40, 60, 45, 55, 50, 65, 35];
  for (let call = 0; call < 400; call += 10) await make(10);
  expect(state.hedges).toBe(0);
  state.answersMs = [2_000];
  await make(60);
  expect(state.hedges).toBe(15 - 4);
  await client.close();
});
