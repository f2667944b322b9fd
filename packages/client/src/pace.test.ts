import { expect, test } from 'vitest';
import { pace } from './pace.ts';

test('knows no limit before a refusal', () => {
  const target = pace();
  for (let attempt = 0; attempt < 1_000; attempt += 1) target.started();
  expect(target.mayStart()).toBe(true);
});

test('after a refusal one attempt at a time, and twice as many with each round that is let in', () => {
  const target = pace();
  target.started();
  target.refused();
  const rounds: number[] = [];
  for (let round = 0; round < 8; round += 1) {
    let sent = 0;
    while (target.mayStart() && sent < 1_000) {
      target.started();
      sent += 1;
    }
    rounds.push(sent);
    for (let answer = 0; answer < sent; answer += 1) target.admitted();
  }
  expect(rounds).toEqual([1, 2, 4, 8, 16, 32, 1_000, 1_000]);
});

test('an attempt that comes to nothing makes room for the next', () => {
  const target = pace();
  target.started();
  target.refused();
  target.started();
  expect(target.mayStart()).toBe(false);
  target.ended();
  expect(target.mayStart()).toBe(true);
});
