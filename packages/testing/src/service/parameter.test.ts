import { expect, test } from 'vitest';
import type { OperationRequest } from './operation.ts';
import {
  checkParameters,
  checkValue,
  missing,
  nameRule,
  unknownParameter,
  wrongType,
  wrongValue,
  type Rule,
  type Rules,
} from './parameter.ts';
import { Refusal } from './refusal.ts';

/** The error of a refusal: its code, its parameter and its words. */
function errorOf(refusal: unknown): readonly [code: unknown, param: unknown, message: unknown] {
  if (!(refusal instanceof Refusal) || refusal.response.kind !== 'json') throw refusal;
  expect(refusal.response.status).toBe(400);
  const { error } = JSON.parse(refusal.response.text) as { error: Readonly<Record<string, unknown>> };
  expect(error['type']).toBe('invalid_request_error');
  return [error['code'], error['param'], error['message']];
}

/** What is said against something; `undefined` when nothing is. */
function said(check: () => void) {
  try {
    check();
    return undefined;
  } catch (error) {
    return errorOf(error);
  }
}

const against = (value: unknown, rule: Rule) =>
  said(() => {
    checkValue(value, 'p', rule);
  });

const ab: Rule = { type: 'string', oneOf: ['a', 'b'] };
const short: Rule = { type: 'string', maxLength: 3 };
const oneToTen = { min: 1, max: 10 } as const;
const some: Rule = { type: 'array', of: 'strings', minLength: 1, maxLength: 2 };
const two: Rule = { type: 'array', of: 'strings', minLength: 2 };

test.each<[unknown, Rule]>([
  [undefined, { type: 'any' }],
  [{}, { type: 'any' }],
  [true, { type: 'boolean' }],
  [false, { type: 'boolean' }],
  [{}, { type: 'object' }],
  ['', { type: 'string' }],
  ['a', ab],
  ['abc', short],
  ['x'.repeat(10_000), { type: 'string' }],
  ['A-z_9', nameRule],
  ['a'.repeat(64), nameRule],
  [1, { type: 'integer', ...oneToTen }],
  [10, { type: 'integer', ...oneToTen }],
  [-1e9, { type: 'integer' }],
  [1, { type: 'decimal', ...oneToTen }],
  [9.99, { type: 'decimal', ...oneToTen }],
  [10, { type: 'decimal', ...oneToTen }],
  [[], { type: 'array', of: 'strings' }],
  [['a'], some],
  [['a', 'b'], some],
  [Array.from({ length: 10_000 }), two],
])('%j obeys %j', (value, rule) => {
  expect(against(value, rule)).toBeUndefined();
});

const type = 'invalid_type';

test.each<[unknown, Rule, string, string]>([
  [1, { type: 'boolean' }, type, "Invalid type for 'p': expected a boolean, but got an integer instead."],
  ['true', { type: 'boolean' }, type, "Invalid type for 'p': expected a boolean, but got a string instead."],
  [[], { type: 'object' }, type, "Invalid type for 'p': expected an object, but got an array instead."],
  [null, { type: 'object' }, type, "Invalid type for 'p': expected an object, but got null instead."],
  ['x', { type: 'object' }, type, "Invalid type for 'p': expected an object, but got a string instead."],
  [
    1.5,
    { type: 'string' },
    type,
    "Invalid type for 'p': expected a string, but got a decimal number instead.",
  ],
  [{}, ab, type, "Invalid type for 'p': expected one of 'a' or 'b', but got an object instead."],
  ['c', ab, 'invalid_value', "Invalid value: 'c'. Supported values are: 'a' and 'b'."],
  [
    'abcd',
    short,
    'string_above_max_length',
    "Invalid 'p': string too long. Expected a string with maximum length 3, but got a string with length 4 instead.",
  ],
  [
    'a b',
    nameRule,
    'invalid_value',
    "Invalid 'p': string does not match pattern. Expected a string that matches the pattern '^[a-zA-Z0-9_-]+$'.",
  ],
  ['', nameRule, 'invalid_value', expect.stringContaining('does not match pattern') as string],
  [
    'a'.repeat(65),
    nameRule,
    'string_above_max_length',
    expect.stringContaining('maximum length 64, but got a string with length 65') as string,
  ],
  ['1', { type: 'integer' }, type, "Invalid type for 'p': expected an integer, but got a string instead."],
  [
    1.5,
    { type: 'integer' },
    type,
    "Invalid type for 'p': expected an integer, but got a decimal number instead.",
  ],
  [true, { type: 'decimal' }, type, "Invalid type for 'p': expected a decimal, but got a boolean instead."],
  [
    0,
    { type: 'integer', ...oneToTen },
    'integer_below_min_value',
    "Invalid 'p': integer below minimum value. Expected a value >= 1, but got 0 instead.",
  ],
  [
    11,
    { type: 'integer', ...oneToTen },
    'integer_above_max_value',
    "Invalid 'p': integer above maximum value. Expected a value <= 10, but got 11 instead.",
  ],
  [
    0.99,
    { type: 'decimal', ...oneToTen },
    'decimal_below_min_value',
    "Invalid 'p': decimal below minimum value. Expected a value >= 1, but got 0.99 instead.",
  ],
  [
    10.01,
    { type: 'decimal', ...oneToTen },
    'decimal_above_max_value',
    "Invalid 'p': decimal above maximum value. Expected a value <= 10, but got 10.01 instead.",
  ],
  ['a', some, type, "Invalid type for 'p': expected an array of strings, but got a string instead."],
  [
    [],
    some,
    'empty_array',
    "Invalid 'p': empty array. Expected an array with minimum length 1, but got an empty array instead.",
  ],
  [
    ['a'],
    two,
    'array_below_min_length',
    "Invalid 'p': array too short. Expected an array with minimum length 2, but got an array with length 1 instead.",
  ],
  [
    ['a', 'b', 'c'],
    some,
    'array_above_max_length',
    "Invalid 'p': array too long. Expected an array with maximum length 2, but got an array with length 3 instead.",
  ],
])('%j does not obey %j: %s', (value, rule, code, message) => {
  expect(against(value, rule)).toEqual([code, 'p', message]);
});

test.each([
  [['a'], "'a'"],
  [['a', 'b'], "'a' and 'b'"],
  [['a', 'b', 'c'], "'a', 'b', and 'c'"],
  [[], ''],
])('the supported values %j are listed as %s', (supported, list) => {
  expect(errorOf(wrongValue('p', supported, 'x'))[2]).toBe(
    `Invalid value: 'x'. Supported values are: ${list}.`,
  );
});

test('a wrong value is shown up to 200 characters, and one that is no text by its type', () => {
  const shown = (value: unknown) => errorOf(wrongValue('p', ['a'], value))[2];
  expect(shown('x'.repeat(200))).toBe(`Invalid value: '${'x'.repeat(200)}'. Supported values are: 'a'.`);
  expect(shown('x'.repeat(201))).toBe(`Invalid value: '${'x'.repeat(200)}...'. Supported values are: 'a'.`);
  expect(shown(1)).toBe("Invalid type for 'p': expected one of 'a', but got an integer instead.");
});

test('what is missing or of the wrong type is named with its place', () => {
  expect(errorOf(missing('messages'))).toEqual([
    'missing_required_parameter',
    'messages',
    "Missing required parameter: 'messages'.",
  ]);
  expect(errorOf(wrongType('messages[0].role', 'a string', undefined))).toEqual([
    type,
    'messages[0].role',
    "Invalid type for 'messages[0].role': expected a string, but got a undefined instead.",
  ]);
});

const rules: Rules = new Map<string, Rule & { readonly since?: string }>([
  ['n', { type: 'integer', min: 1 }],
  ['user', { type: 'string' }],
  ['reasoning', { type: 'string', since: '2025-01-01-preview' }],
]);

interface Asked {
  readonly surface?: OperationRequest['surface'];
  readonly api?: string;
}

const checked = (
  body: object,
  { surface = 'v1', api = 'v1' }: Asked = {},
  refuse?: typeof unknownParameter,
) =>
  said(() => {
    checkParameters({ body, surface, api } as unknown as OperationRequest, rules, refuse);
  });

test('parameters that are absent, null or right are taken', () => {
  expect(checked({})).toBeUndefined();
  expect(checked({ n: null, user: undefined })).toBeUndefined();
  expect(checked({ n: 1, user: 'ada' })).toBeUndefined();
  expect(checked({ n: 0 })?.[0]).toBe('integer_below_min_value');
  expect(checked({ user: 'ada', n: 'x' })?.[1]).toBe('n');
});

test('unknown parameters are named before wrong values, all of them in alphabetical order, or the first', () => {
  expect(checked({ z: 1 })).toEqual([null, null, 'Unrecognized request argument supplied: z']);
  expect(checked({ z: 1, n: 0, a: null })).toEqual([
    null,
    null,
    'Unrecognized request arguments supplied: a, z',
  ]);
  expect(checked({ z: 1, n: 0, a: 2 }, {}, unknownParameter)).toEqual([
    'unknown_parameter',
    'z',
    "Unknown parameter: 'z'.",
  ]);
});

test('a long name of a parameter is cut', () => {
  const name = 'x'.repeat(201);
  expect(checked({ [name]: 1 })?.[2]).toBe(`Unrecognized request argument supplied: ${'x'.repeat(200)}`);
  expect(checked({ [name]: 1 }, {}, unknownParameter)?.[1]).toBe('x'.repeat(200));
});

test.each<[Asked, boolean]>([
  [{ surface: 'dated', api: '2024-10-21' }, false],
  [{ surface: 'dated', api: '2025-01-01-preview' }, true],
  [{ surface: 'dated', api: '2025-01-01' }, true],
  [{ surface: 'dated', api: '2025-04-01-preview' }, true],
  [{ surface: 'v1' }, true],
  [{ surface: 'inference', api: '2024-05-01-preview' }, true],
])('a parameter is known from its first api-version on: %j %s', (asked, isKnown) => {
  const answer = checked({ reasoning: 'x' }, asked);
  expect(answer).toEqual(
    isKnown ? undefined : [null, null, 'Unrecognized request argument supplied: reasoning'],
  );
});
