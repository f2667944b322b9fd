import { expect, test } from 'vitest';
import { loadEffect } from './load-effect.ts';

/** An effect that has seen so many answers, at 1, 2, 4 and 8 under way in turn. */
function seen(answers: number, logOf: (load: number, answer: number) => number) {
  const effect = loadEffect();
  for (let answer = 0; answer < answers; answer += 1) {
    const load = 2 ** (answer % 4);
    effect.add(load, logOf(load, answer));
  }
  return effect;
}

const inProportion = (load: number) => 3 + Math.log(load) / 2;

test('knows nothing before the twelfth answer', () => {
  expect(seen(11, inProportion).at(8)).toBe(0);
  expect(seen(12, inProportion).at(8)).not.toBe(0);
});

test('adds nothing at the usual load, more above it and less below it', () => {
  const effect = seen(12, inProportion);
  const usual = Math.sqrt(8);
  expect(effect.at(usual)).toBeCloseTo(0, 12);
  expect(effect.at(8)).toBeCloseTo(Math.log(8 / usual) / 2, 12);
  expect(effect.at(1)).toBeCloseTo(-Math.log(usual) / 2, 12);
});

test.each([
  ['no time', () => 5, 0],
  ['less time', (load: number) => 5 - Math.log(load) / 4, 0],
  ['time in more than proportion', (load: number) => 5 + 2 * Math.log(load), 1],
])('more attempts that take %s have the slope %d', (_, logOf, slope) => {
  const effect = seen(64, logOf);
  if (slope === 0) expect(effect.at(8)).toBe(0);
  // Of a time far from the mean only so much counts, which makes the slope smaller than two.
  else expect(effect.at(8) - effect.at(4)).toBeCloseTo(slope * Math.log(2), 1);
});

test('never more than in proportion', () => {
  const effect = loadEffect();
  for (let answer = 0; answer < 12; answer += 1) {
    const load = answer % 2 === 0 ? 1 : 2;
    effect.add(load, load === 1 ? 0 : 1.5);
  }
  expect(effect.at(4) - effect.at(2)).toBeCloseTo(Math.log(2), 12);
});

test('a slope that may be chance is none', () => {
  // Times go up and down by 2, and by little with the load.
  const noise = (load: number, answer: number) =>
    Math.log(load) / 10 + (Math.floor(answer / 4) % 2 === 0 ? 1 : -1) + (answer % 3 === 0 ? 0.5 : -0.5);
  expect(seen(12, noise).at(8)).toBe(0);
  const clear = (load: number, answer: number) => inProportion(load) + (answer % 3 === 0 ? 0.1 : -0.1);
  expect(seen(12, clear).at(8)).toBeGreaterThan(0.3);
});

test('one slow answer of many does not look like a queue', () => {
  const once = (load: number, answer: number) => (load === 8 && answer === 63 ? 20 : 5);
  expect(Math.abs(seen(64, once).at(8))).toBeLessThan(0.15);
});

test('answers at one load say nothing, and end what was known', () => {
  const effect = seen(64, inProportion);
  expect(effect.at(8)).toBeGreaterThan(0);
  for (let answer = 0; answer < 64; answer += 1) effect.add(3, 5 + (answer % 2));
  expect(effect.at(8)).toBe(0);
});

test('only the last 64 answers count, and every fourth of them teaches', () => {
  const effect = seen(64, inProportion);
  const before = effect.at(8);
  for (let answer = 0; answer < 3; answer += 1) effect.add(1, 30);
  expect(effect.at(8)).toBe(before);
  effect.add(1, 30);
  expect(effect.at(8)).not.toBe(before);
  for (let answer = 0; answer < 60; answer += 1) effect.add(2 ** (answer % 4), 5);
  for (let answer = 0; answer < 4; answer += 1) effect.add(2 ** (answer % 4), 5);
  expect(effect.at(8)).toBe(0);
});
