import { expect, test } from 'vitest';
import { capacityOf, weighedTokens } from './weighed-tokens.ts';

const ptu = { inputTpm: 2_500, outputWeight: 8 };

test('input from the cache weighs nothing, and output as much as the model says', () => {
  expect(weighedTokens({ ptu }, { input: 100, output: 10, cachedInput: 30 })).toBe(100 - 30 + 80);
  expect(weighedTokens({ ptu }, { input: 100, output: 10 })).toBe(180);
});

test('output weighs six times as much as input where the model is not known', () => {
  expect(weighedTokens({}, { input: 100, output: 10 })).toBe(160);
});

test.each([
  ['both are known', { limits: { ptu: 15 }, ptu }, 37_500],
  ['the model is not known', { limits: { ptu: 15 } }, undefined],
  ['it is not known how much was bought', { limits: {}, ptu }, undefined],
])('the size of the bucket when %s', (_, target, capacity) => {
  expect(capacityOf(target)).toBe(capacity);
});
