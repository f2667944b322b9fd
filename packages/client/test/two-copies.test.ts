import { afterEach, expect, test, vi } from 'vitest';
import { createClient } from '../src/client/create-client.ts';
import { useEstate } from './estate.ts';
import { attemptsOf, sharedBudget } from './failing-calls.ts';

const fixture = useEstate();

afterEach(() => {
  Reflect.deleteProperty(globalThis, sharedBudget);
});

test('two copies of the package find the same retry budget', async () => {
  await attemptsOf(fixture, 4);
  vi.resetModules();
  const { createClient: create } = await import('../src/client/create-client.ts');
  expect(create).not.toBe(createClient);
  expect(await attemptsOf(fixture, 4, { create })).toBe(4 + 1);
});
