import fc from 'fast-check';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { CredentialError } from '../src/errors.ts';
import type { Token } from '../src/token/held-token.ts';
import { createTokenSource } from '../src/token/token-source.ts';
import type { TokenSource } from '../src/token/token-source.ts';

// Any mixture of calls, refusals, aborts and faults, on a clock that the test moves. Whatever the order: at most one request
// in flight, no token older than one that was out before, no expired token when the endpoint works, no wait without an end.

const timeoutMs = 15_000;
const modes = ['ok', 'slow', 'down', 'hanging', 'garbage', 'short', 'same', 'late'] as const;
type Mode = (typeof modes)[number];

interface Issued {
  readonly number: number;
  readonly expiresAtMs: number;
  revoked: boolean;
}

/** An endpoint in one of several moods, which knows every token it has given. */
function endpoint(): {
  ask: (request: { signal: AbortSignal; claims?: string }) => Promise<Token>;
  mood: (mode: Mode) => void;
  issued: Map<string, Issued>;
  most: () => number;
} {
  const issued = new Map<string, Issued>();
  let mode: Mode = 'ok';
  let number = 0;
  let inFlight = 0;
  let most = 0;

  function give(mine: number, lifetimeMs: number): Token {
    const token = `t${mine}`;
    const expiresAtMs = Date.now() + lifetimeMs;
    issued.set(token, { number: mine, expiresAtMs, revoked: false });
    return { token, expiresOnTimestamp: expiresAtMs };
  }

  async function answer(mine: number, mood: Mode, signal: AbortSignal): Promise<Token> {
    if (mood === 'slow') await wait(3_000, signal);
    // Ignores its signal.
    if (mood === 'late') await wait(20_000);
    if (mood === 'hanging') await wait(3_600_000, signal);
    if (mood === 'down') throw new Error('503');
    if (mood === 'garbage') return '<html>' as never;
    if (mood === 'same') {
      const last = [...issued].at(-1);
      if (last !== undefined && last[1].expiresAtMs > Date.now())
        return { token: last[0], expiresOnTimestamp: last[1].expiresAtMs };
    }
    return give(mine, mood === 'short' ? 20_000 : 3_600_000);
  }

  return {
    issued,
    mood: (next) => (mode = next),
    most: () => most,
    async ask({ signal }) {
      number += 1;
      // A request that was given up does not count: nobody waits for it any more.
      const end = (): void => {
        if (open) inFlight -= 1;
        open = false;
      };
      let open = true;
      inFlight += 1;
      most = Math.max(most, inFlight);
      signal.addEventListener('abort', end);
      return answer(number, mode, signal).finally(end);
    },
  };
}

async function wait(ms: number, signal?: AbortSignal): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    setTimeout(resolve, ms);
    signal?.addEventListener('abort', () => {
      reject(signal.reason as Error);
    });
  });
}

type Step =
  | { readonly kind: 'headers'; readonly callers: number; readonly abortAfterMs: number | undefined }
  | { readonly kind: 'refused'; readonly callers: number; readonly claims: string | undefined }
  | { readonly kind: 'mood'; readonly mode: Mode }
  | { readonly kind: 'pass'; readonly ms: number };

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    kind: fc.constant('headers' as const),
    callers: fc.integer({ min: 1, max: 5 }),
    abortAfterMs: fc.option(fc.integer({ min: 0, max: 5_000 }), { nil: undefined }),
  }),
  fc.record({
    kind: fc.constant('refused' as const),
    callers: fc.integer({ min: 1, max: 4 }),
    claims: fc.option(fc.constantFrom('A', 'B'), { nil: undefined }),
  }),
  fc.record({ kind: fc.constant('mood' as const), mode: fc.constantFrom(...modes) }),
  fc.record({
    kind: fc.constant('pass' as const),
    ms: fc.oneof(fc.integer({ min: 0, max: 5_000 }), fc.integer({ min: 0, max: 3_700_000 })),
  }),
);

const unhandled: unknown[] = [];
const onUnhandled = (reason: unknown): void => {
  unhandled.push(reason);
};
beforeEach(() => {
  vi.useFakeTimers({ now: Date.UTC(2026, 10, 22), toFake: ['setTimeout', 'clearTimeout', 'Date'] });
  process.on('unhandledRejection', onUnhandled);
});
afterEach(async () => {
  vi.useRealTimers();
  await new Promise(setImmediate);
  process.off('unhandledRejection', onUnhandled);
  expect(unhandled.splice(0), 'no rejection is unhandled').toEqual([]);
});

interface World {
  readonly source: TokenSource;
  readonly service: ReturnType<typeof endpoint>;
  readonly open: Set<Promise<unknown>>;
}

/** A token must be valid at the time when a caller gets it. */
function check({ service }: World, headers: Readonly<Record<string, string>>): void {
  const issued = service.issued.get(headers['authorization'] ?? '');
  expect(issued, 'only tokens of the endpoint are handed out').toBeDefined();
  expect(issued?.expiresAtMs, 'no expired token is handed out').toBeGreaterThan(Date.now());
}

function track<T>(world: World, promise: Promise<T>, then: (value: T) => void): void {
  const settled: Promise<void> = promise
    .then(then, (error: unknown) => {
      expect(error instanceof CredentialError || (error as Error).message === 'left').toBe(true);
    })
    .finally(() => world.open.delete(settled));
  world.open.add(settled);
}

function take(world: World, action: Step): void {
  if (action.kind === 'mood') world.service.mood(action.mode);
  if (action.kind === 'headers') {
    for (let caller = 0; caller < action.callers; caller += 1) call(world, action.abortAfterMs);
  }
  if (action.kind === 'refused') {
    const last = [...world.service.issued].at(-1);
    if (last !== undefined) last[1].revoked = true;
    const { claims } = action;
    for (let caller = 0; caller < action.callers; caller += 1) {
      const rejected = last === undefined ? {} : { rejected: { authorization: last[0] } };
      track(world, world.source.refresh({ ...rejected, ...(claims && { claims }) }), () => undefined);
    }
  }
}

function call(world: World, abortAfterMs: number | undefined): void {
  const controller = new AbortController();
  if (abortAfterMs !== undefined)
    setTimeout(() => {
      controller.abort(new Error('left'));
    }, abortAfterMs);
  const headers = world.source.headers(controller.signal);
  if (headers instanceof Promise) {
    track(world, headers, (value) => {
      check(world, value);
    });
    return;
  }
  check(world, headers);
}

test('holds its promises whatever happens in whatever order', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 60 }), fc.integer(), async (steps, seed) => {
      const random =
        fc.sample(fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }), { seed, numRuns: 1 })[0] ??
        0;
      const service = endpoint();
      const source = createTokenSource({
        ask: service.ask,
        sign: (token) => ({ authorization: token }),
        explain: () => new CredentialError('none'),
        timeoutMs,
        now: Date.now,
        random: () => random,
      });
      const world: World = { source, service, open: new Set() };
      for (const action of steps) {
        take(world, action);
        await vi.advanceTimersByTimeAsync(action.kind === 'pass' ? action.ms : 1);
      }
      // Every wait ends: that of a challenge may have to sit out one request before its own.
      await vi.advanceTimersByTimeAsync(3 * timeoutMs);
      expect(world.open.size, 'no wait is without an end').toBe(0);
      expect(service.most(), 'at most one request is in flight').toBeLessThanOrEqual(1);
      // With an endpoint that works, everybody can call again within the longest back-off.
      service.mood('ok');
      await vi.advanceTimersByTimeAsync(30_000);
      check(world, await source.headers());
    }),
    { numRuns: 300 },
  );
});

test('hands out tokens in the order in which they were asked for', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 60 }), async (steps) => {
      const service = endpoint();
      const source = createTokenSource({
        ask: service.ask,
        sign: (token) => ({ authorization: token }),
        explain: () => new CredentialError('none'),
        timeoutMs,
        now: Date.now,
        random: () => 1,
      });
      const world: World = { source, service, open: new Set() };
      let newest = 0;
      for (const action of steps) {
        take(world, action);
        await vi.advanceTimersByTimeAsync(action.kind === 'pass' ? action.ms : 1);
        const headers = source.headers(AbortSignal.timeout(0));
        if (headers instanceof Promise) {
          headers.catch(() => undefined);
          continue;
        }
        const { number } = service.issued.get(headers['authorization'] ?? '') ?? { number: 0 };
        expect(number).toBeGreaterThanOrEqual(newest);
        newest = number;
      }
      await vi.advanceTimersByTimeAsync(3 * timeoutMs);
    }),
    { numRuns: 200 },
  );
});
