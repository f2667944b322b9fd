import type { Credential } from '@aoai/auth';
import { serverError } from '@aoai/testing';
import { expect, test } from 'vitest';
import { createClient } from './create-client.ts';
import type { ClientOptions } from './client-options.ts';
import { estate, messages, useEstate } from '../../test/estate.ts';

test.each<[ClientOptions, string]>([
  [{ deadlineMs: -5 }, '`deadlineMs` is -5. Give a number from 1 to 2147483647.'],
  [{ deadlineMs: Number.NaN }, '`deadlineMs` is NaN.'],
  [{ deadlineMs: Infinity }, '`deadlineMs` is Infinity.'],
  [{ attemptTimeoutMs: 0 }, '`attemptTimeoutMs` is 0.'],
  [{ firstTokenTimeoutMs: 2 ** 31 }, '`firstTokenTimeoutMs` is 2147483648.'],
  [{ idleTimeoutMs: 0 }, '`idleTimeoutMs` is 0.'],
  [{ retry: { maxRetries: 1.5 } }, '`retry.maxRetries` is 1.5. Give a whole number from 0 to'],
  [{ retry: { budgetShare: 20 } }, '`retry.budgetShare` is 20. Give a number from 0 to 1.'],
  [{ circuit: { failures: 5, window: 3 } }, '`circuit.window` is 3. Give a whole number from 5 to'],
  [{ hedge: { afterMs: 0 } }, '`hedge.afterMs` is 0.'],
  [{ deadlineMs: '5' as unknown as number }, '`deadlineMs` is "5".'],
  [
    { credentials: { swedn: { getToken: async () => null } } },
    '`credentials` names "swedn", which is no resource of the config. Known names: "sweden", "france".',
  ],
])('refuses %j', (options, message) => {
  expect(() => createClient(estate, options)).toThrow(message);
});

test.each<[unknown, string]>([
  [{ hedge: {} }, '`hedge.afterMs` is missing.'],
  [{ hedge: true }, '`hedge` is true. Give an object or `false`.'],
  [{ retry: null }, '`retry` is null. Give an object or `false`.'],
  [{ circuit: 3 }, '`circuit` is 3. Give an object or `false`.'],
  [{ telemetry: null }, '`telemetry` is null.'],
  [{ quota: 'redis' }, '`quota` is "redis". Give an object.'],
  [{ transport: {} }, '`transport` is an object. Give a function.'],
  [{ now: 5 }, '`now` is 5. Give a function.'],
  [{ tags: ['a'] }, '`tags` is an array. Give an object.'],
  [{ credential: {} }, '`credential` is no object that signs calls'],
  [{ credentials: { sweden: null } }, '`credentials.sweden` is no object that signs calls'],
  [null, '`options` is null.'],
])('refuses %j, whatever its type said', (options, message) => {
  expect(() => createClient(estate, options as ClientOptions)).toThrow(TypeError);
  expect(() => createClient(estate, options as ClientOptions)).toThrow(message);
});

test('does not repeat a key that was passed as the credential', () => {
  const key = '0123456789abcdef0123456789abcdef';
  const options = { credential: key as unknown as Credential };
  expect(() => createClient(estate, options)).toThrow('Pass `apiKey(…)` or `entraId(…)`');
  expect(() => createClient(estate, options)).not.toThrow(key);
});

test.each([[undefined], [null], [{}], [{ resources: {}, deployments: {} }]])(
  'refuses %j as a config',
  (config) => {
    expect(() => createClient(config as typeof estate)).toThrow(
      'is no config. Pass what `defineConfig` or `loadConfig` of "@aoai/config" returns.',
    );
  },
);

test('takes what is at the limits, and `false` for off', () => {
  const options = {
    retry: false,
    circuit: false,
    hedge: false,
    idleTimeoutMs: false,
    telemetry: false,
  } as const;
  expect(() => createClient(estate, { ...options, deadlineMs: 1 })).not.toThrow();
});

const fixture = useEstate();

test('checks what `with` changes as well', () => {
  expect(() => fixture.connect().with({ deadlineMs: 0 })).toThrow('`deadlineMs` is 0');
  expect(() => fixture.connect().with(undefined as never)).toThrow('`options` is undefined');
});

test('takes `undefined` in `with` for “as it was”', async () => {
  const changes = { deadlineMs: undefined, attemptTimeoutMs: undefined, tags: undefined } as object;
  const answer = await fixture.connect().with(changes).chat.completions.create({ model: 'chat', messages });
  expect(answer.choices).toHaveLength(1);
});

test.each([{ failures: 12 }, { window: 2 }])('a circuit of %j can open', async (circuit) => {
  fixture.mock.fail('chat-sweden', serverError(), { times: Infinity });
  const azure = fixture.connect({
    circuit,
    retry: { maxRetries: 15, budgetReserve: 20, initialDelayMs: 0, maxDelayMs: 0 },
    deadlineMs: 2_000,
  });
  await expect(azure.chat.completions.create({ model: 'chat-sweden', messages })).rejects.toThrow();
  expect(fixture.events.some(({ type }) => type === 'circuit-opened')).toBe(true);
});

test('names the WebSocket of a realtime session on both kinds of api, signed', async () => {
  const azure = fixture.connect();
  const v1 = await azure.realtimeEndpoint('chat-sweden');
  expect(v1.url.pathname + v1.url.search).toBe('/openai/v1/realtime?model=gpt-4.1-mini');
  expect(v1.url.protocol).toBe('ws:');
  expect(v1.headers['authorization']).toMatch(/^Bearer /);
  const dated = await azure.realtimeEndpoint('chat-france');
  expect(dated.url.pathname + dated.url.search).toBe(
    '/openai/realtime?api-version=2025-04-01-preview&deployment=mini',
  );
});
