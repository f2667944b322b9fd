import { expect, test } from 'vitest';
import type { CircuitChange } from './choice.ts';
import { sizeEffect } from './size-effect.ts';
import type { SlowCallRules } from './slow-calls.ts';
import { slowTargets } from './slow-targets.ts';
import { addTime, kindBook, targetBook } from './target-book.ts';
import type { Target } from '../route/target.ts';

const circuit = { failures: 5, window: 10, openMs: 1_000, maxOpenMs: 3_000 };
const target = { name: 'near', quota: { circuit } } as Target;
const rules: SlowCallRules = { durationMs: 'auto', rate: 0.5, window: 10, openMs: 5_000 };

/** A target that has answered so often, each time after 100 ms. */
function setUp(given: SlowCallRules | undefined, answers = 10) {
  const changes: CircuitChange[] = [];
  const slow = slowTargets(given, (change) => changes.push(change));
  const book = targetBook(target, given);
  const kind = kindBook(sizeEffect());
  book.kinds.set('chat', kind);
  for (let order = 0; order < answers; order += 1) addTime(kind, { order, value: Math.log(100) }, 100);
  const wait = (startedMs: number, count: number) => {
    for (let each = 0; each < count; each += 1)
      kind.waiting.add({ order: 100 + kind.waiting.size, startedMs });
  };
  return { slow, book, kind, changes, wait };
}

test.each([
  [undefined, 10, 1e9, false],
  [{ ...rules, durationMs: 1_000 }, 0, 1_000, false],
  [{ ...rules, durationMs: 1_000 }, 0, 1_001, true],
  [rules, 9, 1e9, false],
  [rules, 10, 299, false],
  [rules, 10, 301, true],
])('by the rules %j, after %i answers of 100 ms, one of %d ms is slow: %s', (given, answers, ms, isSlow) => {
  const { slow, kind } = setUp(given, answers);
  expect(slow.isSlow(kind, Math.log(ms), ms)).toBe(isSlow);
});

test('what is slow by its size only counts with the time of a call of average size', () => {
  const { slow, kind } = setUp(rules);
  expect(slow.isSlow(kind, Math.log(100), 900)).toBe(false);
  const fixed = setUp({ ...rules, durationMs: 500 });
  expect(fixed.slow.isSlow(fixed.kind, Math.log(100), 900)).toBe(true);
});

test('calls under way that are slow open the circuit, and it is told once', () => {
  const { slow, book, changes, wait } = setUp(rules);
  wait(0, 5);
  slow.check(book, 299);
  expect(changes).toEqual([]);
  slow.check(book, 301);
  slow.check(book, 302);
  expect(changes).toEqual([{ target, state: 'open', reason: 'slow-calls', untilMs: 5_301 }]);
});

test('calls behind one that is not slow yet are not looked at: they began later', () => {
  const { slow, book, changes, wait } = setUp(rules);
  wait(0, 4);
  wait(900, 1);
  slow.check(book, 1_000);
  expect(changes).toEqual([]);
});

test('no more than ten calls under way are looked at', () => {
  const { slow, book, kind, wait } = setUp({ ...rules, window: 20, rate: 0.57 });
  // Ten slow calls beside eight fast answers are less than 57 %; eleven would be more.
  for (let order = 0; order < 8; order += 1) {
    slow.add(book, { isSlow: { order, value: false }, wasSent: false }, 0);
  }
  wait(0, 12);
  slow.check(book, 10_000);
  expect([book.slow.state(10_000), kind.waiting.size]).toEqual(['closed', 12]);
});

test('an answer to a probe closes it, which is told', () => {
  const { slow, book, changes, wait } = setUp(rules);
  wait(0, 5);
  slow.check(book, 1_000);
  book.slow.probe();
  const late = { isSlow: { order: 1, value: false }, wasSent: false };
  expect(slow.add(book, late, 7_000)).toBe(false);
  expect(slow.add(book, { ...late, wasSent: true }, 7_000)).toBe(true);
  expect(changes.slice(1)).toEqual([{ target, state: 'closed', reason: 'slow-calls', untilMs: 0 }]);
});

test('after ten minutes a slow target is a usual one, whose usual time is learned again', () => {
  const { slow, book, kind, changes, wait } = setUp(rules);
  wait(0, 5);
  slow.check(book, 1_000);
  kind.waiting.clear();
  slow.check(book, 601_000);
  expect(changes).toHaveLength(1);
  slow.check(book, 601_001);
  expect(changes.slice(1)).toEqual([{ target, state: 'closed', reason: 'slow-calls', untilMs: 0 }]);
  expect([book.slow.state(601_001), kind.latency.usualCount]).toEqual(['closed', 0]);
});

test('with a time that the caller has set, a slow target stays one for as long as it is', () => {
  const { slow, book, kind, changes, wait } = setUp({ ...rules, durationMs: 300 });
  wait(0, 5);
  slow.check(book, 1_000);
  kind.waiting.clear();
  slow.check(book, 9_000_000);
  expect(changes).toHaveLength(1);
  expect(kind.latency.usualCount).toBe(10);
});

test('without rules nothing is checked', () => {
  const { slow, book, changes, wait } = setUp(undefined);
  wait(0, 9);
  slow.check(book, 1e9);
  expect(changes).toEqual([]);
});
