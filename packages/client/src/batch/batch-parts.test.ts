import { expect, test } from 'vitest';
import { splitRequests } from './batch-parts.ts';
import type { BatchRequest } from './batch-parts.ts';

const split = (requests: readonly BatchRequest[], limits: { requests: number; bytes: number }) => [
  ...splitRequests(requests, { model: 'bulk', endpoint: '/chat/completions', limits }),
];
const many = (count: number) => Array.from({ length: count }, (_, index) => ({ input: String(index) }));
const wide = { requests: 1_000, bytes: 1_000_000 };

test('writes a line of JSON for each request, with its place as its id and the deployment as its model', () => {
  const [part] = split([{ messages: [], model: 'ignored' }], wide);
  expect(part?.bytes.toString()).toBe(
    '{"custom_id":"0","method":"POST","url":"/chat/completions","body":{"messages":[],"model":"bulk"}}\n',
  );
});

test('splits by number and keeps the places', () => {
  const parts = split(many(7), { ...wide, requests: 3 });
  expect(parts.map(({ first, count }) => [first, count])).toEqual([
    [0, 3],
    [3, 3],
    [6, 1],
  ]);
  expect(parts[2]?.bytes.toString()).toContain('"custom_id":"6"');
});

test('splits by bytes, and fills a file to the last byte', () => {
  const [whole] = split(many(4), wide);
  const size = whole?.bytes.byteLength ?? 0;
  expect(split(many(4), { ...wide, bytes: size })).toHaveLength(1);
  const parts = split(many(4), { ...wide, bytes: size - 1 });
  expect(parts.map(({ count }) => count)).toEqual([3, 1]);
});

test('refuses a request that no file can hold, and takes one that fills a file', () => {
  const [whole] = split(many(1), wide);
  const size = whole?.bytes.byteLength ?? 0;
  expect(split(many(1), { ...wide, bytes: size })).toHaveLength(1);
  expect(() => split(many(1), { ...wide, bytes: size - 1 })).toThrow(
    `has ${size} bytes, and a file may have ${size - 1}.`,
  );
  expect(() => split([{ input: 'x'.repeat(200) }], { ...wide, bytes: 100 })).toThrow(
    /request 0 has \d+ bytes/,
  );
});

test('nothing makes no file', () => {
  expect(split([], wide)).toEqual([]);
});
