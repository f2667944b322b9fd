import { expect, test } from 'vitest';
import { refused } from '../service/refused.fake.ts';
import { checkFunctionSchema } from './function-schema.ts';

const against = (schema: unknown, isStrict = false) =>
  refused(() => {
    checkFunctionSchema(schema, { name: 'f', param: 'tools[0].function.parameters', isStrict });
  });
const withA = (a: unknown) => ({ type: 'object', properties: { a } });

test.each<[unknown]>([
  [{ type: 'string' }],
  [{ type: 'number' }],
  [{ type: 'boolean' }],
  [{ type: 'integer' }],
  [{ type: 'null' }],
  [{ type: 'object' }],
  [{ type: ['string', 'null'] }],
  [{ type: 'array', items: {} }],
  [{ enum: ['x'] }],
  [true],
  [null],
])('a function may have the parameter %j', (schema) => {
  expect(against(withA(schema))).toBeUndefined();
});

test.each<[unknown, string]>([
  [{}, `schema must be a JSON Schema of 'type: "object"', got 'type: "None"'.`],
  [{ type: ['object'] }, `schema must be a JSON Schema of 'type: "object"', got 'type: "None"'.`],
  [
    { type: 'string', properties: {} },
    `schema must be a JSON Schema of 'type: "object"', got 'type: "string"'.`,
  ],
  [{ type: 'object' }, 'In context=(), object schema missing properties.'],
  [{ type: 'object', properties: [] }, 'In context=(), object schema missing properties.'],
  [{ type: 'object', properties: null }, 'In context=(), object schema missing properties.'],
  [withA({ type: 'array' }), "In context=('properties', 'a'), array schema missing items."],
  [
    withA({ type: 'array', items: { type: 'array' } }),
    "In context=('properties', 'a', 'items'), array schema missing items.",
  ],
  [
    withA({ properties: { b: { type: 'array' } } }),
    "In context=('properties', 'a', 'properties', 'b'), array schema missing items.",
  ],
  [withA({ type: 'float' }), "'float' is not valid under any of the given schemas."],
  [withA({ type: 'x'.repeat(300) }), `'${'x'.repeat(200)}' is not valid under any of the given schemas.`],
])('no function has the parameters %j', (schema, problem) => {
  expect(against(schema)).toEqual({
    message: `Invalid schema for function 'f': ${problem}`,
    type: 'invalid_request_error',
    param: 'tools[0].function.parameters',
    code: 'invalid_function_parameters',
  });
});

test('only a strict function needs a closed schema', () => {
  expect(against(withA({}), true)?.message).toBe(
    "Invalid schema for function 'f': In context=(), 'additionalProperties' is required to be supplied and to be false.",
  );
  expect(against({ ...withA({}), required: ['a'], additionalProperties: false }, true)).toBeUndefined();
});

test('parameters are checked to a depth of 64', () => {
  let schema: unknown = { type: 'float' };
  for (let depth = 0; depth < 62; depth += 1) schema = { type: 'array', items: schema };
  expect(against(withA(schema))).toBeDefined();
  expect(against(withA({ type: 'array', items: schema }))).toBeUndefined();
});
