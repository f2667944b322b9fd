import { expect, test, vi } from 'vitest';
import type { Token } from './held-token.ts';
import {
  bearer,
  down,
  hour,
  issue,
  later,
  minute,
  setUp,
  tokenOf,
  withFakeTime,
} from './token-source.fake.ts';

withFakeTime();

const claims = '{"access_token":{"nbf":{"essential":true,"value":"1763769600"}}}';

test('hands the challenge to the credential, once for all', async () => {
  const { source, asks, answer } = setUp();
  const rejected = await source.headers();
  answer(later(issue(), 500));
  const all = Promise.all(Array.from({ length: 20 }, async () => source.refresh({ claims, rejected })));
  await vi.advanceTimersByTimeAsync(500);
  expect(new Set(await all)).toEqual(new Set([true]));
  expect(asks.map((ask) => ask.claims)).toEqual([undefined, claims]);
  expect(await source.refresh({ claims, rejected })).toBe(true);
  expect(await source.refresh({ claims })).toBe(true);
  expect(asks).toHaveLength(2);
});

test('nobody gets the revoked token any more, even if there is no other', async () => {
  const { source, answer } = setUp();
  const rejected = await source.headers();
  answer(down);
  expect(await source.refresh({ claims, rejected })).toBe(false);
  await expect(source.headers()).rejects.toThrow('503');
});

test('asks with the challenge until it is met', async () => {
  const { source, asks, answer } = setUp();
  const rejected = await source.headers();
  answer(down);
  await source.refresh({ claims, rejected });
  answer(issue());
  await vi.advanceTimersByTimeAsync(1000);
  await source.headers();
  await vi.advanceTimersByTimeAsync(56 * minute);
  void source.headers();
  expect(asks.map((ask) => ask.claims)).toEqual([undefined, claims, claims, undefined]);
});

test('waits for a request without the challenge, then asks with it', async () => {
  const { source, asks, answer } = setUp();
  const rejected = await source.headers();
  await vi.advanceTimersByTimeAsync(55 * minute);
  answer(later(issue(), 100));
  void source.headers();
  const refreshed = source.refresh({ claims, rejected });
  await vi.advanceTimersByTimeAsync(200);
  expect(await refreshed).toBe(true);
  expect(asks.map((ask) => ask.claims)).toEqual([undefined, undefined, claims]);
  expect(source.headers()).toEqual(bearer('t3'));
});

test('says no when even the token of the challenge is challenged', async () => {
  const { source, asks } = setUp();
  const first = await source.headers();
  await source.refresh({ claims, rejected: first });
  const second = await source.headers();
  expect(await source.refresh({ claims, rejected: second })).toBe(false);
  expect(asks).toHaveLength(2);
});

test('challenges do not stampede on an endpoint that is down', async () => {
  const { source, asks, answer } = setUp();
  const rejected = await source.headers();
  answer(down);
  for (let tenth = 0; tenth < 600; tenth += 1) {
    expect(await source.refresh({ claims, rejected })).toBe(false);
    await vi.advanceTimersByTimeAsync(100);
  }
  expect(asks.length).toBeLessThanOrEqual(8);
});

test('challenges that overlap a request and each other are all met', async () => {
  const { source, asks, answer } = setUp();
  const rejected = await source.headers();
  await vi.advanceTimersByTimeAsync(55 * minute);
  answer(later(issue(), 100));
  void source.headers();
  const all = Promise.all(['A', 'A', 'B', 'A', 'B'].map((one) => source.refresh({ claims: one, rejected })));
  await vi.advanceTimersByTimeAsync(1000);
  expect(await all).toEqual([true, true, true, true, true]);
  expect(asks.map((ask) => ask.claims)).toEqual([undefined, undefined, 'A', 'B']);
  expect(source.headers()).toEqual(bearer('t4'));
});

test('says no when the challenge brings the same token again', async () => {
  const { source, asks } = setUp(() => ({ token: 'cached', expiresOnTimestamp: Date.now() + hour }));
  const rejected = await source.headers();
  for (let call = 0; call < 10; call += 1) expect(await source.refresh({ claims, rejected })).toBe(false);
  expect(asks).toHaveLength(2);
});

test('two different challenges at once are both met', async () => {
  const { source, asks, answer } = setUp();
  const rejected = await source.headers();
  answer(later(issue(), 100));
  const both = Promise.all([
    source.refresh({ claims: 'A', rejected }),
    source.refresh({ claims: 'B', rejected }),
  ]);
  await vi.advanceTimersByTimeAsync(300);
  expect(await both).toEqual([true, true]);
  expect(asks.map((ask) => ask.claims)).toEqual([undefined, 'A', 'B']);
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
  expect(await source.refresh({ claims: 'c', rejected: bearer('t2') })).toBe(false);
  await vi.advanceTimersByTimeAsync(30_000);
  expect(await source.refresh({ claims: 'c', rejected: bearer('t2') })).toBe(true);
  expect(asks.map(({ claims }) => claims)).toEqual([undefined, 'c', 'c']);
});

test('another challenge right after the first is asked with, too', async () => {
  const { source, asks } = setUp();
  const rejected = await source.headers();
  expect(await source.refresh({ claims: 'A', rejected })).toBe(true);
  expect(await source.refresh({ claims: 'B', rejected: bearer('t2') })).toBe(true);
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
