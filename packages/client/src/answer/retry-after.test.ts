import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { retryAfterMs, withRetryAfter } from './retry-after.ts';

const nowMs = Date.UTC(2026, 10, 22, 12);
/** Headers as they came: `Headers` would cut white space off. */
const raw = (headers: Readonly<Record<string, string>>) => ({
  get: (name: string) => headers[name] ?? null,
  [Symbol.iterator]: () => Object.entries(headers)[Symbol.iterator](),
});
const hintOf = (headers: Record<string, string>, body = '') => retryAfterMs(raw(headers), body, nowMs);

describe('retryAfterMs', () => {
  test.each([
    [{ 'retry-after': '0x10' }],
    [{ 'retry-after': '' }],
    [{ 'retry-after': '-1' }],
    [{ 'retry-after': '+1' }],
    [{ 'retry-after': '1e3' }],
    [{ 'retry-after': 'Infinity' }],
    [{ 'retry-after': 'soon' }],
    [{ 'retry-after': '2026-11-22T12:00:05Z' }],
    [{ 'retry-after-ms': 'NaN' }],
    [{ 'x-ratelimit-reset-tokens': '-1', 'x-ratelimit-reset-requests': '0' }],
    [{ 'x-ratelimit-reset-tokens': '5 x' }],
    [{ 'x-ratelimit-reset-tokens': 'x5s' }],
    [{ 'x-ratelimit-reset-tokens': '5sx' }],
    [{ 'retry-after': 'Sun, 22 Nov 2026 12:00:05 GMT+1' }],
    [{ 'retry-after': 'xSun, 22 Nov 2026 12:00:05 GMT' }],
    [{ 'retry-after': 'Sun, 22 Nov 2026 12:00:05 GMTx' }],
    [{ 'retry-after': 'xSunday, 22-Nov-26 12:00:05 GMT' }],
    [{ 'retry-after': 'Sunday, 22-Nov-26 12:00:05 GMT+1' }],
    [{ 'retry-after': 'xSun Nov 22 12:00:05 2026' }],
    [{ 'retry-after': 'Sun Nov 22 12:00:05 2026 +1' }],
    [{ 'retry-after': 'Sun, 22 Abc 2026 12:00:05 GMT' }],
    [{ 'retry-after': '5x' }],
    [{ 'retry-after': 'x5' }],
    [{ 'retry-after': '5.' }],
    [{}],
  ])('takes %j for no hint', (headers) => {
    expect(hintOf(headers)).toBeUndefined();
  });

  test.each([
    [{ 'retry-after': '0' }, 0],
    [{ 'retry-after': ' 2 ' }, 2_000],
    [{ 'retry-after': '1.5' }, 1_500],
    [{ 'retry-after': '86400' }, 86_400_000],
    [{ 'retry-after-ms': '300', 'retry-after': '1' }, 300],
    [{ 'retry-after-ms': 'nonsense', 'retry-after': '1' }, 1_000],
    [{ 'x-ms-retry-after-ms': '300', 'retry-after': '1' }, 300],
    [{ 'retry-after-ms': '200', 'x-ms-retry-after-ms': '300' }, 200],
    [{ 'retry-after': 'Sun, 22 Nov 2026 12:00:05 GMT' }, 5_000],
    [{ 'retry-after': 'Sunday, 22-Nov-26 12:00:05 GMT' }, 5_000],
    [{ 'retry-after': 'Sun Nov 22 12:00:05 2026' }, 5_000],
    [{ 'retry-after': 'Sun, 22 Nov 2026 12:00:60 GMT' }, 59_000],
    [{ 'retry-after': 'Sun, 22 Nov 2026 11:00:00 GMT' }, 0],
    // The service's clock is an hour ahead of ours.
    [{ 'retry-after': 'Sun, 22 Nov 2026 13:00:05 GMT', date: 'Sun, 22 Nov 2026 13:00:00 GMT' }, 5_000],
    // And here it is behind.
    [{ 'retry-after': 'Sun, 22 Nov 2026 12:00:05 GMT', date: 'Sun, 22 Nov 2026 12:00:09 GMT' }, 0],
    [{ 'retry-after': ' Sun, 22 Nov 2026 12:00:05 GMT ', date: 'today' }, 5_000],
    [{ 'retry-after': 'Sun Nov  1 12:00:05 2026' }, 0],
    [{ 'retry-after': '12.25' }, 12_250],
    [{ 'x-ratelimit-reset-tokens': '5' }, 5_000],
    [{ 'x-ratelimit-reset-tokens': ' 12h34m56.75s250.5ms ' }, 45_297_000.5],
    [{ 'x-ratelimit-reset-tokens': '90ms' }, 90],
    [{ 'x-ratelimit-reset-tokens': '90.125ms' }, 90.125],
    [{ 'x-ratelimit-reset-tokens': '90m' }, 5_400_000],
    [{ 'x-ratelimit-reset-tokens': '1', 'x-ratelimit-reset-requests': '6m0s' }, 360_000],
    [{ 'x-ratelimit-reset-requests': '20ms' }, 20],
    [{ 'x-ratelimit-reset-requests': '1.5s' }, 1_500],
    [{ 'x-ratelimit-reset-requests': '2h3m4s5ms' }, 7_384_005],
    [{ 'x-ratelimit-reset-requests': '7', 'x-ratelimit-reset-tokens': '2' }, 7_000],
    [{ 'retry-after': '1', 'x-ratelimit-reset-tokens': '60' }, 1_000],
  ])('reads %j as %d ms', (headers, delayMs) => {
    expect(hintOf(headers)).toBe(delayMs);
  });

  test.each([
    ['Please retry after 7 seconds. Please go here', 7_000],
    ['Please retry after 1 second.', 1_000],
    ['Please retry after 86400 seconds.', 86_400_000],
    ['Please try again in 20s.', 20_000],
    ['try again in 300ms', 300],
    ['Try again in 2 minutes', 120_000],
    ['Try again in 3 hours.', 10_800_000],
    ['Try again in 40 milliseconds.', 40],
    ['retry after 1.5 s', 1_500],
    ['Quota will be replenished in 01:02:03.', 3_723_000],
    ['Quota will be replenished in 100:00:00.', 360_000_000],
    ['Quota will be Replenished in 00:00:10.', 10_000],
    ['Retry after 12.25 seconds', 12_250],
    ['retry in 5 Milliseconds', 5],
    ['retry in 1 millisecond', 1],
    ['try again in 5 hour', 18_000_000],
    ['try again in 5 minute', 300_000],
    ['try again in 5 secs', undefined],
    ['You can retry your request', undefined],
  ])('reads the sentence %j', (body, delayMs) => {
    expect(hintOf({}, body)).toBe(delayMs);
  });

  test('what is longer than thirty years is thirty years', () => {
    expect(hintOf({ 'retry-after-ms': '1000000000001' })).toBe(1e12);
    expect(hintOf({ 'retry-after': '1000000001' })).toBe(1e12);
  });

  test('a header goes before the sentence in the body', () => {
    expect(hintOf({ 'retry-after-ms': '250' }, 'Please retry after 60 seconds.')).toBe(250);
  });

  test('never shortens and never lengthens what the service says in seconds or milliseconds', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 10 ** 8 }), (amount) => {
        expect(hintOf({ 'retry-after': String(amount) })).toBe(amount * 1_000);
        expect(hintOf({ 'retry-after-ms': String(amount) })).toBe(amount);
        expect(hintOf({}, `Please retry after ${amount} seconds.`)).toBe(amount * 1_000);
      }),
    );
  });

  test('whatever the headers hold, a hint is a time that a Date can show', () => {
    const value = fc.oneof(
      fc.string().filter(isHeaderValue),
      fc.double().map(String),
      fc.bigInt().map(String),
    );
    const names = ['retry-after', 'retry-after-ms', 'x-ms-retry-after-ms', 'x-ratelimit-reset-tokens'];
    fc.assert(
      fc.property(fc.constantFrom(...names), value, fc.string(), (name, text, body) => {
        const hint = hintOf({ [name]: text }, body);
        if (hint === undefined) return;
        expect(hint).toBeGreaterThanOrEqual(0);
        expect(new Date(nowMs + hint).getTime()).not.toBeNaN();
      }),
    );
  });
});

describe('withRetryAfter', () => {
  const added = (headers: Record<string, string>, delayMs: number) =>
    Object.fromEntries(
      ['retry-after-ms', 'retry-after'].map((name) => [
        name,
        withRetryAfter(new Headers(headers), delayMs).get(name),
      ]),
    );

  test.each([
    [1_500, '1500', '2'],
    [1_000, '1000', '1'],
    [1_000.2, '1001', '2'],
    [86_400_000, '86400000', '86400'],
    [0, '0', '0'],
  ])('says %d ms in milliseconds and in seconds, neither of them too short', (delayMs, ms, seconds) => {
    expect(added({ date: 'today' }, delayMs)).toEqual({ 'retry-after-ms': ms, 'retry-after': seconds });
  });

  test('leaves the other headers, and the words of the service where they are a header', () => {
    expect(withRetryAfter(new Headers({ date: 'today' }), 1_000).get('date')).toBe('today');
    expect(added({ 'retry-after': '7' }, 1_000)).toEqual({ 'retry-after-ms': null, 'retry-after': '7' });
    expect(added({ 'retry-after-ms': '7' }, 1_000)).toEqual({ 'retry-after-ms': '7', 'retry-after': null });
  });
});

function isHeaderValue(text: string): boolean {
  try {
    new Headers({ a: text });
    return true;
  } catch {
    return false;
  }
}
