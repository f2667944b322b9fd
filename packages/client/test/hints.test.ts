import { defineConfig } from '@aoai/config';
import {
  keysDisabled,
  permissionDenied,
  rateLimited,
  respondWith,
  serverError,
  startMockAzure,
  unauthorized,
} from '@aoai/testing';
import type { Fault } from '@aoai/testing';
import OpenAI, { AzureOpenAI } from 'openai';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createClient } from '../src/client/create-client.ts';
import type { ClientEvent } from '../src/events/events.ts';

// The table of docs: what the service says, and what a client with one deployment does about it. The other clients'
// columns were measured with their defaults (openai 7.57.0, ai 7.0.173, LangChain core 1.4.0).

const estate = defineConfig({
  resources: {
    sweden: { endpoint: 'https://sweden.openai.azure.com' },
    france: { endpoint: 'https://france.openai.azure.com' },
  },
  deployments: {
    one: { resource: 'sweden', deployment: 'one', model: 'gpt-4.1-mini', sku: 'GlobalStandard' },
    two: { resource: 'france', deployment: 'two', model: 'gpt-4.1-mini', sku: 'GlobalStandard' },
  },
  pools: { both: [['one'], ['two']] },
});

let mock: Awaited<ReturnType<typeof startMockAzure<(typeof estate)['names'][number]>>>;

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date', 'performance'] });
  mock = await startMockAzure({ config: estate });
});

afterEach(async () => {
  await mock.close();
  vi.useRealTimers();
});

const messages = [{ role: 'user' as const, content: 'Hi' }];

/** Calls `name` and gives the times between the attempts. The time stands still, but for the waits of the client. */
async function gaps(
  name: 'one' | 'both',
  deadlineMs = 10_000,
): Promise<{ gapsMs: number[]; error?: unknown }> {
  const events: ClientEvent[] = [];
  const onEvent = (event: ClientEvent) => {
    events.push(event);
    if (event.type !== 'retry-scheduled') return;
    setImmediate(() => {
      vi.advanceTimersByTime(Math.ceil(event.delayMs));
    });
  };
  const azure = createClient(mock.config, {
    credential: mock.credential(),
    deadlineMs,
    retry: { initialDelayMs: 40 },
    onEvent,
  });
  const error: unknown = await azure.chat.completions.create({ model: name, messages }).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  await azure.close();
  const starts = events.flatMap((event) => (event.type === 'attempt-started' ? [event.atMs] : []));
  return {
    gapsMs: starts.slice(1).map((at, index) => at - (starts[index] ?? 0)),
    ...(error !== undefined && { error }),
  };
}

/** What a wait of our own may add: half of 40 ms at random, and the rest of a millisecond. */
const longestOwnMs = 21;

const waits: [string, Fault, number][] = [
  ['429, no hint', rateLimited({ hints: [] }), 20],
  ['429 Retry-After: 1', rateLimited({ retryAfter: 1 }), 1_000],
  ['429 retry-after-ms: 300', rateLimited({ retryAfterMs: 300 }), 300],
  ['429 x-ms-retry-after-ms: 300', rateLimited({ retryAfterMs: 300, hints: ['x-ms-retry-after-ms'] }), 300],
  [
    '429 x-ratelimit-reset-tokens: 1',
    rateLimited({ retryAfterMs: 1_000, hints: ['x-ratelimit-reset-tokens'] }),
    1_000,
  ],
  ['429 “retry after 1 second”', rateLimited({ retryAfterMs: 1_000, hints: ['message'] }), 1_000],
  ['500', serverError(), 20],
];

test.each(waits)('%s: waits as long as asked, then succeeds', async (_title, fault, waitMs) => {
  mock.fail('one', fault);
  const { gapsMs, error } = await gaps('one');
  expect(error).toBeUndefined();
  expect(gapsMs).toHaveLength(1);
  expect(gapsMs[0]).toBeGreaterThanOrEqual(waitMs);
  expect(gapsMs[0]).toBeLessThanOrEqual(waitMs + longestOwnMs);
  expect(mock.verdict()).toEqual([]);
});

test.each(waits)('%s: goes to the next deployment at once', async (_title, fault) => {
  mock.fail('one', fault);
  const { gapsMs, error } = await gaps('both');
  expect(error).toBeUndefined();
  expect(gapsMs).toEqual([0]);
  expect(mock.verdict()).toEqual([]);
});

test.each([61, 86_400])(
  '429 Retry-After: %d: one attempt, and the answer says when to come back',
  async (seconds) => {
    mock.fail('one', rateLimited({ retryAfter: seconds }), { times: 9 });
    const { gapsMs, error } = await gaps('one');
    expect(gapsMs).toEqual([]);
    expect(error).toBeInstanceOf(OpenAI.RateLimitError);
    expect((error as InstanceType<typeof OpenAI.RateLimitError>).headers.get('retry-after')).toBe(
      String(seconds),
    );
    expect(mock.requests()).toHaveLength(1);
  },
);

test('401: refreshes the credential once and succeeds', async () => {
  mock.fail('one', unauthorized());
  const { gapsMs, error } = await gaps('one');
  expect(error).toBeUndefined();
  expect(gapsMs).toHaveLength(1);
});

test('401 twice: two attempts, then the answer of the service', async () => {
  mock.fail('one', unauthorized(), { times: 9 });
  const { gapsMs, error } = await gaps('one');
  expect(gapsMs).toHaveLength(1);
  expect(error).toBeInstanceOf(OpenAI.AuthenticationError);
});

test('401 PermissionDenied: a new token does not give a role, but a role may be new', async () => {
  mock.fail('one', permissionDenied(), { times: 9 });
  const { gapsMs, error } = await gaps('one');
  expect(gapsMs.length).toBeLessThanOrEqual(1);
  expect(error).toBeInstanceOf(OpenAI.AuthenticationError);
});

test('403: one attempt', async () => {
  mock.fail('one', keysDisabled(), { times: 9 });
  const { gapsMs, error } = await gaps('one');
  expect(gapsMs).toEqual([]);
  expect(error).toBeInstanceOf(OpenAI.PermissionDeniedError);
});

test('the SDK alone ignores a wait of 61 seconds and asks again at once: the reason for this package', async () => {
  vi.spyOn(console, 'warn').mockImplementation(() => undefined);
  mock.fail('one', rateLimited({ retryAfter: 61 }), { times: 3 });
  const [resource] = Object.values(mock.config.resources);
  const sdk = new AzureOpenAI({
    endpoint: resource?.endpoint ?? '',
    apiKey: mock.apiKey,
    apiVersion: '2024-10-21',
  });
  const call = sdk.chat.completions.create({ model: 'one', messages });
  const ended = expect(call).rejects.toThrow(OpenAI.RateLimitError);
  // Moves the time forward, too.
  const isSent = () => {
    expect(mock.requests()).toHaveLength(3);
  };
  await vi.waitFor(isSent, { interval: 50, timeout: 10_000 });
  await ended;
  expect(mock.verdict().map(({ rule }) => rule)).toContain('retried-early');
});

test('a hint parks the deployment also when the service wants no second attempt of this call', async () => {
  const headers = { 'retry-after': '60', 'x-should-retry': 'false' };
  mock.fail('one', respondWith({ status: 429, headers, body: { error: { code: '429', message: 'Slow' } } }));
  const { gapsMs, error } = await gaps('both');
  expect(gapsMs).toEqual([]);
  expect(error).toBeInstanceOf(OpenAI.RateLimitError);
  const azure = createClient(mock.config, { credential: mock.credential() });
  mock.fail('one', respondWith({ status: 429, headers, body: { error: { code: '429', message: 'Slow' } } }));
  await azure.chat.completions.create({ model: 'one', messages }).catch(() => undefined);
  await azure.chat.completions.create({ model: 'both', messages });
  expect(azure.status().targets['one']?.parkedUntilMs).toBeGreaterThan(Date.now() + 50_000);
  await azure.close();
  expect(mock.requests('one')).toHaveLength(2);
});
