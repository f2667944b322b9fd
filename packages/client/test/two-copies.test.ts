import { serverError } from '@aoai/testing';
import { afterEach, expect, test, vi } from 'vitest';
import { createClient } from '../src/client/create-client.ts';
import { messages, useEstate } from './estate.ts';

const fixture = useEstate();

afterEach(() => {
  Reflect.deleteProperty(globalThis, Symbol.for('@aoai/client.retryBudget@2'));
});

/** Makes a call that fails, and counts the attempts. */
async function attemptsWith(create: typeof createClient): Promise<number> {
  fixture.mock.fail('*', serverError(), { times: Infinity });
  let attempts = 0;
  const azure = create(fixture.mock.config, {
    credential: fixture.mock.credential(),
    circuit: false,
    retry: { initialDelayMs: 0, maxDelayMs: 0 },
    onEvent: ({ type }) => (attempts += type === 'attempt-started' ? 1 : 0),
  });
  await azure.chat.completions.create({ model: 'chat', messages }).catch(() => undefined);
  await azure.close();
  return attempts;
}

test('two copies of the package find the same retry budget', async () => {
  while ((await attemptsWith(createClient)) > 1);
  vi.resetModules();
  const copy = await import('../src/client/create-client.ts');
  expect(copy.createClient).not.toBe(createClient);
  expect(await attemptsWith(copy.createClient)).toBe(1);
});
