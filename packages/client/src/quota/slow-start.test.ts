import { expect, test } from 'vitest';
import { pace } from './slow-start.ts';
import type { PendingAttempt } from './slow-start.ts';

test('knows no limit before a refusal', () => {
  const target = pace();
  for (let attempt = 0; attempt < 1_000; attempt += 1) target.started(0);
  expect(target.mayStart(0)).toBe(true);
});

test('after a refusal one attempt at a time, and twice as many with each round that is let in', () => {
  const target = pace();
  target.refused(target.started(0));
  const rounds: number[] = [];
  for (let round = 0; round < 8; round += 1) {
    const sent: PendingAttempt[] = [];
    while (target.mayStart(0) && sent.length < 1_000) sent.push(target.started(0));
    rounds.push(sent.length);
    for (const attempt of sent) target.admitted(attempt);
  }
  expect(rounds).toEqual([1, 2, 4, 8, 16, 32, 1_000, 1_000]);
});

test('who has not been refused after a second has been let in, however long the answer takes', () => {
  const target = pace();
  target.refused(target.started(0));
  target.started(0);
  expect(target.mayStart(999)).toBe(false);
  expect(target.mayStart(1_000)).toBe(true);
});

test('an attempt that comes to nothing makes room for the next', () => {
  const target = pace();
  target.refused(target.started(0));
  const attempt = target.started(0);
  expect(target.mayStart(0)).toBe(false);
  target.ended(attempt);
  expect(target.mayStart(0)).toBe(true);
});

test('who had been under way for a second when the refusal came has been let in', () => {
  const target = pace();
  for (let attempt = 0; attempt < 3; attempt += 1) target.started(0);
  expect(target.mayStart(1_500)).toBe(true);
  target.refused(target.started(2_000));
  let sent = 0;
  for (; target.mayStart(2_000); sent += 1) target.started(2_000);
  expect(sent).toBe(4);
});

test('a second refusal begins again with one attempt', () => {
  const target = pace();
  target.refused(target.started(0));
  for (let attempt = 0; attempt < 5; attempt += 1) target.admitted(target.started(0));
  target.refused(target.started(0));
  target.started(0);
  expect(target.mayStart(0)).toBe(false);
});
