import { expect, test } from 'vitest';
import { backOff, isBackingOff } from './back-off.ts';
import type { BackOff } from './back-off.ts';
import { CredentialError } from '../errors.ts';

const nowMs = Date.UTC(2026, 10, 22);

/** The pauses after so many failures in a row, in milliseconds. */
function pauses(count: number, random: number): readonly number[] {
  const found: number[] = [];
  let last: BackOff | undefined;
  for (let failure = 0; failure < count; failure++) {
    last = backOff(new CredentialError('no'), { last, nowMs, random: () => random });
    found.push(last.untilMs - nowMs);
  }
  return found;
}

test('the pause doubles from a second to half a minute, and at most half of it is taken off', () => {
  expect(pauses(7, 1)).toEqual([1000, 2000, 4000, 8000, 16_000, 30_000, 30_000]);
  expect(pauses(7, 0)).toEqual([500, 1000, 2000, 4000, 8000, 15_000, 15_000]);
  expect(pauses(2, 0.5)).toEqual([750, 1500]);
});

test.each([
  [0, true],
  [999, true],
  [1000, false],
  [-1, false],
])('%i ms after the first failure it is too early: %s', (laterMs, expected) => {
  const state = backOff(new CredentialError('no'), { last: undefined, nowMs, random: () => 1 });
  expect(isBackingOff(state, nowMs + laterMs)).toBe(expected);
  expect(isBackingOff(undefined, nowMs)).toBe(false);
});
