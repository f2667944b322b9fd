import { expect, test } from 'vitest';
import { refused } from '../service/refused.fake.ts';
import { readMetadata } from './metadata.ts';

const pairs = (count: number) =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`key-${index}`, 'text']));

test.each([
  [undefined, {}],
  [null, {}],
  [{}, {}],
  [
    { team: 'search', '': '' },
    { team: 'search', '': '' },
  ],
  [pairs(16), pairs(16)],
  [{ ['k'.repeat(64)]: 't'.repeat(512) }, { ['k'.repeat(64)]: 't'.repeat(512) }],
])('metadata may be %j', (sent, kept) => {
  expect(readMetadata(sent)).toEqual(kept);
});

test.each([
  ['text', 'metadata', 'invalid_type'],
  [['a'], 'metadata', 'invalid_type'],
  [{ a: 5 }, 'metadata.a', 'invalid_type'],
  [{ a: null }, 'metadata.a', 'invalid_type'],
  [{ a: 't'.repeat(513) }, 'metadata.a', 'string_above_max_length'],
  [{ ['k'.repeat(65)]: 'text' }, `metadata.${'k'.repeat(65)}`, 'string_above_max_length'],
  [pairs(17), 'metadata', 'object_above_max_properties'],
])('metadata is not %j', (sent, param, code) => {
  expect(refused(() => readMetadata(sent))).toMatchObject({ type: 'invalid_request_error', param, code });
});
