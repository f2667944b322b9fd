import { expect, test } from 'vitest';
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
