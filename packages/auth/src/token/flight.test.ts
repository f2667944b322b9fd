import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { fly } from './flight.ts';
import type { AskToken, TokenAsk } from './flight.ts';
import type { Token } from './held-token.ts';

const nowMs = Date.UTC(2026, 10, 22);
const token = { token: 't', expiresOnTimestamp: nowMs + 3_600_000 };

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
});
afterEach(() => {
  vi.useRealTimers();
});

function flightOf(
  ask: AskToken,
  claims?: string,
): { landed: Promise<Token>; late: Token[]; asks: TokenAsk[] } {
  const late: Token[] = [];
  const asks: TokenAsk[] = [];
  const landed = fly({
    ask: (request) => {
      asks.push(request);
      return ask(request);
    },
    claims,
    force: false,
    timeoutMs: 1000,
    now: () => nowMs,
    onLate: (arrived) => late.push(arrived),
  });
  return { landed, late, asks };
}

test('asks with the claims that there are, and not with none', async () => {
  const without = flightOf(() => token);
  expect(await without.landed).toBe(token);
  expect(without.asks).toStrictEqual([{ signal: expect.any(AbortSignal) as unknown, force: false }]);
  const withClaims = flightOf(() => token, 'c');
  await withClaims.landed;
  expect(withClaims.asks[0]).toMatchObject({ claims: 'c' });
  expect([...without.late, ...withClaims.late], 'what is in time is not late').toEqual([]);
});

test('what arrives after the limit is late, and no failure is', async () => {
  const { promise, resolve } = Promise.withResolvers<Token>();
  const { landed, late, asks } = flightOf(() => promise);
  const failed = expect(landed).rejects.toThrow(new Error('no answer within 1000 ms'));
  await vi.advanceTimersByTimeAsync(1000);
  await failed;
  expect(asks[0]?.signal.aborted).toBe(true);
  resolve(token);
  await vi.advanceTimersByTimeAsync(0);
  expect(late).toEqual([token]);
});

test('a token that has ended on arrival is asked for once more, past the caches, and then left to the service', async () => {
  const ended = { token: 'old', expiresOnTimestamp: nowMs };
  const { landed, asks } = flightOf(() => ended);
  expect(await landed).toBe(ended);
  expect(asks.map(({ force }) => force)).toEqual([false, true]);
  expect(vi.getTimerCount()).toBe(0);
});
