import { expect, test } from 'vitest';
import type { OperationRequest } from './operation.ts';
import { readBody } from './read-body.ts';
import { Refusal } from './refusal.ts';

function read(raw: string | Buffer, type?: string): unknown {
  const headers = type === undefined ? {} : { 'content-type': type };
  try {
    return readBody({ headers, raw: Buffer.from(raw) } as OperationRequest);
  } catch (error) {
    return error instanceof Refusal ? error.response.status : error;
  }
}

test.each([
  ['{"a":1}', undefined, { a: 1 }],
  ['{"a":1}', 'application/json', { a: 1 }],
  ['{"a":1}', 'application/JSON; charset=utf-8', { a: 1 }],
  ['{"a":1}', 'application/merge-patch+json', { a: 1 }],
  ['\uFEFF{"a":1}', undefined, { a: 1 }],
  ['{"a":1}', 'text/plain', 415],
  ['{"a":1}', 'application/jsonp', 415],
  ['', undefined, 400],
  ['{', undefined, 400],
  ['[1]', undefined, 400],
  ['null', undefined, 400],
  ['1', undefined, 400],
  ['"a"', undefined, 400],
])('the body %j of the type %s is read as %j', (raw, type, expected) => {
  expect(read(raw, type)).toEqual(expected);
});

test('bytes that are no text are no JSON', () => {
  expect(read(Buffer.from([0x22, 0xff, 0x22]))).toBe(400);
});
