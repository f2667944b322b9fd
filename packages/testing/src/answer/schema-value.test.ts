import { expect, test } from 'vitest';
import { schemaValue } from './schema-value.ts';

function from(text: string, schema: unknown, name?: string): unknown {
  return schemaValue(schema, { text, question: text, prose: () => text }, name);
}

function object(properties: object): object {
  return { type: 'object', properties, required: Object.keys(properties), additionalProperties: false };
}

const text = { type: 'string' };

test.each<[string, object, unknown]>([
  [
    'Alice and Bob are going to a science fair on Friday.',
    object({ name: text, date: text, participants: { type: 'array', items: text } }),
    { name: 'science fair', date: 'Friday', participants: ['Alice', 'Bob'] },
  ],
  [
    'John Smith, john@acme.com, 34 years old, lives in Berlin.',
    object({ name: text, email: { ...text, format: 'email' }, age: { type: 'integer' }, city: text }),
    { name: 'John Smith', email: 'john@acme.com', age: 34, city: 'Berlin' },
  ],
  [
    'Invoice INV-1042 of 12 March 2026. Total: 99.50 EUR. It is not paid.',
    object({
      invoice_id: text,
      date: { ...text, format: 'date' },
      total: { type: 'number' },
      currency: { enum: ['USD', 'EUR'] },
      is_paid: { type: 'boolean' },
    }),
    { invoice_id: 'INV-1042', date: '2026-03-12', total: 99.5, currency: 'EUR', is_paid: false },
  ],
  [
    'Book a flight from Oslo to Rome from 3 March to 7 March for 2 people.',
    object({
      origin: text,
      destination: text,
      depart_date: text,
      return_date: text,
      people: { type: 'integer' },
    }),
    { origin: 'Oslo', destination: 'Rome', depart_date: '3 March', return_date: '7 March', people: 2 },
  ],
])('takes values from the text: %j', (prompt, schema, expected) => {
  expect(from(prompt, schema)).toEqual(expected);
});

test('follows references, and ends where a schema refers to itself', () => {
  const node = {
    ...object({ value: { type: 'number' }, next: { anyOf: [{ $ref: '#/$defs/node' }, { type: 'null' }] } }),
  };
  const made = from('1 2 3', { $ref: '#/$defs/node', $defs: { node } }) as { value: number; next: unknown };
  expect(made.value).toBe(1);
  expect(JSON.stringify(made)).toContain('"next":null');
});

test.each<[object, unknown]>([
  [{ const: 7 }, 7],
  [{ type: 'integer', minimum: 10, maximum: 20 }, 10],
  [{ type: 'number', exclusiveMinimum: 4, multipleOf: 0.5 }, 4.5],
  [{ type: 'integer', multipleOf: 5, maximum: 13 }, 5],
  [{ type: 'string', maxLength: 3 }, 'Thr'],
  [{ type: 'string', pattern: String.raw`^[A-Z]{2}-\d{4}$` }, 'AA-1111'],
  [{ type: 'string', format: 'uuid' }, '00000000-0000-4000-8000-000000000000'],
  [{ type: 'array', items: { type: 'integer' }, minItems: 2, maxItems: 2 }, [3, 1]],
  [{ prefixItems: [{ const: 'a' }, { const: 'b' }] }, ['a', 'b']],
  [
    {
      allOf: [
        { type: 'object', properties: { a: { const: 1 } }, required: ['a'] },
        { properties: { b: { const: 2 } }, required: ['b'] },
      ],
    },
    { a: 1, b: 2 },
  ],
  [{ type: ['string', 'null'], enum: ['yes', 'no'] }, 'yes'],
])('obeys %j', (schema, expected) => {
  expect(from('Three apples.', schema)).toEqual(expected);
});

test('chooses the branch that the text speaks of', () => {
  const user = object({ kind: { const: 'user' }, name: text });
  const address = object({ kind: { const: 'address' }, street: text });
  expect(from('The address is 5 Main Street.', { anyOf: [user, address] })).toMatchObject({
    kind: 'address',
  });
});
