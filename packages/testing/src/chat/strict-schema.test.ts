import { expect, test } from 'vitest';
import { refused } from '../service/refused.fake.ts';
import { checkStrictSchema, strictSchema } from './strict-schema.ts';

const owner = { what: "response_format 'x'", param: 'response_format', code: 'odd' };
const against = (schema: unknown) =>
  refused(() => {
    checkStrictSchema(schema, owner);
  });

const closed = (properties: object, more: object = {}) => ({
  type: 'object',
  properties,
  required: Object.keys(properties),
  additionalProperties: false,
  ...more,
});
const open = { type: 'object', properties: {} };

test.each<[string, object]>([
  ['an object without properties', closed({})],
  ['an object that does not name its properties', { type: 'object', additionalProperties: false }],
  ['a reference', { $ref: '#/$defs/a', $defs: { a: closed({}) } }],
  ['anything inside', closed({ a: true, b: [], c: null, d: { type: 'string' }, e: { enum: ['x'] } })],
  ['more required than there is', closed({ a: {} }, { required: ['b', 'a'] })],
  ['no list of alternatives', closed({ a: { anyOf: open } })],
  ['no object of definitions', closed({}, { $defs: [open] })],
])('a strict schema may have %s', (_, schema) => {
  expect(against(schema)).toBeUndefined();
});

test.each([
  [{}, "'type: None'"],
  [{ type: ['object', 'null'] }, "'type: None'"],
  [{ type: 'array', items: closed({}) }, '\'type: "array"\''],
])('a strict schema is of an object, not %j', (schema, found) => {
  expect(against(schema)).toEqual({
    message: `Invalid schema for response_format 'x': schema must be a JSON Schema of 'type: "object"', got ${found}.`,
    type: 'invalid_request_error',
    param: 'response_format',
    code: 'odd',
  });
});

test.each<[object, string]>([
  [open, '()'],
  [closed({ a: open }), "('properties', 'a')"],
  [closed({ a: { properties: {} } }), "('properties', 'a')"],
  [closed({ a: closed({}, { additionalProperties: true }) }), "('properties', 'a')"],
  [closed({ a: { type: 'array', items: open } }), "('properties', 'a', 'items')"],
  [closed({}, { items: open }), "('items',)"],
  [closed({ a: { anyOf: [closed({}), open] } }), "('properties', 'a', 'anyOf', '1')"],
  [closed({}, { $defs: { a: open } }), "('$defs', 'a')"],
  [closed({}, { definitions: { a: open } }), "('definitions', 'a')"],
])('every object of a strict schema is closed: %j', (schema, context) => {
  expect(against(schema)?.message).toBe(
    `Invalid schema for response_format 'x': In context=${context}, 'additionalProperties' is required to be supplied and to be false.`,
  );
});

test.each<[object, string]>([
  [closed({ a: {}, b: {} }, { required: ['a'] }), 'b'],
  [closed({ a: {}, b: {} }, { required: [] }), 'a'],
  [closed({ a: {} }, { required: 'a' }), 'a'],
  [closed({ a: {} }, { required: undefined }), 'a'],
])('every property of a strict schema is required: %j', (schema, name) => {
  expect(against(schema)?.message).toBe(
    `Invalid schema for response_format 'x': In context=(), 'required' is required to be supplied and to be an array including every key in properties. Missing '${name}'.`,
  );
});

/** A schema this many lists deep. */
function nested(depth: number, schema: unknown): unknown {
  return depth === 0 ? schema : { type: 'array', items: nested(depth - 1, schema) };
}

test('a strict schema is checked to a depth of 64', () => {
  // Two steps lead to the list.
  expect(against(closed({ a: nested(62, open) }))).toBeDefined();
  expect(against(closed({ a: nested(63, open) }))).toBeUndefined();
});

test('the strict form of a schema closes every object and requires every property', () => {
  const loose = {
    type: 'object',
    description: 'A trip.',
    properties: {
      to: { type: 'string' },
      stops: { type: 'array', items: { type: 'object', properties: { at: {} }, required: [] } },
      fare: { anyOf: [{ type: 'null' }, { properties: { sum: { type: 'number' } } }] },
      more: { type: 'object' },
    },
    $defs: { a: { type: 'object', properties: { x: {} } } },
    definitions: { b: { type: 'object', properties: { y: {} } } },
  };
  expect(strictSchema(loose)).toEqual({
    type: 'object',
    description: 'A trip.',
    properties: {
      to: { type: 'string' },
      stops: { type: 'array', items: closed({ at: {} }) },
      fare: {
        anyOf: [
          { type: 'null' },
          { properties: { sum: { type: 'number' } }, required: ['sum'], additionalProperties: false },
        ],
      },
      more: closed({}),
    },
    required: ['to', 'stops', 'fare', 'more'],
    additionalProperties: false,
    $defs: { a: closed({ x: {} }) },
    definitions: { b: closed({ y: {} }) },
  });
});

test.each([
  [true],
  ['text'],
  [null],
  [[{ type: 'object' }]],
  [{ type: 'string' }],
  [{ anyOf: 'odd', items: null, $defs: [1], definitions: 'odd' }],
])('the strict form of %j is the same', (schema) => {
  expect(strictSchema(schema)).toEqual(schema);
});

test('the strict form of an object whose properties are odd requires none of them', () => {
  expect(strictSchema({ type: 'object', properties: 'odd' })).toEqual({
    ...closed({}),
    properties: 'odd',
  });
});

test('a schema is made strict to a depth of 64', () => {
  const loose = { type: 'object' };
  expect(strictSchema(nested(64, loose))).toEqual(nested(64, closed({})));
  expect(strictSchema(nested(65, loose))).toEqual(nested(65, loose));
});
