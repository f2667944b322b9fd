import { expect, test } from 'vitest';
import { Refusal } from '../service/refusal.ts';
import { page } from './page.ts';

const items = ['a', 'b', 'c', 'd', 'e'].map((id) => ({ id }));

function read(query: string): string {
  const { data, has_more } = page(items, { query: new URLSearchParams(query) });
  return `${data.map((item) => item.id).join('')}${has_more ? '+' : ''}`;
}

test.each([
  ['', 'edcba'],
  ['order=asc', 'abcde'],
  ['limit=2', 'ed+'],
  ['limit=2&after=d', 'cb+'],
  ['limit=2&after=c', 'ba'],
  ['order=asc&after=e', ''],
  ['order=asc&before=d&limit=2', 'bc+'],
  ['order=asc&after=a&before=d', 'bc'],
])('%j gives %j', (query, expected) => {
  expect(read(query)).toBe(expected);
});

test.each(['limit=0', 'limit=101', 'limit=x', 'order=up', 'after=z'])('refuses %j', (query) => {
  expect(() => read(query)).toThrow(Refusal);
});

test('names the first and the last item, or null', () => {
  expect(page(items, { query: new URLSearchParams() })).toMatchObject({ first_id: 'e', last_id: 'a' });
  expect(page([], { query: new URLSearchParams() })).toMatchObject({ first_id: null, last_id: null });
});
