import { expect, test } from 'vitest';
import { windowCount } from './window-count.ts';
import { windowOrigin } from './window-origin.ts';

const minuteMs = 60_000;

/** A count whose windows begin with each whole minute. */
function counted(counts: 'exact' | 'estimates' = 'estimates') {
  const origin = windowOrigin(minuteMs);
  origin.told(-10_000, 10_000);
  const count = windowCount(minuteMs, origin, counts);
  count.moveTo(0);
  return count;
}

test('the window starts from zero where the sliding sum does not', () => {
  const count = counted();
  const ticket = count.take(10, 59_000);
  count.end(ticket);
  expect(count.moveTo(59_999)).toBe(false);
  expect(count.moveTo(60_000)).toBe(true);
  expect(count.beganMs).toBe(60_000);
  expect(count.inWindow).toBe(0);
  expect(count.sliding(60_000)).toBe(10);
});

test('what was sent just before a window ended counts in the next one, unless it was answered', () => {
  const count = counted();
  count.take(1, 59_950);
  count.take(2, 59_951);
  count.end(count.take(4, 59_970));
  count.moveTo(60_000);
  expect(count.inWindow).toBe(2);
});

test('a ticket ends once, and leaves both counts only in its own window', () => {
  const count = counted();
  const early = count.take(10, 1_000);
  expect(count.end(early)).toBe(true);
  expect(count.end(early)).toBe(false);
  count.remove(early);
  expect(count.inWindow).toBe(0);
  expect(count.sliding(1_000)).toBe(0);
  const late = count.take(10, 59_000);
  count.end(late);
  count.moveTo(60_000);
  count.take(5, 60_000);
  count.remove(late);
  expect(count.inWindow).toBe(5);
  expect(count.sliding(60_000)).toBe(5);
});

test.each([
  ['estimates', 3 + 1 + 4],
  ['exact', 1 + 20 + 4],
] as const)('a correction of %s adds what the service cannot have seen', (counts, expected) => {
  const count = counted(counts);
  count.take(1, 1_000);
  const ticket = count.take(20, 2_000);
  count.take(4, 3_000);
  count.end(ticket);
  count.correct(ticket, 3);
  expect(count.inWindow).toBe(expected);
});

test.each(['estimates', 'exact'] as const)('what others have used too raises a count of %s', (counts) => {
  const count = counted(counts);
  count.take(1, 1_000);
  const ticket = count.take(20, 2_000);
  count.take(4, 3_000);
  count.end(ticket);
  count.correct(ticket, 50);
  expect(count.inWindow).toBe(50 + 1 + 4);
});

test('windows are counted from the beginning that is known, before it and after it', () => {
  const origin = windowOrigin(minuteMs);
  origin.told(70_000, 10_000);
  const count = windowCount(minuteMs, origin, 'exact');
  expect(count.moveTo(70_000)).toBe(true);
  expect(count.beganMs).toBe(20_000);
  const ticket = count.take(3, 70_000);
  count.end(ticket);
  expect(count.moveTo(79_999)).toBe(false);
  expect(count.inWindow, 'answered, and still of this window').toBe(3);
  expect(count.isOfWindow(ticket, 79_999)).toBe(true);
  expect(count.isOfWindow(ticket, 80_000)).toBe(false);
  expect(count.moveTo(80_000)).toBe(true);
  expect(count.beganMs).toBe(80_000);
  expect(count.inWindow).toBe(0);
});

test('a beginning that is known more exactly is no new window', () => {
  const origin = windowOrigin(minuteMs);
  origin.told(70_000, 10_000);
  const count = windowCount(minuteMs, origin, 'exact');
  count.moveTo(90_000);
  count.end(count.take(3, 90_000));
  origin.told(130_000, 9_500);
  expect(count.moveTo(90_001)).toBe(false);
  expect(count.beganMs).toBe(79_500);
  expect(count.inWindow).toBe(3);
});

test('a ticket that is taken out leaves what the others have taken', () => {
  const count = counted();
  const first = count.take(10, 1_000);
  count.take(5, 1_000);
  count.remove(first);
  expect(count.inWindow).toBe(5);
});

test('while nothing is known of the windows, all of time is one', () => {
  const count = windowCount(minuteMs, windowOrigin(minuteMs), 'exact');
  const ticket = count.take(1, 0);
  expect(count.moveTo(10 * minuteMs)).toBe(false);
  expect(count.beganMs).toBe(-Infinity);
  expect(count.isOfWindow(ticket, 10 * minuteMs)).toBe(true);
  expect(count.inWindow).toBe(1);
});
