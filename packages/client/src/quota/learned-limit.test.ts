import { expect, test } from 'vitest';
import { learnedLimit } from './learned-limit.ts';

test('a header counts up to the limit of the config', () => {
  const limit = learnedLimit(100);
  limit.said(50);
  expect(limit.value).toBe(50);
  limit.said(500);
  expect(limit.value).toBe(100);
});

test('a refusal does not change a limit that is known', () => {
  const limit = learnedLimit(100);
  limit.refused(1, 40);
  expect(limit).toMatchObject({ value: 100, isGuess: false });
});

test('a limit is guessed once eight requests of that size went through', () => {
  const limit = learnedLimit(undefined);
  limit.refused(10, 79);
  expect(limit.value).toBeUndefined();
  limit.refused(10, 80);
  expect(limit).toMatchObject({ value: 80, isGuess: true });
  limit.said(300);
  expect(limit).toMatchObject({ value: 300, isGuess: false });
});

test('a guess grows faster each time that it was used up without a refusal', () => {
  const limit = learnedLimit(undefined);
  limit.refused(10, 100);
  limit.windowBegan();
  expect(limit.value).toBe(100);
  const grown = Array.from({ length: 3 }, () => {
    limit.heldBack();
    limit.windowBegan();
    return limit.value;
  });
  expect(grown).toEqual([101, 101 * 1.02, 101 * 1.02 * 1.04]);
});

test('after a refusal a guess grows slowly again', () => {
  const limit = learnedLimit(undefined);
  limit.refused(10, 100);
  for (let window = 0; window < 3; window += 1) {
    limit.heldBack();
    limit.windowBegan();
  }
  limit.heldBack();
  limit.refused(10, 100);
  limit.windowBegan();
  expect(limit.value).toBe(100);
  limit.heldBack();
  limit.windowBegan();
  expect(limit.value).toBe(101);
});

test('a limit that is known does not grow', () => {
  const limit = learnedLimit(100);
  limit.heldBack();
  limit.windowBegan();
  expect(limit.value).toBe(100);
});

test('a guess grows once for each window that it held a request back in', () => {
  const limit = learnedLimit(undefined);
  limit.refused(10, 100);
  limit.heldBack();
  limit.windowBegan();
  limit.windowBegan();
  expect(limit.value).toBe(101);
});

test('a guess never grows by more than its own size', () => {
  const limit = learnedLimit(undefined);
  limit.refused(10, 100);
  let before = 0;
  for (let window = 0; window < 10; window += 1) {
    before = limit.value ?? 0;
    limit.heldBack();
    limit.windowBegan();
  }
  expect(limit.value).toBe(before * 2);
});
