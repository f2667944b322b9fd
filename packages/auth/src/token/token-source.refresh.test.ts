import { expect, test, vi } from 'vitest';
import {
  bearer,
  down,
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

withFakeTime();

test('a hundred refused callers cause one request', async () => {
  const { source, asks, answer } = setUp();
  const rejected = await source.headers();
  answer(later(issue(), 500));
  const all = Promise.all(Array.from({ length: 100 }, async () => source.refresh({ rejected })));
  await vi.advanceTimersByTimeAsync(500);
  expect(new Set(await all)).toEqual(new Set([true]));
  expect(asks).toHaveLength(2);
  expect(asks[1]?.force).toBe(true);
});

test('late refusals of a token that was replaced cost nothing', async () => {
  const { source, asks } = setUp();
  const rejected = await source.headers();
  expect(await source.refresh({ rejected })).toBe(true);
  for (let i = 0; i < 10; i += 1) {
    await vi.advanceTimersByTimeAsync(minute);
    expect(await source.refresh({ rejected })).toBe(true);
  }
  expect(asks).toHaveLength(2);
});

test('late refusals that do not say what was refused cost nothing for half a minute', async () => {
  const { source, asks } = setUp();
  await source.headers();
  for (let second = 0; second < 29; second += 1) {
    expect(await source.refresh({})).toBe(true);
    await vi.advanceTimersByTimeAsync(1000);
  }
  expect(asks).toHaveLength(2);
});

test('nobody gets the refused token while a new one is on its way', async () => {
  const { source, answer } = setUp();
  const rejected = await source.headers();
  answer(later(issue(), 500));
  const refreshed = source.refresh({ rejected });
  const waiting = source.headers();
  expect(waiting).toBeInstanceOf(Promise);
  await vi.advanceTimersByTimeAsync(500);
  expect(await waiting).toEqual(bearer('t2'));
  expect(await refreshed).toBe(true);
});

test('says that another attempt makes no sense when the same token comes back', async () => {
  const { source } = setUp(() => ({ token: 'cached', expiresOnTimestamp: Date.now() + hour }));
  const rejected = await source.headers();
  expect(await source.refresh({ rejected })).toBe(false);
  expect(source.headers()).toEqual(rejected);
});

test('a role that is missing does not turn every call into a token request', async () => {
  const { source, asks } = setUp();
  for (let second = 0; second < 60; second += 1) {
    for (let call = 0; call < 5; call += 1) {
      const rejected = await source.headers();
      await source.refresh({ rejected });
    }
    await vi.advanceTimersByTimeAsync(1000);
  }
  expect(asks.length).toBeLessThanOrEqual(4);
});

test('nobody gets the refused token while a refresh that was under way goes on', async () => {
  const { source, answer } = setUp();
  const rejected = await source.headers();
  await vi.advanceTimersByTimeAsync(55 * minute);
  answer(later(issue(), 100));
  expect(source.headers()).toEqual(rejected);
  const refreshed = source.refresh({ rejected });
  const waiting = source.headers();
  await vi.advanceTimersByTimeAsync(100);
  expect([await waiting, await refreshed]).toEqual([bearer('t2'), true]);
});

test('joins a refresh that is under way, and asks past the caches if that brought nothing new', async () => {
  const { source, asks, answer } = setUp();
  const rejected = await source.headers();
  await vi.advanceTimersByTimeAsync(55 * minute);
  answer(
    later(
      (ask, number) => ({ token: ask.force ? `t${number}` : 't1', expiresOnTimestamp: Date.now() + hour }),
      100,
    ),
  );
  void source.headers();
  const all = Promise.all(Array.from({ length: 5 }, async () => source.refresh({ rejected })));
  await vi.advanceTimersByTimeAsync(200);
  expect(await all).toEqual([true, true, true, true, true]);
  expect(asks.map(({ force }) => force)).toEqual([false, false, true]);
});

test('a refresh that fails says no, and the next may try again soon', async () => {
  const { source, asks, answer } = setUp();
  const rejected = await source.headers();
  answer(down);
  expect(await source.refresh({ rejected })).toBe(false);
  expect(await source.refresh({ rejected })).toBe(false);
  expect(asks).toHaveLength(2);
  answer(issue());
  await vi.advanceTimersByTimeAsync(1000);
  expect(await source.refresh({ rejected })).toBe(true);
});

test('can be aborted, and the refresh goes on for the others', async () => {
  const { source, answer } = setUp();
  const rejected = await source.headers();
  answer(later(issue(), 500));
  const controller = new AbortController();
  const reason = new Error('enough');
  const one = settled(source.refresh({ rejected, signal: controller.signal }));
  const other = source.refresh({ rejected });
  controller.abort(reason);
  expect(await one).toEqual({ status: 'rejected', reason });
  await vi.advanceTimersByTimeAsync(500);
  expect(await other).toBe(true);
  await expect(source.refresh({ signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
});

test('knows what was refused whatever header it was sent in', async () => {
  const { source, asks } = setUp();
  await source.headers();
  expect(await source.refresh({ rejected: { 'x-gateway-token': 'Bearer old' } })).toBe(true);
  expect(asks).toHaveLength(1);
});

test('a second refusal within half a minute is answered without a request: the new token is no better', async () => {
  const { source, asks } = setUp();
  const first = await source.headers();
  expect(await source.refresh({ rejected: first })).toBe(true);
  expect(await source.refresh({ rejected: bearer('t2') })).toBe(false);
  expect(await source.refresh({})).toBe(true);
  await vi.advanceTimersByTimeAsync(29_999);
  expect(await source.refresh({ rejected: bearer('t2') })).toBe(false);
  expect(asks).toHaveLength(2);
  await vi.advanceTimersByTimeAsync(1);
  expect(await source.refresh({ rejected: bearer('t2') })).toBe(true);
  expect(asks.map(({ force }) => force)).toEqual([false, true, true]);
});

test('a refusal after the clock was set back may cause a request', async () => {
  const { source, asks } = setUp();
  const first = await source.headers();
  expect(await source.refresh({ rejected: first })).toBe(true);
  vi.setSystemTime(startMs - minute);
  expect(await source.refresh({ rejected: bearer('t2') })).toBe(true);
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
    expect(await setUp().source.refresh({ rejected: bearer('t0'), ...claims })).toBe(true);
    expect(await setUp().source.refresh({ rejected: bearer('t1'), ...claims })).toBe(false);
  }
});
