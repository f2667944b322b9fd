import { afterEach, beforeEach, expect, vi } from 'vitest';
import { CredentialError } from '../errors.ts';
import type { TokenAsk } from './flight.ts';
import type { Token } from './held-token.ts';
import { createTokenSource } from './token-source.ts';
import type { TokenSource } from './token-source.ts';

export const startMs: number = Date.UTC(2026, 10, 22);
export const minute = 60_000;
export const hour: number = 60 * minute;

type Answer = (ask: TokenAsk, number: number) => Promise<Token> | Token;

/** A source and its token endpoint, whose next answers are set by the test. `random` is 1: no jitter. */
export function setUp(answer: Answer = issue()): {
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

export function tokenOf(token: string, lifetimeMs: number = hour): Token {
  return { token, expiresOnTimestamp: Date.now() + lifetimeMs };
}

/** Another token for each request: `t1`, `t2` and so on. */
export function issue(lifetimeMs: number = hour): Answer {
  return (_, number) => tokenOf(`t${number}`, lifetimeMs);
}

export function later(answer: Answer, delayMs: number): Answer {
  return async (ask, number) => {
    await new Promise((resolve) => setTimeout(resolve, delayMs));
    return answer(ask, number);
  };
}

export const down: Answer = () => Promise.reject(new Error('503 Service Unavailable'));
export const hanging: Answer = () => new Promise<never>(() => undefined);

export function bearer(token: string): { authorization: string } {
  return { authorization: `Bearer ${token}` };
}

/** Collects what a promise comes to, so that no rejection is unhandled while the clock moves. */
export async function settled<T>(promise: Promise<T> | T): Promise<PromiseSettledResult<T>> {
  const [result] = await Promise.allSettled([promise]);
  return result;
}

/** The clock of each test of the file moves by hand only, and no rejection is unhandled, also not in the hour after the test. */
export function withFakeTime(): void {
  const unhandled: unknown[] = [];
  const onUnhandled = (reason: unknown): void => {
    unhandled.push(reason);
  };
  beforeEach(() => {
    vi.useFakeTimers({ now: startMs, toFake: ['setTimeout', 'clearTimeout', 'Date'] });
    process.on('unhandledRejection', onUnhandled);
  });
  afterEach(async () => {
    await vi.advanceTimersByTimeAsync(hour);
    vi.useRealTimers();
    await new Promise(setImmediate);
    process.off('unhandledRejection', onUnhandled);
    expect(unhandled.splice(0), 'no rejection is unhandled').toEqual([]);
  });
}
