import { expect, test } from 'vitest';
import { createAnswers } from './answers.ts';

test('the last fifty answers are kept', () => {
  const { keep, text } = createAnswers();
  for (let sequence = 1; sequence <= 50; sequence += 1) keep(sequence, `answer ${sequence}`);
  expect([text(1), text(50)]).toEqual(['answer 1', 'answer 50']);
  keep(51, 'answer 51');
  expect([text(1), text(2), text(51)]).toEqual([undefined, 'answer 2', 'answer 51']);
});

test.each([
  [19_999, false],
  [20_000, false],
  [20_001, true],
])('of %i characters the first 20,000 are shown; cut: %s', (length, isCut) => {
  const whole = 'x'.repeat(length);
  const shown = isCut ? `${'x'.repeat(20_000)}…` : whole;
  const { keep, text } = createAnswers();
  keep(1, whole);
  keep(2, [whole.slice(0, 7), whole.slice(7)]);
  expect([text(1), text(2)]).toEqual([shown, shown]);
});

test('an answer in frames is read again each time, and no further than it is shown', () => {
  let read = 0;
  const frames = {
    *[Symbol.iterator]() {
      for (;;) {
        read += 1;
        yield 'x'.repeat(9_000);
      }
    },
  };
  const { keep, text } = createAnswers();
  keep(1, frames);
  expect(read).toBe(0);
  expect(text(1)).toHaveLength(20_001);
  expect(text(1)).toHaveLength(20_001);
  expect(read).toBe(6);
});
