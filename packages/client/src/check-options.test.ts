import { expect, test } from 'vitest';
import { createClient } from './create-client.ts';
import type { ClientOptions } from './client-options.ts';
import { estate, useEstate } from '../test/estate.ts';

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
