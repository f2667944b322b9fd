import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { CredentialError } from '../errors.ts';
import type { TokenAsk } from './flight.ts';
import type { Token } from './held-token.ts';
import { createTokenSource } from './token-source.ts';
import type { TokenSource } from './token-source.ts';

// The second refusal, the challenge at an awkward moment, the clock that is set back.

const startMs = Date.UTC(2026, 10, 22);
const minute = 60_000;
const hour = 60 * minute;

type Answer = (ask: TokenAsk, number: number) => Promise<Token> | Token;

function tokenOf(name: string, lifetimeMs = hour): Token {
  return { token: name, expiresOnTimestamp: Date.now() + lifetimeMs };
}

function setUp(answer: Answer = (_, number) => tokenOf(`t${number}`)): {
  source: TokenSource;
  asks: TokenAsk[];
  answer: (next: Answer) => void;
} {
  const asks: TokenAsk[] = [];
  let current = answer;
  const source = createTokenSource({
    ask: (ask) => {
      asks.push(ask);
      return current(ask, asks.length);
    },
    sign: (token) => ({ authorization: token }),
    explain: (cause) => new CredentialError((cause as Error).message),
    timeoutMs: 15_000,
    now: Date.now,
    random: () => 1,
  });
  return { source, asks, answer: (next) => (current = next) };
}

const down: Answer = () => Promise.reject(new Error('503'));
const headersOf = (name: string) => ({ authorization: name });

beforeEach(() => {
  vi.useFakeTimers({ now: startMs, toFake: ['setTimeout', 'clearTimeout', 'Date'] });
});
afterEach(() => {
  vi.useRealTimers();
});

test('from thirty seconds before its end on, callers wait for another token', async () => {
  const { source, asks } = setUp();
  await source.headers();
  await vi.advanceTimersByTimeAsync(hour - 30_000);
  const waiting = source.headers();
  expect(waiting).toBeInstanceOf(Promise);
  expect(await waiting).toEqual(headersOf('t2'));
  expect(asks).toHaveLength(2);
});

test('a clock that is set back while a token is asked for sends nobody away', async () => {
  const { source, asks, answer } = setUp(down);
  await expect(source.headers()).rejects.toThrow('503');
  await vi.advanceTimersByTimeAsync(1000);
  const { promise, resolve } = Promise.withResolvers<Token>();
  answer(() => promise);
  const first = source.headers();
  vi.setSystemTime(startMs + 500);
  const second = source.headers();
  resolve(tokenOf('late'));
  expect(await Promise.all([first, second])).toEqual([headersOf('late'), headersOf('late')]);
  expect(asks).toHaveLength(2);
});

test('a second refusal within half a minute is answered without a request: the new token is no better', async () => {
  const { source, asks } = setUp();
  const first = await source.headers();
  expect(await source.refresh({ rejected: first })).toBe(true);
  expect(await source.refresh({ rejected: headersOf('t2') })).toBe(false);
  expect(await source.refresh({})).toBe(true);
  await vi.advanceTimersByTimeAsync(29_999);
  expect(await source.refresh({ rejected: headersOf('t2') })).toBe(false);
  expect(asks).toHaveLength(2);
  await vi.advanceTimersByTimeAsync(1);
  expect(await source.refresh({ rejected: headersOf('t2') })).toBe(true);
  expect(asks.map(({ force }) => force)).toEqual([false, true, true]);
});

test('a refusal after the clock was set back may cause a request', async () => {
  const { source, asks } = setUp();
  const first = await source.headers();
  expect(await source.refresh({ rejected: first })).toBe(true);
  vi.setSystemTime(startMs - minute);
  expect(await source.refresh({ rejected: headersOf('t2') })).toBe(true);
  expect(asks).toHaveLength(3);
});

test('the same token again is no other one, with or without the word of what was refused', async () => {
  const { source, asks } = setUp(() => tokenOf('same'));
  await source.headers();
  await vi.advanceTimersByTimeAsync(1000);
  expect(await source.refresh({})).toBe(false);
  expect(await source.refresh({})).toBe(false);
  expect(asks).toHaveLength(2);
});

test('a refusal before there is a token is answered by the first one, unless it is the refused one', async () => {
  expect(await setUp().source.refresh({})).toBe(true);
  expect(await setUp().source.refresh({ claims: 'c' })).toBe(true);
  for (const claims of [{}, { claims: 'c' }]) {
    expect(await setUp().source.refresh({ rejected: headersOf('t0'), ...claims })).toBe(true);
    expect(await setUp().source.refresh({ rejected: headersOf('t1'), ...claims })).toBe(false);
  }
});

test('a challenge is asked with past the caches, and once it is met a late 401 of it causes nothing', async () => {
  const { source, asks } = setUp();
  const rejected = await source.headers();
  expect(await source.refresh({ claims: 'c', rejected })).toBe(true);
  expect(asks[1]).toMatchObject({ claims: 'c', force: true });
  await vi.advanceTimersByTimeAsync(10 * minute);
  expect(await source.refresh({ claims: 'c' })).toBe(true);
  expect(asks).toHaveLength(2);
});

test('the same challenge for the token that met it is asked with again after half a minute', async () => {
  const { source, asks } = setUp();
  const rejected = await source.headers();
  expect(await source.refresh({ claims: 'c', rejected })).toBe(true);
  expect(await source.refresh({ claims: 'c', rejected: headersOf('t2') })).toBe(false);
  await vi.advanceTimersByTimeAsync(30_000);
  expect(await source.refresh({ claims: 'c', rejected: headersOf('t2') })).toBe(true);
  expect(asks.map(({ claims }) => claims)).toEqual([undefined, 'c', 'c']);
});

test('another challenge right after the first is asked with, too', async () => {
  const { source, asks } = setUp();
  const rejected = await source.headers();
  expect(await source.refresh({ claims: 'A', rejected })).toBe(true);
  expect(await source.refresh({ claims: 'B', rejected: headersOf('t2') })).toBe(true);
  expect(asks.map(({ claims }) => claims)).toEqual([undefined, 'A', 'B']);
});

test('a challenge stays open when a request without it ends and the one with it fails', async () => {
  const { source, asks, answer } = setUp();
  const rejected = await source.headers();
  await vi.advanceTimersByTimeAsync(55 * minute);
  const { promise, resolve } = Promise.withResolvers<Token>();
  answer(({ claims }) => (claims === undefined ? promise : Promise.reject(new Error('503'))));
  void source.headers();
  const refreshed = source.refresh({ claims: 'c', rejected });
  resolve(tokenOf('without'));
  expect(await refreshed).toBe(false);
  answer(() => tokenOf('with'));
  await vi.advanceTimersByTimeAsync(1000);
  await source.headers();
  expect(asks.map(({ claims }) => claims)).toEqual([undefined, undefined, 'c', 'c']);
});

test.each([
  ['has ended', {}, () => tokenOf('late', 0)],
  ['does not answer an open challenge', { claims: 'c' }, () => tokenOf('late')],
])('a late token that %s is not used', async (_, refused, late) => {
  const { promise, resolve } = Promise.withResolvers<Token>();
  const { source, answer } = setUp(() => promise);
  const failed = expect(source.headers()).rejects.toThrow('no answer within 15000 ms');
  await vi.advanceTimersByTimeAsync(15_000);
  await failed;
  answer(down);
  await vi.advanceTimersByTimeAsync(1000);
  expect(await source.refresh(refused)).toBe(false);
  resolve(late());
  await vi.advanceTimersByTimeAsync(0);
  await expect(source.headers()).rejects.toThrow('503');
});

test('a challenge at any moment of an arrival leaves no caller without headers', async () => {
  for (let turns = 0; turns < 16; turns += 1) {
    const { promise, resolve } = Promise.withResolvers<Token>();
    const { source, answer } = setUp(() => promise);
    const waiting = source.headers();
    answer(() => tokenOf('with'));
    resolve(tokenOf('without'));
    for (let turn = 0; turn < turns; turn += 1) await Promise.resolve();
    const refreshed = source.refresh({ claims: 'c' });
    expect(['with', 'without']).toContain((await waiting)['authorization']);
    expect(await refreshed).toBe(true);
    expect(await source.headers()).toEqual(headersOf('with'));
  }
});
