import { expect, test } from 'vitest';
import { hold, isSame, isStale, usable } from './held-token.ts';
import type { Token } from './held-token.ts';

const nowMs = Date.UTC(2026, 10, 22);
const second = 1000;
const minute = 60 * second;

/** When it is refreshed, waited for and over, in milliseconds from now. */
function times(token: Omit<Token, 'token'>, random: number): readonly number[] {
  const held = hold({ token: 't', ...token }, { headers: {}, generation: 1, nowMs, random: () => random });
  return [held.refreshAtMs, held.waitAtMs, held.expiresAtMs].map((atMs) => atMs - nowMs);
}

test.each<[string, number, number | undefined, number, readonly number[]]>([
  ['of an hour', 60 * minute, undefined, 1, [55 * minute, 59.5 * minute, 60 * minute]],
  ['of an hour', 60 * minute, undefined, 0, [57.5 * minute, 59.5 * minute, 60 * minute]],
  ['of eight minutes', 8 * minute, undefined, 1, [6 * minute, 7.5 * minute, 8 * minute]],
  ['of 100 s', 100 * second, undefined, 1, [75 * second, 90 * second, 100 * second]],
  ['of 20 s', 20 * second, undefined, 1, [15 * second, 18 * second, 20 * second]],
  ['that ended a minute ago', -minute, undefined, 1, [7.5 * second, 9 * second, 10 * second]],
  ['that ends now', 0, undefined, 1, [7.5 * second, 9 * second, 10 * second]],
  ['with a wish', 60 * minute, 30 * minute, 1, [32.95 * minute, 59.5 * minute, 60 * minute]],
  ['with a wish', 60 * minute, 30 * minute, 0, [30 * minute, 59.5 * minute, 60 * minute]],
  ['of a day, with a wish', 1440 * minute, 720 * minute, 1, [725 * minute, 1439.5 * minute, 1440 * minute]],
  ['with a wish of the past', 60 * minute, -minute, 0, [15 * second, 59.5 * minute, 60 * minute]],
  ['with a wish at its end', 60 * minute, 60 * minute, 1, [55 * minute, 59.5 * minute, 60 * minute]],
  ['with a wish after its end', 60 * minute, 61 * minute, 1, [55 * minute, 59.5 * minute, 60 * minute]],
  ['with a late wish', 60 * minute, 59.9 * minute, 0, [59.5 * minute, 59.5 * minute, 60 * minute]],
])('the times of a token %s (%i, %s, random %d)', (_, lifetimeMs, wishMs, random, expected) => {
  const wish = wishMs === undefined ? {} : { refreshAfterTimestamp: nowMs + wishMs };
  const found = times({ expiresOnTimestamp: nowMs + lifetimeMs, ...wish }, random);
  expect(found.map(Math.round)).toEqual(expected.map(Math.round));
});

test.each([
  [nowMs, nowMs, true],
  [nowMs + 1, nowMs, false],
  [nowMs / 1000, nowMs, true],
  [nowMs / 1000 + 1, nowMs, false],
  // From here on a number is in milliseconds.
  [1e11, 1e11, true],
  [1e11 - 1, 1e11, false],
])('a token until %d has ended at %d: %s', (expiresOnTimestamp, atMs, expected) => {
  expect(isStale({ token: 't', expiresOnTimestamp }, atMs)).toBe(expected);
});

test.each<[unknown, string]>([
  [null, 'the credential has no token'],
  [undefined, 'the credential has no token'],
  [{ token: 12_345, expiresOnTimestamp: nowMs }, 'the credential answered with something that is no token'],
  [{ token: '', expiresOnTimestamp: nowMs }, 'the credential answered with something that is no token'],
  [{ token: 'a b', expiresOnTimestamp: nowMs }, 'the credential answered with something that is no token'],
  [{ token: 'a\r\nb', expiresOnTimestamp: nowMs }, 'the credential answered with something that is no token'],
  [{ token: 'a' }, 'the credential answered with a token without an expiry'],
  [{ token: 'a', expiresOnTimestamp: Number.NaN }, 'the credential answered with a token without an expiry'],
])('%j cannot be sent', (token, message) => {
  expect(() => usable(token as Token)).toThrow(new Error(message));
});

test('a secret is the same in whatever header it is sent', () => {
  expect(isSame({ a: 'x' }, { b: 'x' })).toBe(true);
  expect(isSame({ a: 'x' }, { c: 'y', b: 'x' })).toBe(true);
  expect(isSame({ a: 'x' }, { a: 'y' })).toBe(false);
  expect(isSame({}, { a: undefined as never })).toBe(false);
});
