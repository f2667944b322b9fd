import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { CredentialError } from '../errors.ts';
import type { TokenAsk } from './flight.ts';
import type { Token } from './held-token.ts';
import { createTokenSource } from './token-source.ts';
import type { TokenSource } from './token-source.ts';

const minute = 60_000;
const hour = 60 * minute;

type Answer = (ask: TokenAsk, number: number) => Promise<Token> | Token;

/** A token endpoint whose next answers are set by the test. `random` is 1: no jitter. */
function setUp(answer: Answer = issue()): {
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
    sign: (token) => ({ authorization: `Bearer ${token}` }),
    explain: (cause) => new CredentialError((cause as Error).message, { scope: 's', cause }),
    timeoutMs: 15_000,
    now: Date.now,
    random: () => 1,
  });
  return { source, asks, answer: (next) => (current = next) };
}

function issue(lifetimeMs = hour): Answer {
  return (_, number) => ({ token: `t${number}`, expiresOnTimestamp: Date.now() + lifetimeMs });
}

function later(answer: Answer, delayMs: number): Answer {
  return async (ask, number) => {
    await new Promise((resolve) => setTimeout(resolve, delayMs));
    return answer(ask, number);
  };
}

const down: Answer = () => Promise.reject(new Error('503 Service Unavailable'));
const hanging: Answer = () => new Promise<never>(() => undefined);

function bearer(number: number): { authorization: string } {
  return { authorization: `Bearer t${number}` };
}

/** Collects what a promise comes to, so that no rejection is unhandled while the clock moves. */
async function settled<T>(promise: Promise<T> | T): Promise<PromiseSettledResult<T>> {
  const [result] = await Promise.allSettled([promise]);
  return result;
}

const unhandled: unknown[] = [];
const onUnhandled = (reason: unknown): void => {
  unhandled.push(reason);
};

beforeEach(() => {
  vi.useFakeTimers({ now: Date.UTC(2026, 10, 22), toFake: ['setTimeout', 'clearTimeout', 'Date'] });
  process.on('unhandledRejection', onUnhandled);
});
afterEach(async () => {
  await vi.advanceTimersByTimeAsync(hour);
  vi.useRealTimers();
  await new Promise(setImmediate);
  process.off('unhandledRejection', onUnhandled);
  expect(unhandled.splice(0), 'no rejection is unhandled').toEqual([]);
});

describe('headers', () => {
  test('a hundred callers share one request', async () => {
    const { source, asks } = setUp(later(issue(), 1000));
    const all = Promise.all(Array.from({ length: 100 }, async () => source.headers()));
    await vi.advanceTimersByTimeAsync(1000);
    expect(new Set(await all)).toEqual(new Set([bearer(1)]));
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
    for (let i = 0; i < 10; i += 1) expect(source.headers()).toEqual(bearer(1));
    expect(asks).toHaveLength(2);
    await vi.advanceTimersByTimeAsync(3000);
    expect(source.headers()).toEqual(bearer(2));
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
      expect(await source.headers()).toEqual(bearer(1));
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
    expect(await waiting).toEqual(bearer(2));
  });

  test('uses the old token to its last second when there is no new one, and not longer', async () => {
    const { source, answer } = setUp();
    await source.headers();
    answer(down);
    await vi.advanceTimersByTimeAsync(hour - 1);
    expect(await source.headers()).toEqual(bearer(1));
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
    expect(await source.headers()).toEqual(bearer(2));
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
    expect(await source.headers()).toEqual(bearer(2));
  });

  test('a late answer is taken when nothing newer is there', async () => {
    const { source } = setUp(later(issue(), 16_000));
    const waiting = settled(source.headers());
    await vi.advanceTimersByTimeAsync(15_000);
    expect((await waiting).status).toBe('rejected');
    await vi.advanceTimersByTimeAsync(1000);
    expect(source.headers()).toEqual(bearer(1));
  });

  test('a late answer never replaces a newer token', async () => {
    const { source, answer } = setUp(later(issue(), 20_000));
    const waiting = settled(source.headers());
    await vi.advanceTimersByTimeAsync(16_500);
    await waiting;
    answer(issue());
    expect(await source.headers()).toEqual(bearer(2));
    await vi.advanceTimersByTimeAsync(10_000);
    expect(source.headers()).toEqual(bearer(2));
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
    expect(await other).toEqual(bearer(1));
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
    expect(source.headers()).toEqual(bearer(1));
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
    expect(source.headers()).toEqual(bearer(1));
    expect(asks).toHaveLength(1);
  });

  test('asks once more, past any cache, when a token has expired on arrival', async () => {
    const { source, asks } = setUp((ask, number) => ({
      token: `t${number}`,
      expiresOnTimestamp: Date.now() + (ask.force ? hour : -1),
    }));
    expect(await source.headers()).toEqual(bearer(2));
    expect(asks.map(({ force }) => force)).toEqual([false, true]);
  });

  test('leaves the judgement to the service when every token looks expired, and asks in moderation', async () => {
    const { source, asks } = setUp(issue(-hour));
    expect(await source.headers()).toEqual(bearer(2));
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
    expect(await source.headers()).toEqual(bearer(2));
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
    expect(await source.headers()).toEqual(bearer(3));
  });

  test('a credential that throws synchronously is a failure like any other', async () => {
    const { source } = setUp(() => {
      throw new Error('broken');
    });
    await expect(source.headers()).rejects.toThrow('broken');
  });
});

describe('refresh', () => {
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
    expect(await waiting).toEqual(bearer(2));
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
    expect([await waiting, await refreshed]).toEqual([bearer(2), true]);
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
});

describe('refresh with claims', () => {
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
    expect(source.headers()).toEqual(bearer(3));
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
    const all = Promise.all(
      ['A', 'A', 'B', 'A', 'B'].map((one) => source.refresh({ claims: one, rejected })),
    );
    await vi.advanceTimersByTimeAsync(1000);
    expect(await all).toEqual([true, true, true, true, true]);
    expect(asks.map((ask) => ask.claims)).toEqual([undefined, undefined, 'A', 'B']);
    expect(source.headers()).toEqual(bearer(4));
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
});
