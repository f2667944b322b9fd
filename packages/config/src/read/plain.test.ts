import { expect, test } from 'vitest';
import { plain } from './plain.ts';

test('values are copied, and what is undefined or inherited is left out', () => {
  const input = { a: [1, { b: null }], c: undefined, d: true };
  const { value, issues } = plain(Object.assign(Object.create(null) as object, input), {});
  expect(value).toEqual({ a: [1, { b: null }], d: true });
  expect(Object.keys(value as object)).toEqual(['a', 'd']);
  expect((value as typeof input).a).not.toBe(input.a);
  expect(issues).toEqual([]);
});

test.each<[string, object]>([
  ['a date', new Date(0)],
  ['a map', new Map()],
  ['an object of a class', new URL('https://x.invalid')],
  ['an object that inherits', Object.create({ secret: 1 }) as object],
])('%s is no plain object', (_, item) => {
  const { value, issues } = plain({ item }, {});
  expect(value).toEqual({});
  expect(issues).toEqual([{ path: 'item', message: 'expected a plain object.' }]);
});

test('a reading of a value that throws, is a getter or too large ends with one line', () => {
  const throws = {
    get resources(): never {
      throw new Error('hunter2');
    },
  };
  const tooMany = 'Not a config: more than 100000 values.';
  for (const [input, message] of [
    [throws, 'Not a config: reading it throws. Pass plain data.'],
    [Array.from({ length: 100_001 }, () => 0), tooMany],
    [Array.from({ length: 100_000 }, () => 0), tooMany],
    [[Array.from({ length: 60_000 }, () => 0), Array.from({ length: 60_000 }, () => 0)], tooMany],
  ] as const)
    expect(plain(input, {})).toMatchObject({ value: undefined, issues: [{ path: '', message }] });
  expect(
    plain(
      Array.from({ length: 99_999 }, () => 0),
      {},
    ).issues,
  ).toEqual([]);
});

test('a list that is longer than all values may be is not walked through', () => {
  // A million holes: `map` would visit none of them, and return a list as long.
  expect(plain(Array<number>(1_000_000), {}).issues).toEqual([
    { path: '', message: 'Not a config: more than 100000 values.' },
  ]);
});

function nested(levels: number): unknown {
  return levels === 0 ? 'x' : [nested(levels - 1)];
}

test('twelve levels are read, and a deeper one is named', () => {
  expect(plain(nested(12), {}).issues).toEqual([]);
  expect(plain(nested(13), {}).issues).toEqual([
    { path: '[0]'.repeat(12), message: 'nested more than 12 levels deep.' },
  ]);
});

test('what refers to itself is named, and what is used twice is not', () => {
  const shared = { x: 1 };
  expect(plain({ a: shared, b: shared }, {})).toMatchObject({ value: { a: shared, b: shared }, issues: [] });
  const round: Record<string, unknown> = {};
  round['again'] = { round };
  expect(plain(round, {}).issues).toEqual([
    { path: 'again.round', message: 'refers to itself. Write a tree.' },
  ]);
});

test('a hundred mistakes are named, not all', () => {
  const input = Array.from({ length: 150 }, () => new Date(0));
  expect(plain(input, {}).issues).toHaveLength(100);
});

test.each<[string, string, unknown, boolean]>([
  ['a text', ' gpt-5\n', 'gpt-5', false],
  ['no text', ' \n', undefined, true],
])('%s of a variable is trimmed', (_, given, expected, isMissing) => {
  const { value, missing, variables } = plain({ a: { $env: 'A' } }, { A: given });
  expect(value).toEqual(expected === undefined ? {} : { a: expected });
  expect([...missing]).toEqual(isMissing ? ['a'] : []);
  expect([...variables]).toEqual([['a', 'A']]);
});

test('a variable that is not set, or only inherited, is missing', () => {
  for (const environment of [{}, Object.create({ A: 'x' }) as Record<string, string>, { A: 7 as never }])
    expect([...plain({ a: { $env: 'A' } }, environment).missing]).toEqual(['a']);
});

test.each(['', '1A', 'A-B', 'x'.repeat(129), 'A B', 'A\n', 7, null])(
  '%j is no name of a variable',
  (name) => {
    const { value, issues, missing, variables } = plain({ a: { $env: name } }, { [String(name)]: 'x' });
    expect(value).toEqual({});
    expect(issues).toEqual([
      {
        path: 'a',
        message:
          'expected the name of an environment variable in `$env`, for example "AZURE_OPENAI_ENDPOINT".',
      },
    ]);
    expect([...missing]).toEqual(['a']);
    expect([...variables]).toEqual([]);
  },
);

test.each([
  [['deployments', 'chat', 'limits', 'tpm'], '200000', 200_000],
  [['deployments', 'chat', 'price', 'input'], ' 0.25 ', 0.25],
  [['deployments', 'chat', 'limits', 'tpm'], ' 200k ', '200k'],
  [['deployments', 'chat', 'limits', 'tpm'], 'a1', 'a1'],
  [['deployments', 'chat', 'limits', 'tpm'], '1a', '1a'],
  [['deployments', 'chat', 'limits', 'tpm'], '.5', '.5'],
  [['deployments', 'chat', 'limits', 'tpm'], '1e3', '1e3'],
  [['deployments', 'chat', 'tags', 'team'], '7', '7'],
  [['deployments', 'chat', 'version'], '2024', '2024'],
  [['deployments', 'chat', 'limits'], '7', '7'],
  [['deployments', 'chat', 'limits', 'tpm', 'x'], '7', '7'],
  [['resources', 'sweden', 'limits', 'tpm'], '7', '7'],
])('at %j the variable with %j is %j', (path, given, expected) => {
  const reference: unknown = { $env: 'A' };
  const input = path.reduceRight((inner, key) => ({ [key]: inner }), reference);
  const wanted = path.reduceRight<unknown>((inner, key) => ({ [key]: inner }), expected);
  expect(plain(input, { A: given }).value).toEqual(wanted);
});
