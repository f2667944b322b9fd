import { expect, test } from 'vitest';
import { refused } from '../service/refused.fake.ts';
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
  ['before=d', 'e'],
  ['limit=1&before=c', 'd+'],
  ['limit=1&after=e&before=b', 'd+'],
  ['limit=&after=&before=', 'edcba'],
  ['limit=1', 'e+'],
  ['limit=100', 'edcba'],
])('%j gives %j', (query, expected) => {
  expect(read(query)).toBe(expected);
});

test.each([
  [
    'limit=0',
    "Invalid 'limit': integer below minimum value. Expected a value >= 1, but got 0 instead.",
    'limit',
    'integer_below_min_value',
  ],
  [
    'limit=101',
    "Invalid 'limit': integer above maximum value. Expected a value <= 100, but got 101 instead.",
    'limit',
    'integer_above_max_value',
  ],
  [
    'limit=x',
    "Invalid type for 'limit': expected an integer, but got a string instead.",
    'limit',
    'invalid_type',
  ],
  ['order=up', "Invalid value: 'up'. Supported values are: 'asc' and 'desc'.", 'order', 'invalid_value'],
  ['after=z', "Invalid 'after': no item with the ID 'z' was found.", 'after', 'invalid_value'],
  ['before=z', "Invalid 'before': no item with the ID 'z' was found.", 'before', 'invalid_value'],
])('refuses %j', (query, message, param, code) => {
  expect(refused(() => read(query))).toEqual({ message, type: 'invalid_request_error', param, code });
});

test('names the first and the last item, or null', () => {
  expect(page(items, { query: new URLSearchParams() })).toMatchObject({ first_id: 'e', last_id: 'a' });
  expect(page([], { query: new URLSearchParams() })).toMatchObject({ first_id: null, last_id: null });
});
