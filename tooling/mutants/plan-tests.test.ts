import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { planTests } from './plan-tests.ts';
import type { TestsToPlan } from './plan-tests.ts';

/** Two tests beside the source, one in its folder, one elsewhere. */
const usualMs = {
  'src/token/flight.test.ts#1_0': 40,
  'src/token/flight.test.ts#1_1': 20,
  'src/token/held-token.test.ts#2_0': 90,
  'test/quick.test.ts#3_0': 5,
};

function plan(given: Partial<TestsToPlan>) {
  const tests = planTests({
    tests: Object.keys(usualMs),
    killers: [],
    telling: [],
    source: 'src/token/flight.ts',
    usualMs,
    mostMs: 1000,
    ...given,
  });
  return tests.map(({ file, ids }) => [file, ids]);
}

const beside = [resolve('src/token/flight.test.ts'), ['1_1', '1_0']];
const inFolder = [resolve('src/token/held-token.test.ts'), ['2_0']];
const elsewhere = [resolve('test/quick.test.ts'), ['3_0']];

test('the tests beside the source come first, then those of its folder, the quickest of a file first', () => {
  expect(plan({})).toEqual([beside, inFolder, elsewhere]);
});

test('of files that are equally near, the quicker comes first', () => {
  expect(plan({ source: 'src/scope.ts' })).toEqual([elsewhere, beside, inFolder]);
});

test('a file whose name only begins like that of the source is not beside it', () => {
  expect(plan({ source: 'src/token/fli.ts' })).toEqual([beside, inFolder, elsewhere]);
  expect(plan({ source: 'src/token/held.ts' })).toEqual([beside, inFolder, elsewhere]);
});

test('what killed a mutant nearby comes before everything, if it reaches this one', () => {
  const killers = ['test/quick.test.ts#3_0', 'test/gone.test.ts#4_0', 'src/token/flight.test.ts#1_0'];
  expect(plan({ killers })).toEqual([
    elsewhere,
    [resolve('src/token/flight.test.ts'), ['1_0']],
    [resolve('src/token/flight.test.ts'), ['1_1']],
    inFolder,
  ]);
});

test('tests are left out when the time is over, and quick ones elsewhere still run', () => {
  expect(plan({ mostMs: 90 })).toEqual([beside, elsewhere]);
});

test('what tells most about the mutant comes next, from any file, and takes half of the time at most', () => {
  const telling = ['src/token/held-token.test.ts#2_0', 'test/quick.test.ts#3_0', 'test/gone.test.ts#4_0'];
  expect(plan({ telling })).toEqual([inFolder, elsewhere, beside]);
  expect(plan({ telling, mostMs: 100 })).toEqual([elsewhere, beside]);
});

test('where there is no time for all, as many as possible run of what is elsewhere', () => {
  expect(plan({ source: 'src/scope.ts', mostMs: 100 })).toEqual([elsewhere, beside]);
});

test('one test runs, however long it takes', () => {
  expect(plan({ mostMs: 1 })).toEqual([[resolve('src/token/flight.test.ts'), ['1_1']]]);
});

test('a test may take five times as long as usual, and a second', () => {
  const [first] = planTests({
    tests: ['src/token/flight.test.ts#1_0', 'src/token/flight.test.ts#1_1', 'src/token/flight.test.ts#1_2'],
    killers: [],
    telling: [],
    source: 'src/token/flight.ts',
    usualMs,
    mostMs: 1000,
  });
  expect(first?.limitMs).toBe(1000 + 5 * (40 + 1));
});
