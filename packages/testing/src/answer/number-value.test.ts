import { expect, test } from 'vitest';
import { numberValue } from './number-value.ts';

function from(text: string, name: string, schema: object = {}, taken: readonly string[] = []): number {
  const prompt = { text, question: text, prose: () => text };
  const isInteger = 'type' in schema && schema.type === 'integer';
  return numberValue({ ...schema }, { prompt, name, taken: new Set(taken), isInteger });
}

test.each<[string, string, number]>([
  ['Size: 4, 5 sizes', 'size', 4],
  ['Size: none, 5 sizes', 'size', 5],
  ['2 rooms, size 7', 'size', 7],
  ['2 rooms of 7', 'size', 2],
  ['Confidence: 0.4', 'confidence', 0.4],
  ['3 scores', 'score', 0.9],
  ['5 things', 'probability_of_rain', 0.9],
  ['5 for $1,299.50 or 3 EUR', 'price', 1299.5],
  ['5 for 1,299.50 EUR', 'amount', 1299.5],
  ['5 for 3 dollars', 'cost', 3],
  ['5 for 3€', 'fee', 3],
  ['5, EUR 3', 'budget', 3],
  ['5 EUROPEANS', 'price', 5],
  ['For 5 apples, £ 3', 'total_value', 3],
  ['For 5 apples', 'price', 5],
  ['5 for $3', 'weight', 5],
  ['None', 'size', 1],
])('of %j the %s is %d', (text, name, expected) => {
  expect(from(text, name)).toBe(expected);
});

test('a number is taken by the property that has it', () => {
  const taken = new Set<string>();
  const prompt = { text: '3 and 4', question: '', prose: () => '' };
  const values = ['a', 'b', 'c'].map((name) => numberValue({}, { prompt, name, taken, isInteger: false }));
  expect(values).toEqual([3, 4, 1]);
  expect(from('Two plus two', 'b', {}, ['2'])).toBe(2);
  expect(from('Two', 'b', {}, ['2'])).toBe(1);
});

test.each<[object, number]>([
  [{}, 7.4],
  [{ default: 3 }, 7.4],
  [{ type: 'integer' }, 7],
  [{ minimum: 8 }, 8],
  [{ minimum: 7 }, 7.4],
  [{ maximum: 7 }, 7],
  [{ exclusiveMinimum: 8 }, 8.000001],
  [{ exclusiveMaximum: 7 }, 6.999999],
  [{ type: 'integer', exclusiveMinimum: 8 }, 9],
  [{ type: 'integer', exclusiveMaximum: 7 }, 6],
  [{ multipleOf: 5 }, 5],
  [{ multipleOf: 5, minimum: 6 }, 10],
  [{ multipleOf: 5, maximum: 9, minimum: 5 }, 5],
  [{ multipleOf: 4, maximum: 7 }, 4],
  [{ multipleOf: 4, maximum: 8 }, 8],
  [{ multipleOf: 4, minimum: 8 }, 8],
  [{ type: 'integer', minimum: 7.6 }, 8],
  [{ type: 'integer', maximum: 6.6 }, 6],
  [{ minimum: '8' }, 7.4],
])('7.4 as a number of %j is %d', (schema, expected) => {
  expect(from('7.4', 'x', schema)).toBe(expected);
});

test('a number that the text does not give is the default', () => {
  expect(from('None', 'x', { default: 3 })).toBe(3);
  expect(from('None', 'x', { default: '3' })).toBe(1);
  expect(from('None', 'score', { default: 3 })).toBe(0.9);
});
