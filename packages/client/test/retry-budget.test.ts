import { serverError } from '@aoai/testing';
import { afterEach, expect, test } from 'vitest';
import { createClient } from '../src/client/create-client.ts';
import type { RetryOptions } from '../src/client/client-options.ts';
import { messages, useEstate } from './estate.ts';

const fixture = useEstate();
const key = Symbol.for('@aoai/client.retryBudget@2');

afterEach(() => {
  Reflect.deleteProperty(globalThis, key);
});

/** Makes calls that fail, through a client for each, and counts the attempts. */
async function attemptsOf(calls: number, retry: RetryOptions = {}): Promise<number> {
  fixture.mock.fail('*', serverError(), { times: Infinity });
  let attempts = 0;
  for (let call = 0; call < calls; call += 1) {
    const azure = createClient(fixture.mock.config, {
      credential: fixture.mock.credential(),
      circuit: false,
      retry: { initialDelayMs: 0, maxDelayMs: 0, ...retry },
      onEvent: ({ type }) => (attempts += type === 'attempt-started' ? 1 : 0),
    });
    await azure.chat.completions.create({ model: 'chat', messages }).catch(() => undefined);
    await azure.close();
  }
  return attempts;
}

test('all clients of a process have one retry budget together', async () => {
  // 20 retries to begin with, and what 10 calls earn once there is room for it: the first one finds the bucket full.
  expect(await attemptsOf(10)).toBe(10 + 20 + 1);
});

test('a client that sets `budgetShare` or `budgetReserve` has a budget of its own', async () => {
  expect(await attemptsOf(2, { budgetReserve: 3 })).toBe(2 * (1 + 3));
  expect(await attemptsOf(2, { budgetShare: 0 })).toBe(2 * (1 + 5));
  // And takes nothing from the others.
  expect(await attemptsOf(4)).toBe(4 * (1 + 5));
});
