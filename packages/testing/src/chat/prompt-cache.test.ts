import fc from 'fast-check';
import { expect, test } from 'vitest';
import { manualClock, type ManualClock } from '../clock.ts';
import { mockDeployment, type MockDeployment } from '../service/mock-deployment.ts';
import { cachedPart, usePromptCache, type CacheUse } from './prompt-cache.ts';

function deployment(name = 'chat'): MockDeployment {
  return mockDeployment(name, {
    resource: 'main',
    deployment: name,
    model: 'gpt-4.1',
    sku: 'GlobalStandard',
    limits: {},
    tags: {},
  });
}

/** Four characters a token, so that counts are easy to see. */
function cacheOf(clock: ManualClock, target = deployment()) {
  return (text: string, body: Record<string, unknown> = {}): CacheUse =>
    usePromptCache({ deployment: target, body, clock }, () => text, text.length / 4);
}

/** Text of so many tokens, the same for the same word. */
const say = (word: string, tokens: number) => word.padEnd(4, '.').repeat(tokens);

test('a beginning that was sent before is cached, from 1,024 tokens on and in steps of 128', () => {
  const use = cacheOf(manualClock());
  expect(use(say('a', 1023))).toEqual({ cached: 0, written: 0 });
  expect(use(say('a', 1024))).toEqual({ cached: 0, written: 1024 });
  expect(use(say('a', 1024))).toEqual({ cached: 1024, written: 0 });
  expect(use(say('a', 1024) + say('b', 127)).cached).toBe(1024);
  expect(use(say('a', 1024) + say('b', 128) + say('c', 200))).toEqual({ cached: 1024, written: 256 });
  expect(use(say('a', 1024) + say('b', 128) + say('d', 9)).cached).toBe(1152);
  expect(use(say('a', 1023) + say('b', 400)).cached).toBe(0);
});

test('the end of a prompt counts, wherever it is', () => {
  const target = deployment();
  const use = (length: number, tokens: number) =>
    usePromptCache({ deployment: target, body: {}, clock: manualClock() }, () => 'x'.repeat(length), tokens);
  use(4100, 1024);
  expect(use(4100, 1024).cached).toBe(1024);
});

test('of a very long prompt the first million characters are compared', () => {
  const use = cacheOf(manualClock());
  use(say('a', 300_000));
  expect(use(say('a', 300_000))).toEqual({ cached: 249_984, written: 49_920 });
});

test('conversations with a common beginning keep their own rest', () => {
  const use = cacheOf(manualClock());
  const common = say('sys', 1024);
  const talk = (name: string, turns: number) => common + say(name, 256 * turns);
  for (const name of ['a', 'b', 'c']) expect(use(talk(name, 1)).cached).toBe(name === 'a' ? 0 : 1024);
  for (const name of ['a', 'b', 'c']) expect(use(talk(name, 2)).cached).toBe(1024 + 256);
});

test('is forgotten ten minutes after its last use, and after a day where that was asked for', async () => {
  const clock = manualClock();
  const use = cacheOf(clock);
  const [brief, kept] = [say('a', 2048), say('b', 2048)];
  use(brief);
  use(kept, { prompt_cache_retention: '24h' });
  await clock.advance(599_999);
  expect(use(brief).cached).toBe(2048);
  await clock.advance(599_999);
  expect(use(brief).cached).toBe(2048);
  await clock.advance(600_000);
  expect(use(brief).cached).toBe(0);
  await clock.advance(23 * 3_600_000 - 1_800_000);
  expect(use(kept).cached).toBe(2048);
  await clock.advance(24 * 3_600_000);
  expect(use(kept).cached).toBe(0);
});

test('each deployment and each key has a cache of its own', () => {
  const clock = manualClock();
  const [one, other] = [cacheOf(clock, deployment('one')), cacheOf(clock, deployment('other'))];
  const text = say('a', 2048);
  one(text);
  one(text, { prompt_cache_key: 'k' });
  expect(other(text).cached).toBe(0);
  expect(one(text, { prompt_cache_key: 'j' }).cached).toBe(0);
  expect(one(text, { prompt_cache_key: 'k' }).cached).toBe(2048);
});

test('what was not used for longest makes room', () => {
  const use = cacheOf(manualClock());
  use(say('first', 2048));
  for (let index = 0; index < 15; index += 1) use(say(`n${index}`, 250_000));
  expect(use(say('first', 2048)).cached).toBe(0);
  expect(use(say('n14', 250_000)).cached).toBe(250_000 - ((250_000 - 1024) % 128));
});

test('tools and calls are part of what is compared, before the messages', () => {
  const messages = [{ role: 'user' as const, text: 'Hi' }];
  const call = { role: 'assistant' as const, text: '', toolCalls: [{ id: '1', name: 'f', arguments: '{}' }] };
  expect(cachedPart(messages, '[tools]')).toMatch(/^\[tools\]\nuser\nHi/);
  expect(cachedPart([...messages, call], '').startsWith(cachedPart(messages, ''))).toBe(true);
  expect(cachedPart([...messages, call], '')).toContain('f({})');
});

test('never counts more than the common beginning, nor more than 32 tokens and a step less', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 12_000 }),
      fc.integer({ min: 1, max: 6_000 }),
      fc.integer({ min: 1, max: 6_000 }),
      (common, more, other) => {
        const use = cacheOf(manualClock());
        const head = 'The quick brown fox. '.repeat(600).slice(0, common);
        use(head + 'x'.repeat(more));
        const text = head + 'y'.repeat(other);
        const { cached, written } = use(text);
        const shared = common / 4;
        expect(cached).toBeLessThanOrEqual(shared);
        if (text.length >= 4096 && shared >= 1024 + 32) expect(cached).toBeGreaterThan(shared - 32 - 128);
        expect(cached === 0 || (cached - 1024) % 128 === 0).toBe(true);
        expect(cached + written).toBeLessThanOrEqual(text.length / 4);
      },
    ),
    { numRuns: 200 },
  );
});
