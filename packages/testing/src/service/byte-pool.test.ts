import { expect, test } from 'vitest';
import { giveBack, takeBytes } from './byte-pool.ts';

const pooledBytes = 128 * 1024;

test('memory is used again, and at most eight parts of it wait for that', () => {
  const parts = Array.from({ length: 9 }, () => takeBytes(1));
  expect(parts.every(({ length }) => length === pooledBytes)).toBe(true);
  expect(new Set(parts).size).toBe(9);
  parts.forEach(giveBack);
  const again = Array.from({ length: 9 }, () => takeBytes(pooledBytes));
  expect(again.filter((part) => parts.includes(part))).toHaveLength(8);
  expect(new Set(again).size).toBe(9);
});

test('larger memory is not kept', () => {
  const large = takeBytes(pooledBytes + 1);
  expect(large).toHaveLength(pooledBytes + 1);
  giveBack(large);
  expect(takeBytes(pooledBytes + 1)).not.toBe(large);
  expect(takeBytes(1)).not.toBe(large);
});
