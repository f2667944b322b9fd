import { expect, test, vi } from 'vitest';
import { CredentialError } from '../errors.ts';
import type { Token } from './held-token.ts';
import {
  bearer,
  down,
  hanging,
  hour,
  issue,
  later,
  minute,
  settled,
  setUp,
  startMs,
  tokenOf,
  withFakeTime,
} from './token-source.fake.ts';
import { createTokenSource } from './token-source.ts';

withFakeTime();

test('a hundred callers share one request', async () => {
  const { source, asks } = setUp(later(issue(), 1000));
  const all = Promise.all(Array.from({ length: 100 }, async () => source.headers()));
  await vi.advanceTimersByTimeAsync(1000);
  expect(new Set(await all)).toEqual(new Set([bearer('t1')]));
  expect(asks).toHaveLength(1);
});

test('leaves no timer behind that would keep the process alive', async () => {
  const { source, answer } = setUp();
  await source.headers();
  expect(vi.getTimerCount()).toBe(0);
  answer(down);
  await source.refresh({});
  expect(vi.getTimerCount()).toBe(0);
});

test('gives the same object, not a promise, while the token is fresh', async () => {
  const { source, asks } = setUp();
  const first = await source.headers();
  await vi.advanceTimersByTimeAsync(50 * minute);
  expect(source.headers()).toBe(first);
  expect(asks).toHaveLength(1);
});

test('refreshes behind the callers before the token ends, once', async () => {
  const { source, asks, answer } = setUp();
  await source.headers();
  answer(later(issue(), 3000));
  await vi.advanceTimersByTimeAsync(55 * minute);
  for (let i = 0; i < 10; i += 1) expect(source.headers()).toEqual(bearer('t1'));
  expect(asks).toHaveLength(2);
  await vi.advanceTimersByTimeAsync(3000);
  expect(source.headers()).toEqual(bearer('t2'));
});

test('obeys the instant that the credential wishes to be asked again', async () => {
  const { source, asks, answer } = setUp(() => ({
    token: 'day',
    expiresOnTimestamp: Date.now() + 24 * hour,
    refreshAfterTimestamp: Date.now() + 12 * hour,
  }));
  await source.headers();
  answer(issue());
  await vi.advanceTimersByTimeAsync(12 * hour - 1);
  void source.headers();
  expect(asks).toHaveLength(1);
  await vi.advanceTimersByTimeAsync(5 * minute + 1);
  void source.headers();
  expect(asks).toHaveLength(2);
});

test('spreads the refresh of many replicas', async () => {
  const instants = await Promise.all(
    Array.from({ length: 50 }, async (_, replica) => {
      const asked: number[] = [];
      const source = createTokenSource({
        ask: () => {
          asked.push(Date.now());
          return { token: `r${replica}-${asked.length}`, expiresOnTimestamp: Date.now() + hour };
        },
        sign: (token) => ({ authorization: token }),
        explain: () => new CredentialError('none'),
        timeoutMs: 1000,
        now: Date.now,
        random: () => replica / 50,
      });
      await source.headers();
      return { source, asked };
    }),
  );
  const start = Date.now();
  await vi.advanceTimersByTimeAsync(54 * minute);
  for (let second = 0; second < 240; second += 1) {
    for (const { source } of instants) void source.headers();
    await vi.advanceTimersByTimeAsync(1000);
  }
  const seconds = instants.map(({ asked }) => Math.floor(((asked[1] ?? Number.NaN) - start) / 1000));
  expect(Math.min(...seconds)).toBeGreaterThanOrEqual(55 * 60);
  expect(Math.max(...seconds)).toBeLessThanOrEqual(58 * 60);
  expect(new Set(seconds).size).toBeGreaterThan(40);
});

test('keeps the valid old token while a refresh fails, with back-off', async () => {
  const { source, asks, answer } = setUp();
  await source.headers();
  answer(down);
  await vi.advanceTimersByTimeAsync(55 * minute);
  const askedAt: number[] = [];
  const start = Date.now();
  for (let tenth = 0; tenth < 2500; tenth += 1) {
    const before = asks.length;
    expect(await source.headers()).toEqual(bearer('t1'));
    if (asks.length > before) askedAt.push((Date.now() - start) / 1000);
    await vi.advanceTimersByTimeAsync(100);
  }
  // 1, 2, 4, 8, 16, then every 30 seconds.
  expect(askedAt.slice(0, 7).map(Math.round)).toEqual([0, 1, 3, 7, 15, 31, 61]);
  expect(asks.length).toBeLessThan(20);
});

test('waits for a new token when the old one is about to end', async () => {
  const { source, answer } = setUp();
  await source.headers();
  answer(later(issue(), 2000));
  await vi.advanceTimersByTimeAsync(hour - 10_000);
  const waiting = source.headers();
  await vi.advanceTimersByTimeAsync(2000);
  expect(await waiting).toEqual(bearer('t2'));
});

test('uses the old token to its last second when there is no new one, and not longer', async () => {
  const { source, answer } = setUp();
  await source.headers();
  answer(down);
  await vi.advanceTimersByTimeAsync(hour - 1);
  expect(await source.headers()).toEqual(bearer('t1'));
  await vi.advanceTimersByTimeAsync(1);
  await expect(source.headers()).rejects.toThrow('503');
  await vi.advanceTimersByTimeAsync(5000);
  await expect(source.headers()).rejects.toBeInstanceOf(CredentialError);
});

test('recovers by itself when the endpoint does', async () => {
  const { source, answer } = setUp(down);
  await expect(source.headers()).rejects.toThrow('503');
  answer(issue());
  await expect(source.headers()).rejects.toThrow('503');
  await vi.advanceTimersByTimeAsync(1000);
  expect(await source.headers()).toEqual(bearer('t2'));
});

test('does not stampede on an endpoint that is down', async () => {
  const { source, asks } = setUp(later(down, 100));
  for (let i = 0; i < 600; i += 1) {
    const all = Promise.all(Array.from({ length: 20 }, async () => settled(source.headers())));
    await vi.advanceTimersByTimeAsync(100);
    await all;
  }
  // A minute of 200 calls a second.
  expect(asks.length).toBeLessThanOrEqual(7);
});

test('gives up on an endpoint that does not answer, and lets the next caller try', async () => {
  const { source, asks, answer } = setUp(hanging);
  const waiting = settled(source.headers());
  await vi.advanceTimersByTimeAsync(15_000);
  expect(await waiting).toMatchObject({
    status: 'rejected',
    reason: { message: 'no answer within 15000 ms' },
  });
  expect(asks[0]?.signal.aborted).toBe(true);
  answer(issue());
  await vi.advanceTimersByTimeAsync(1000);
  expect(await source.headers()).toEqual(bearer('t2'));
});

test('a late answer is taken when nothing newer is there', async () => {
  const { source } = setUp(later(issue(), 16_000));
  const waiting = settled(source.headers());
  await vi.advanceTimersByTimeAsync(15_000);
  expect((await waiting).status).toBe('rejected');
  await vi.advanceTimersByTimeAsync(1000);
  expect(source.headers()).toEqual(bearer('t1'));
});

test('a late answer never replaces a newer token', async () => {
  const { source, answer } = setUp(later(issue(), 20_000));
  const waiting = settled(source.headers());
  await vi.advanceTimersByTimeAsync(16_500);
  await waiting;
  answer(issue());
  expect(await source.headers()).toEqual(bearer('t2'));
  await vi.advanceTimersByTimeAsync(10_000);
  expect(source.headers()).toEqual(bearer('t2'));
});

test('the abort of one caller ends his wait only, with his reason', async () => {
  const { source, asks } = setUp(later(issue(), 1000));
  const controller = new AbortController();
  const reason = new Error('the user left');
  const one = settled(source.headers(controller.signal));
  const other = source.headers();
  controller.abort(reason);
  expect(await one).toEqual({ status: 'rejected', reason });
  expect(asks[0]?.signal.aborted).toBe(false);
  await vi.advanceTimersByTimeAsync(1000);
  expect(await other).toEqual(bearer('t1'));
});

test('the abort of every caller leaves the token for the next one', async () => {
  const { source, asks } = setUp(later(issue(), 1000));
  const one = settled(source.headers(AbortSignal.abort(new Error('before'))));
  expect(asks).toHaveLength(0);
  const controller = new AbortController();
  const two = settled(source.headers(controller.signal));
  controller.abort(new Error('during'));
  expect([(await one).status, (await two).status]).toEqual(['rejected', 'rejected']);
  await vi.advanceTimersByTimeAsync(1000);
  expect(source.headers()).toEqual(bearer('t1'));
});

test.each([
  ['nothing', null],
  ['an empty token', { token: '', expiresOnTimestamp: 1e15 }],
  ['a token that breaks the header', { token: 'a\r\nx-admin: 1', expiresOnTimestamp: 1e15 }],
  ['a page of HTML', '<html>Sign in to the guest network</html>'],
  ['a token without an expiry', { token: 'x' }],
  ['a token that expires at NaN', { token: 'x', expiresOnTimestamp: Number.NaN }],
])('takes %s for a failure', async (_, garbage) => {
  const { source } = setUp(() => garbage as never);
  await expect(source.headers()).rejects.toThrow(/^the credential/);
});

test('takes an expiry in seconds for what it is', async () => {
  const { source, asks } = setUp((_, number) => ({
    token: `t${number}`,
    expiresOnTimestamp: Math.floor(Date.now() / 1000) + 3600,
  }));
  await source.headers();
  await vi.advanceTimersByTimeAsync(50 * minute);
  expect(source.headers()).toEqual(bearer('t1'));
  expect(asks).toHaveLength(1);
});

test('asks once more, past any cache, when a token has expired on arrival', async () => {
  const { source, asks } = setUp((ask, number) => ({
    token: `t${number}`,
    expiresOnTimestamp: Date.now() + (ask.force ? hour : -1),
  }));
  expect(await source.headers()).toEqual(bearer('t2'));
  expect(asks.map(({ force }) => force)).toEqual([false, true]);
});

test('leaves the judgement to the service when every token looks expired, and asks in moderation', async () => {
  const { source, asks } = setUp(issue(-hour));
  expect(await source.headers()).toEqual(bearer('t2'));
  for (let second = 0; second < 60; second += 1) {
    for (let i = 0; i < 10; i += 1) await source.headers();
    await vi.advanceTimersByTimeAsync(1000);
  }
  expect(asks.length).toBeLessThanOrEqual(26);
});

test('asks again in moderation when the credential keeps answering with its old token', async () => {
  const expiresOnTimestamp = Date.now() + hour;
  const { source, asks } = setUp(() => ({ token: 'cached', expiresOnTimestamp }));
  const first = await source.headers();
  await vi.advanceTimersByTimeAsync(55 * minute);
  for (let second = 0; second < 120; second += 1) {
    expect(source.headers()).toBe(first);
    await vi.advanceTimersByTimeAsync(1000);
  }
  expect(asks.length).toBeLessThanOrEqual(6);
});

test('survives a clock that is set back', async () => {
  const { source, answer } = setUp(down);
  await expect(source.headers()).rejects.toThrow('503');
  answer(issue());
  vi.setSystemTime(Date.now() - 5 * hour);
  expect(await source.headers()).toEqual(bearer('t2'));
});

test('a clock that leaps ahead makes the token old, not the source deaf', async () => {
  const { source, answer } = setUp();
  await source.headers();
  answer(down);
  await vi.advanceTimersByTimeAsync(56 * minute);
  void source.headers();
  await vi.advanceTimersByTimeAsync(1);
  answer(issue());
  vi.setSystemTime(Date.now() + 5 * hour);
  expect(await source.headers()).toEqual(bearer('t3'));
});

test('a credential that throws synchronously is a failure like any other', async () => {
  const { source } = setUp(() => {
    throw new Error('broken');
  });
  await expect(source.headers()).rejects.toThrow('broken');
});

test('from thirty seconds before its end on, callers wait for another token', async () => {
  const { source, asks } = setUp();
  await source.headers();
  await vi.advanceTimersByTimeAsync(hour - 30_000);
  const waiting = source.headers();
  expect(waiting).toBeInstanceOf(Promise);
  expect(await waiting).toEqual(bearer('t2'));
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
  expect(await Promise.all([first, second])).toEqual([bearer('late'), bearer('late')]);
  expect(asks).toHaveLength(2);
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
    expect([bearer('with'), bearer('without')]).toContainEqual(await waiting);
    expect(await refreshed).toBe(true);
    expect(await source.headers()).toEqual(bearer('with'));
  }
});
