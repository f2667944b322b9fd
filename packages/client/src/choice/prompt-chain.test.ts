import { expect, test } from 'vitest';
import { promptChain } from './prompt-chain.ts';

const text = (length: number, seed = 'x') => seed.repeat(length);
const chainOf = (body: Readonly<Record<string, unknown>> | undefined, length = 1e6) =>
  promptChain(body, length);
const hashesOf = (body: Readonly<Record<string, unknown>>) => chainOf(body).hashes;

test('a prompt below 1,024 tokens has no beginning to cache, by the length of its body', () => {
  expect(chainOf(undefined)).toEqual({ hashes: [], hasKey: false });
  expect(chainOf({ input: text(9_000) }, 4_095)).toEqual({ hashes: [], hasKey: false });
  expect(chainOf({ input: text(9_000) }, 4_096).hashes).not.toEqual([]);
});

test.each([
  [4_095, 0],
  [4_096, 1],
  [4_607, 1],
  [4_608, 2],
  [5_120, 3],
  [65_536, 121],
  [70_000, 121],
])('a prompt of %i characters has %i hashes: one at 4,096, and one every 512', (length, count) => {
  expect(hashesOf({ input: text(length) })).toHaveLength(count);
});

test('two prompts share the hashes of their common beginning, and no other', () => {
  const one = hashesOf({ input: text(6_000) });
  const other = hashesOf({ input: `${text(5_000)}${text(1_000, 'y')}` });
  expect(one.map((hash, at) => hash === other[at])).toEqual([true, true, false, false]);
  expect(new Set([...one, ...other]).size).toBe(6);
  const late = hashesOf({ input: `y${text(5_999)}` });
  expect(late.filter((hash) => one.includes(hash))).toEqual([]);
});

test('hashes are whole numbers that a number holds exactly', () => {
  for (const hash of hashesOf({ input: text(65_536, 'aß🎉') })) {
    expect(Number.isSafeInteger(hash)).toBe(true);
    expect(hash).toBeGreaterThan(2 ** 21);
  }
});

test('tools, instructions and messages follow each other, whatever their order in the body', () => {
  const [tools, message] = [[{ name: text(2_000) }], { role: 'user', content: text(4_000) }];
  const all = hashesOf({ tools, instructions: text(600, 'i'), messages: [message, message] });
  expect(all).toEqual(hashesOf({ messages: [message, message], instructions: text(600, 'i'), tools }));
  expect(all).not.toEqual(hashesOf({ tools, messages: [message, message] }));
  expect(all).not.toEqual(hashesOf({ instructions: text(600, 'i'), messages: [message, message] }));
  expect(hashesOf({ tools, instructions: 7, messages: [message] })).toEqual(
    hashesOf({ tools, messages: [message] }),
  );
});

test('the prompt is what was said, under any of its names', () => {
  const said = hashesOf({ messages: text(5_000) });
  expect(hashesOf({ input: text(5_000) })).toEqual(said);
  expect(hashesOf({ prompt: text(5_000) })).toEqual(said);
  expect(hashesOf({ prompt: [text(2_500), text(2_500)] })).toHaveLength(2);
  expect(hashesOf({ model: text(5_000), input: { a: text(5_000) } })).toEqual([]);
});

test('a key stands before the hashes, goes into all of them, and counts for a short prompt too', () => {
  const keyed = chainOf({ prompt_cache_key: 'k', input: text(5_000) });
  expect(keyed.hasKey).toBe(true);
  expect(keyed.hashes).toHaveLength(3);
  expect(chainOf({ prompt_cache_key: 'k', input: 'Hi' }, 20)).toEqual({
    hashes: keyed.hashes.slice(0, 1),
    hasKey: true,
  });
  const others = [
    ...hashesOf({ input: text(5_000) }),
    ...hashesOf({ prompt_cache_key: 'l', input: text(5_000) }),
  ];
  expect(keyed.hashes.filter((hash) => others.includes(hash))).toEqual([]);
  expect(chainOf({ prompt_cache_key: '', input: 'Hi' }, 20)).toEqual({ hashes: [], hasKey: false });
  expect(chainOf({ prompt_cache_key: 7, input: 'Hi' }, 20)).toEqual({ hashes: [], hasKey: false });
});

test('a key of a long prompt that has no text is all there is', () => {
  expect(chainOf({ prompt_cache_key: 'k' }, 5_000).hashes).toHaveLength(1);
});
