import fc from 'fast-check';
import { expect, test } from 'vitest';
import { latencyBook } from './latency-book.ts';

function bookOf(times: readonly number[]) {
  const book = latencyBook();
  for (const [order, ms] of times.entries()) book.add({ order, value: Math.log(ms) }, ms);
  return book;
}

const expectedMs = (times: readonly number[]) => Math.exp(bookOf(times).expected([]));
const steady = Array.from({ length: 40 }, () => 100);

test('nothing is expected before the first answer', () => {
  expect(latencyBook().expected([])).toBeNaN();
  expect(expectedMs([120])).toBeCloseTo(120);
});

test('one slow answer of many is no brown-out', () => {
  expect(expectedMs([...steady, 5_000])).toBeLessThan(110);
  expect(expectedMs([...steady, 5_000, 100, 100])).toBeLessThan(110);
});

test('three slow answers of five are one, and three fast ones end it', () => {
  expect(expectedMs([...steady, 1_200, 1_200, 1_200])).toBeGreaterThan(600);
  expect(expectedMs([...steady, ...Array.from({ length: 12 }, () => 1_200), 100, 100, 100])).toBeLessThan(
    200,
  );
});

test('calls that are overdue count before they end', () => {
  const book = bookOf(steady);
  const late = [41, 42, 43].map((order) => ({ order, value: Math.log(2_000) }));
  expect(Math.exp(book.expected(late.slice(0, 1)))).toBeLessThan(110);
  expect(Math.exp(book.expected(late))).toBeGreaterThan(600);
});

test('quantiles are of what was measured, in milliseconds', () => {
  const book = bookOf(Array.from({ length: 100 }, (_, index) => index + 1));
  expect(book.quantileMs(0.5)).toBeGreaterThanOrEqual(50);
  expect(book.quantileMs(0.5)).toBeLessThanOrEqual(52);
  expect(book.quantileMs(0.95)).toBeGreaterThanOrEqual(95);
});

test('whatever was measured, the estimate lies between the fastest and the slowest', () => {
  fc.assert(
    fc.property(
      fc.array(fc.double({ min: 1, max: 100_000, noNaN: true }), { minLength: 1, maxLength: 200 }),
      (times) => {
        const ms = expectedMs(times);
        expect(ms).toBeGreaterThanOrEqual(Math.min(...times) * 0.999);
        expect(ms).toBeLessThanOrEqual(Math.max(...times) * 1.001);
      },
    ),
  );
});
