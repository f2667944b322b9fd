import { expect, test } from 'vitest';
import { reachOf, tellingTests } from './reach.ts';

const reach = reachOf({
  // All run the condition, which is mutant 20; one enters its block, and another what comes later.
  'a.test.ts#1': { 20: 1 },
  'a.test.ts#2': { 20: 1, 22: 1 },
  'a.test.ts#3': { 20: 1, 30: 2 },
  // And what is far away.
  'a.test.ts#4': { 20: 1, 60: 1 },
  // Reaches the neighbour and not the mutant.
  'a.test.ts#5': { 22: 1 },
});

test('those that alone reach the code next to a mutant tell most about it, the closest first', () => {
  expect(tellingTests(reach, '20')).toEqual(['a.test.ts#2', 'a.test.ts#3']);
});

test('where all reach the same, none tells more than the others', () => {
  expect(tellingTests(reach, '30')).toEqual([]);
  expect(tellingTests(reach, '99')).toEqual([]);
});
