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

test('an answer that came late counts in the place in which it was sent', () => {
  const book = bookOf(steady);
  // Three slow ones that were sent before the last five say nothing of now.
  for (const order of [1.1, 1.2, 1.3]) book.add({ order, value: Math.log(5_000) }, 5_000);
  expect(Math.exp(book.expected([]))).toBeLessThan(150);
});

test('the first three answers count in full, then one that is far off counts as twice the time', () => {
  expect(Math.log(expectedMs([100, 400]))).toBeCloseTo(Math.log(200), 9);
  const book = bookOf([100, 100, 100, 1e6]);
  expect(book.expected([]), 'one answer of four is no change').toBeCloseTo(Math.log(100) + 0.7 / 4, 9);
  expect(bookOf([100, 100, 100, 1]).expected([])).toBeCloseTo(Math.log(100) - 0.7 / 4, 9);
});

test('times have changed when the median of the last five is far from the average', () => {
  // The deviation of steady times is small: 0.5 (a factor of 1.65) is far.
  expect(expectedMs([...steady, 160, 160, 160])).toBeLessThan(110);
  expect(expectedMs([...steady, 180, 180, 180])).toBeCloseTo(180, 6);
  expect(expectedMs([...steady, 50, 50, 50])).toBeCloseTo(50, 6);
  expect(expectedMs([...steady, 180, 180])).toBeLessThan(110);
});

test('the median of two and of four lies in the middle', () => {
  const book = latencyBook();
  book.restart({ order: 1, value: 1 });
  expect(book.expected([]), 'one answer is what it is').toBe(1);
  expect(book.expected([{ order: 2, value: 9 }]), 'two are far from the first').toBe(5);
  const late = [9, 3, 5].map((value, at) => ({ order: 2 + at, value }));
  expect(book.expected(late)).toBe(4);
});

test('where nothing is known a late call says how long it takes', () => {
  expect(latencyBook().expected([{ order: 1, value: 7 }, { order: 2, value: 9 }])).toBe(7); // prettier-ignore
});

test('after eight answers that agree, the average begins anew with the last five', () => {
  const slow = (count: number) => bookOf([...steady, ...Array.from({ length: count }, () => 1_000)]);
  // Three are needed until the median is that of the new times.
  expect(slow(9).count).toBe(49);
  expect(slow(10).count).toBe(5);
  expect(slow(10).expected([])).toBeCloseTo(Math.log(1_000), 9);
  expect(slow(11).count).toBe(6);
});

test('what agrees must do so in a row', () => {
  const mixed = Array.from({ length: 8 }, () => [1_000, 1_000, 1_000, 100, 100, 100, 100, 100]).flat();
  expect(bookOf([...steady, ...mixed]).count).toBe(64);
});

test('rests on 64 answers, and its usual time on 500', () => {
  const book = bookOf(Array.from({ length: 700 }, () => 100));
  expect([book.count, book.usualCount]).toEqual([64, 500]);
  expect(book.usual).toBeCloseTo(Math.log(100), 9);
  book.add({ order: 701, value: Math.log(100) + 0.5 }, 165);
  expect(book.usual).toBeCloseTo(Math.log(100) + 0.5 / 500, 9);
  expect(book.expected([])).toBeCloseTo(Math.log(100) + 0.5 / 64, 9);
});

test('the usual time is learned anew when it is forgotten', () => {
  const book = bookOf(steady);
  book.forgetUsual();
  expect(book.usualCount).toBe(0);
  book.add({ order: 99, value: Math.log(900) }, 900);
  expect(book.usual).toBeCloseTo(Math.log(900), 9);
});

test('the deviation is that of answers from the average, of which one counts a sixteenth, later a sixty-fourth', () => {
  expect(latencyBook().deviation).toBe(0.4);
  expect(bookOf([100]).deviation).toBe(0.4);
  expect(bookOf([100, 100]).deviation).toBeCloseTo(0.4 - 0.4 / 16, 12);
  expect(bookOf([100, 100 * Math.exp(0.6)]).deviation).toBeCloseTo(0.4 + (0.6 - 0.4) / 16, 12);
  expect(bookOf([100, 100 * Math.exp(-0.6)]).deviation).toBeCloseTo(0.4 + (0.6 - 0.4) / 16, 12);
  const long = bookOf(Array.from({ length: 100 }, () => 100));
  const before = long.deviation;
  long.add({ order: 101, value: Math.log(100) + 9 }, 1e6);
  expect(long.deviation, 'and no more than a factor of 2.7').toBeCloseTo(before + (1 - before) / 64, 9);
});

test('while times change, they do not look as if they varied', () => {
  const book = bookOf([...steady, 1_000, 1_000]);
  const before = book.deviation;
  for (let order = 100; order < 107; order += 1) book.add({ order, value: Math.log(1_000) }, 1_000);
  expect(book.deviation).toBe(before);
});
