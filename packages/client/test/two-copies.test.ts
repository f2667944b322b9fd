import { registerHooks } from 'node:module';
import { afterEach, expect, test } from 'vitest';
import { createClient } from '../src/client/create-client.ts';
import { useEstate } from './estate.ts';
import { attemptsOf, sharedBudget } from './failing-calls.ts';

const fixture = useEstate();

afterEach(() => {
  Reflect.deleteProperty(globalThis, sharedBudget);
});

interface Copy {
  readonly createClient: typeof createClient;
}

/** What a program has whose dependencies bring another copy of this package: none of its modules is shared. */
async function secondCopy(): Promise<Copy> {
  const mark = '?copy';
  const hooks = registerHooks({
    resolve: (specifier, context, next) => {
      const found = next(specifier, context);
      const isOurs = found.url.startsWith('file:') && !found.url.includes('/node_modules/');
      return isOurs && context.parentURL?.endsWith(mark) ? { ...found, url: found.url + mark } : found;
    },
  });
  try {
    const entry = new URL(`../src/client/create-client.ts${mark}`, import.meta.url);
    return (await import(entry.href)) as Copy;
  } finally {
    hooks.deregister();
  }
}

test('two copies of the package find the same retry budget', async () => {
  await attemptsOf(fixture, 4);
  const { createClient: create } = await secondCopy();
  expect(create).not.toBe(createClient);
  expect(await attemptsOf(fixture, 4, { create })).toBe(4 + 1);
});
