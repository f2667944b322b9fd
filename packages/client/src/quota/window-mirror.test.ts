import { describe, expect, test } from 'vitest';
import type { QuotaTarget, Settlement } from './quota.ts';
import { windowMirror } from './window-mirror.ts';

const target = (limits: QuotaTarget['limits']): QuotaTarget => ({
  key: 'k',
  limits,
  provisioned: false,
  circuit: { failures: 1, window: 1, openMs: 1, maxOpenMs: 1 },
});
const count = (input: number, output = 0) => ({ input, output });

/** The free share after one attempt. */
function freeAfter(limits: QuotaTarget['limits'], tokens = count(1)): number {
  const mirror = windowMirror(target(limits));
  mirror.take(tokens, 0);
  return mirror.free(0);
}

test.each([
  [{ rpm: 600 }, 100],
  [{ rpm: 12 }, 2],
  [{ rpm: 13 }, 2],
  // One at least, or it could never be called.
  [{ rpm: 5 }, 1],
])('of %j ten seconds have %d calls', (limits, calls) => {
  expect(freeAfter(limits)).toBeCloseTo(1 - 1 / calls, 9);
});

test('without a limit all is free', () => {
  expect(freeAfter({})).toBe(1);
});

test('input and output are tokens of a minute', () => {
  expect(freeAfter({ tpm: 100 }, count(7, 3))).toBeCloseTo(0.9, 9);
});

test('a refusal names the limit that it is for', () => {
  const refusal = (limits: QuotaTarget['limits'], tokens: ReturnType<typeof count>) => {
    const mirror = windowMirror(target(limits));
    for (let attempt = 0; attempt < 3; attempt += 1) mirror.take(tokens, 0);
    return mirror.refuses(tokens, 0)?.reason;
  };
  expect(refusal({ tpm: 1_000, rpm: 6 }, count(1))).toBe('requests');
  expect(refusal({ tpm: 10, rpm: 6_000 }, count(6))).toBe('tokens');
  expect(refusal({}, count(6))).toBeUndefined();
});

test('what is more than the limit alone never fits', () => {
  const mirror = windowMirror(target({ tpm: 10 }));
  expect(mirror.refuses(count(11), 0)).toEqual({ reason: 'tokens', retryAtMs: Infinity });
  expect(mirror.refuses(count(10), 0)).toBeUndefined();
});

test.each<[string, Partial<Settlement> & Pick<Settlement, 'result'>, number, number]>([
  ['an answer', { result: 'ok' }, 0.5, 0.5],
  ['a failure', { result: 'failed' }, 0.5, 0.5],
  ['one that was cancelled', { result: 'cancelled' }, 0.5, 0.5],
  // It used no tokens, and was a request all the same.
  ['a refusal for another limit', { result: 'throttled' }, 1, 0.5],
  ['one that never arrived', { result: 'cancelled', counted: false }, 1, 1],
])('%s leaves so much of tokens and calls', (_, settlement, tokens, calls) => {
  const free = (limits: QuotaTarget['limits']) => {
    const mirror = windowMirror(target(limits));
    const entry = mirror.take(count(50), 0);
    mirror.settle(entry, { reserved: count(50), settlement }, 0);
    return mirror.free(0);
  };
  expect([free({ tpm: 100 }), free({ rpm: 12 })]).toEqual([tokens, calls]);
});

test('the scarcer of both limits says what is free', () => {
  const mirror = windowMirror(target({ tpm: 100, rpm: 60 }));
  mirror.take(count(50), 0);
  expect(mirror.free(0)).toBe(0.5);
  mirror.take(count(1), 0);
  for (let call = 0; call < 6; call += 1) mirror.take(count(1), 0);
  expect(mirror.free(0)).toBeCloseTo(0.2);
});

test('the limits that an answer names count, of calls a sixth', () => {
  const mirror = windowMirror(target({}));
  mirror.admitted(mirror.take(count(5), 0), { limitTokens: 1_000, limitRequests: 60 }, 0);
  expect(mirror.free(0)).toBe(0.9);
  const other = windowMirror(target({}));
  const entry = other.take(count(50), 0);
  other.settle(
    entry,
    { reserved: count(50), settlement: { result: 'ok', observed: { limitTokens: 200 } } },
    0,
  );
  expect(other.free(0)).toBe(0.75);
});

test('what an answer says remains of calls is not taken for tokens', () => {
  const mirror = windowMirror(target({ tpm: 100, rpm: 600 }));
  const answered = (atMs: number, remainingTokens: number, remainingRequests: number) => {
    mirror.admitted(mirror.take(count(1), atMs), { remainingTokens, remainingRequests }, atMs);
  };
  answered(0, 10, 99);
  answered(9_900, 99, 98);
  // Tokens began anew between the two, and other clients have used five calls.
  answered(9_950, 98, 92);
  expect(mirror.free(9_950)).toBeCloseTo(1 - 3 / 100, 9);
});

describe.each(['tokens', 'requests'] as const)('a refusal for %s', (limitHit) => {
  const settlement: Settlement = { result: 'throttled', limitHit, waitMs: 4_000 };
  /** Ten attempts of ten tokens that are let in, and one that is refused. */
  function refused(limits: QuotaTarget['limits']) {
    const mirror = windowMirror(target(limits));
    for (let call = 0; call < 10; call += 1) mirror.admitted(mirror.take(count(10), 0), {}, 0);
    mirror.settle(mirror.take(count(10), 0), { reserved: count(10), settlement }, 0);
    return mirror;
  }

  test('shows their limit, and says nothing of the other', () => {
    expect(refused({}).refuses(count(1), 1)?.reason).toBe(limitHit);
  });

  test('gives the tokens back', () => {
    expect(refused({ tpm: 200 }).free(0)).toBe(limitHit === 'tokens' ? 0.5 : 0);
    expect(refused({ tpm: 200, rpm: 600 }).free(0)).toBe(0.5);
  });
});

test('a call that was refused for its tokens is counted once, also when the service says what remains', () => {
  const mirror = windowMirror(target({ rpm: 600 }));
  const answered = (atMs: number, remainingRequests: number) => {
    mirror.admitted(mirror.take(count(1), atMs), { remainingRequests }, atMs);
  };
  answered(9_900, 10);
  answered(10_050, 99);
  const settlement: Settlement = { result: 'throttled', limitHit: 'tokens' };
  mirror.settle(mirror.take(count(1), 10_100), { reserved: count(1), settlement }, 10_100);
  answered(10_200, 97);
  expect(mirror.free(10_200)).toBeCloseTo(0.97, 9);
});

test('output counts when it is decided what fits', () => {
  const mirror = windowMirror(target({ tpm: 10 }));
  expect(mirror.refuses(count(6, 4), 0)).toBeUndefined();
  expect(mirror.refuses(count(6, 5), 0)).toEqual({ reason: 'tokens', retryAtMs: Infinity });
});
