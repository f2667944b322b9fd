import { expect, test } from 'vitest';
import { embedText, embedTokens, shorten } from './feature-hash.ts';

const rounded = (vector: Float32Array) => Array.from(vector, (value) => Math.round(value * 1e4) / 1e4);

function nearness(one: Float32Array, other: Float32Array): number {
  return one.reduce((sum, value, index) => sum + value * (other[index] ?? 0), 0);
}
const texts = (one: string, other: string) => nearness(embedText(one, 1536), embedText(other, 1536));
const tokens = (one: number[], other: number[]) => nearness(embedTokens(one, 1536), embedTokens(other, 1536));

// Whoever has stored vectors compares them with new ones.
test('a text has the same vector in every release', () => {
  expect(rounded(embedText('Refund the order, please.', 16))).toEqual([
    0.2116, -0.1904, 0.4514, 0.0776, 0.3597, -0.0423, 0.2539, 0.0705, -0.1975, 0.1552, -0.2257, 0.0141,
    0.0705, -0.2116, -0.0423, 0.5854,
  ]);
  expect(rounded(embedText('?!', 16))).toEqual([
    0.3015, 0.1508, 0, -0.4523, -0.1508, 0.3015, 0, -0.1508, -0.1508, 0.3015, -0.1508, 0, 0, -0.1508, 0.1508,
    0.603,
  ]);
  expect(rounded(embedTokens([1, 2, 3], 16))).toEqual([
    0.1859, 0.1673, 0.0558, 0.3346, -0.0558, 0.0186, 0.2417, -0.1301, 0.4647, 0.0744, -0.316, -0.0372, 0.0929,
    0.1115, 0.0186, 0.632,
  ]);
});

test.each([
  ['refund', 'refunds', 0.9],
  ['refund', 'refundable', 0.9],
  ['the black cat', 'a black cat', 0.9],
  ['black cat', 'cat black', 0.9],
  ['again and again and again', 'again', 0.7],
])('%j is near %j', (one, other, least) => {
  expect(texts(one, other)).toBeGreaterThan(least);
  expect(texts(one, other)).toBeLessThanOrEqual(1.000001);
});

test.each([
  ['refund', 'toner'],
  ['cat', 'dog'],
  ['!', 'cat'],
  ['!', '?'],
])('%j is far from %j', (one, other) => {
  expect(Math.abs(texts(one, other))).toBeLessThan(0.1);
});

test('the order of words counts a little, common words hardly', () => {
  expect(texts('black cat', 'cat black')).toBeLessThan(0.97);
  expect(texts('refund', 'refund it')).toBeGreaterThan(texts('refund', 'refund toner'));
});

test('a word said ten times does not mean ten times as much', () => {
  const often = `${'refund, '.repeat(10)} toner`;
  expect(texts(often, 'refund toner')).toBeGreaterThan(0.72);
  expect(texts(often, 'refund')).toBeGreaterThan(texts('refund toner', 'refund'));
});

test('token ids are near those that share some of them, and nearer in the same order', () => {
  expect(tokens([1, 2, 3], [1, 2, 3])).toBeCloseTo(1, 5);
  expect(tokens([1, 2, 3], [1, 2, 4])).toBeGreaterThan(0.5);
  expect(tokens([1, 2, 3], [3, 2, 1])).toBeLessThan(0.95);
  expect(Math.abs(tokens([1, 2, 3], [4, 5, 6]))).toBeLessThan(0.1);
});

test('a text without anything in it has a vector too', () => {
  expect(Array.from(embedText('', 4))).toEqual([1, 0, 0, 0]);
  expect(Array.from(embedText('   ', 4))).not.toContain(Number.NaN);
});

test('a vector is shortened to its beginning, with the length 1 again', () => {
  const whole = Float32Array.from([0.6, 0, 0.8]);
  expect(shorten(whole, 3)).toBe(whole);
  expect(shorten(whole, 4)).toBe(whole);
  expect(Array.from(shorten(whole, 2))).toEqual([1, 0]);
  expect(Array.from(shorten(Float32Array.from([0, 0, 1]), 2))).toEqual([1, 0]);
  expect(Array.from(shorten(Float32Array.from([-3, 4, 1]), 2), (value) => Math.round(value * 10))).toEqual([
    -6, 8,
  ]);
  expect(whole).toEqual(Float32Array.from([0.6, 0, 0.8]));
});

test('numbers have eight decimals at most, and none is less than zero by its sign alone', () => {
  const vector = embedText('Refund the order, please.', 1536);
  expect(vector.filter((value) => Object.is(value, -0))).toHaveLength(0);
  expect(vector.map((value) => Math.round(value * 1e8) / 1e8)).toEqual(vector);
});
