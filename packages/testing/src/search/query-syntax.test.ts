import { expect, test } from 'vitest';
import { parseQuery, type TextQuery } from './query-syntax.ts';

/** A query in brackets: `(or a b)`. */
function shown(query: TextQuery): string {
  switch (query.kind) {
    case 'everything':
      return '*';
    case 'not':
      return `(not ${shown(query.query)})`;
    case 'and':
    case 'or':
      return `(${[query.kind, ...query.queries.map(shown)].join(' ')})`;
    default: {
      const { kind, text, field, ...more } = query;
      return `${field === undefined ? '' : `${field}:`}${kind}[${text}]${Object.values(more).join(' ')}`;
    }
  }
}

const simple = { queryType: 'simple', searchMode: 'any' } as const;
const full = { queryType: 'full', searchMode: 'any' } as const;

test.each([
  ['', '*'],
  ['  ', '*'],
  ['*', '*'],
  [' * ', '*'],
  ['sea', 'term[sea]'],
  ['sea view', '(or term[sea] term[view])'],
  ['a b c', '(or term[a] term[b] term[c])'],
  ['a + b', '(and term[a] term[b])'],
  ['a +b', '(and term[a] term[b])'],
  ['a | b', '(or term[a] term[b])'],
  ['a + b | c', '(or (and term[a] term[b]) term[c])'],
  ['a | b + c', '(and (or term[a] term[b]) term[c])'],
  ['(a | b) + c', '(and (or term[a] term[b]) term[c])'],
  ['a + (b | c)', '(and term[a] (or term[b] term[c]))'],
  ['-a', '(not term[a])'],
  ['a -b', '(or term[a] (not term[b]))'],
  ['- b', '(not term[b])'],
  ['!a', 'term[!a]'],
  ['a-b', 'term[a-b]'],
  ['"a b"', 'phrase[a b]'],
  ['"a \\"b\\""', 'phrase[a "b"]'],
  ['-"a b"', '(not phrase[a b])'],
  ['sta*', 'prefix[sta]'],
  ['sta\\*', 'term[sta*]'],
  ['a\\|b', 'term[a|b]'],
  ['a AND b', '(or term[a] term[AND] term[b])'],
  ['name:sea~1', 'term[name:sea~1]'],
  ['(a', 'term[a]'],
  ['a) b', 'term[a]'],
  ['+', '*'],
  ['a -', 'term[a]'],
  ['()', '*'],
  ['** a', '(or prefix[*] term[a])'],
  ['a *', '(or term[a] *)'],
  ['(*)', '*'],
  ['name: "a b"', '(or term[name:] phrase[a b])'],
  ['(a) b', '(or term[a] term[b])'],
  ['((a) + b) c', '(or (and term[a] term[b]) term[c])'],
  ['-', '*'],
])('the simple query %j is %s', (text, expected) => {
  expect(shown(parseQuery(text, simple))).toBe(expected);
});

test.each([
  ['a AND b', '(and term[a] term[b])'],
  ['a && b', '(and term[a] term[b])'],
  ['a OR b', '(or term[a] term[b])'],
  ['a || b', '(or term[a] term[b])'],
  ['NOT a', '(not term[a])'],
  ['!a', '(not term[a])'],
  ['a and b', '(or term[a] term[and] term[b])'],
  ['name:sea', 'name:term[sea]'],
  ['address/city:nice', 'address/city:term[nice]'],
  ['name:"a b"', 'name:phrase[a b]'],
  ['a "b c"', '(or term[a] phrase[b c])'],
  ['sea~', 'fuzzy[sea]2'],
  ['sea~1', 'fuzzy[sea]1'],
  ['name:sea~0', 'name:fuzzy[sea]0'],
  ['sea^2.5', 'term[sea]2.5'],
  ['name:sea^3', 'name:term[sea]3'],
  ['name:sta*', 'name:prefix[sta]'],
  ['AND "b c"', 'phrase[b c]'],
  ['"a" "b c"', '(or phrase[a] phrase[b c])'],
  ['name "b c"', '(or term[name] phrase[b c])'],
  [' ', '*'],
  ['*', '*'],
  ['a:*', '*'],
])('the full query %j is %s', (text, expected) => {
  expect(shown(parseQuery(text, full))).toBe(expected);
});

test('words without an operator are all wanted, where the mode says so', () => {
  expect(shown(parseQuery('a b | c', { ...simple, searchMode: 'all' }))).toBe(
    '(or (and term[a] term[b]) term[c])',
  );
});

test('a bracket that was not opened is refused in a full query', () => {
  expect(() => parseQuery('a b) c', full)).toThrow('Failed to parse query string at position 2.');
});
