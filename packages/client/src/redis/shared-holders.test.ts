import { expect, test } from 'vitest';
import type { RedisQuotaClient, ScriptArguments } from './run-script.ts';
import { sharedHolders } from './shared-holders.ts';

/** Holders whose store is the test. */
function holdersOf() {
  const asked: {
    readonly given: ScriptArguments;
    resolve(answer: unknown): void;
    reject(error: Error): void;
  }[] = [];
  const client: RedisQuotaClient = {
    evalSha: (_, given) =>
      new Promise((resolve, reject) => {
        asked.push({ given, resolve, reject });
      }),
    eval: () => Promise.reject(new Error('The script is there.')),
  };
  const guard = { ask: <Answer>(question: () => Promise<Answer>) => question() };
  return { holders: sharedHolders(client, { prefix: 'mine', guard }), asked };
}

const monthMs = String(30 * 86_400_000);

test('a reference is found under its name, and kept for a month from then on', async () => {
  const { holders, asked } = holdersOf();
  const finding = holders.find('resp_1');
  expect(asked[0]?.given).toEqual({ keys: ['mine:{holder:resp_1}'], arguments: [monthMs] });
  asked[0]?.resolve('sweden');
  expect(await finding).toBe('sweden');
});

test.each<[string, (of: ReturnType<typeof holdersOf>) => void]>([
  ['an empty text', ({ asked }) => asked[0]?.resolve('')],
  ['no answer', ({ asked }) => asked[0]?.reject(new Error('gone'))],
])('%s: nothing is found', async (_, answer) => {
  const of = holdersOf();
  const finding = of.holders.find('resp_1');
  answer(of);
  expect(await finding).toBeUndefined();
});

test('closing waits for what is being written, and a store that does not take it fails nobody', async () => {
  const { holders, asked } = holdersOf();
  const order: string[] = [];
  const first = holders.remember('resp_1', 'sweden').then(() => order.push('first'));
  const second = holders.remember('resp_2', 'france').then(() => order.push('second'));
  expect(asked[0]?.given).toEqual({ keys: ['mine:{holder:resp_1}'], arguments: ['sweden', monthMs] });
  const closing = holders.close().then(() => order.push('closed'));
  asked[0]?.resolve(1);
  await first;
  await new Promise<void>((resolve) => setImmediate(resolve));
  expect(order).toEqual(['first']);
  asked[1]?.reject(new Error('gone'));
  await Promise.all([second, closing]);
  expect(order.toSorted()).toEqual(['closed', 'first', 'second']);
});
