import { expect, test } from 'vitest';
import { startMockAzure } from '../start-mock-azure.ts';
import { release, reserve } from './slab.ts';

test('what is reserved belongs to nobody else until it is released', () => {
  const places = Array.from({ length: 1000 }, (_, index) => ({ index, ...reserve(500) }));
  for (const { slab, start, index } of places) slab.bytes.fill(index % 251, start, start + 500);
  for (const { slab, start, index } of places) {
    const own = slab.bytes.subarray(start, start + 500);
    expect(own.every((byte) => byte === index % 251)).toBe(true);
  }
  for (const { slab } of places) release(slab);
});

test('memory of which a part is still in use is given to nobody', () => {
  const [first, ...rest] = Array.from({ length: 1000 }, () => reserve(500));
  for (const { slab, start } of rest) slab.bytes.fill(1, start, start + 500);
  if (first !== undefined) release(first.slab);
  const later = Array.from({ length: 1000 }, () => reserve(500));
  for (const { slab, start } of later) slab.bytes.fill(2, start, start + 500);
  const isWhole = rest.every(({ slab, start }) =>
    slab.bytes.subarray(start, start + 500).every((byte) => byte === 1),
  );
  expect(isWhole).toBe(true);
  for (const { slab } of [...rest, ...later]) release(slab);
});

test('what was released is used again', () => {
  const places = Array.from({ length: 200 }, () => reserve(1000));
  const slabs = new Set(places.map(({ slab }) => slab));
  for (const { slab } of places) release(slab);
  const again = new Set(Array.from({ length: 200 }, () => reserve(1000).slab));
  expect([...again].filter((slab) => slabs.has(slab)).length).toBeGreaterThan(1);
});

test('more than a slab holds gets memory of its own', () => {
  const { slab, start } = reserve(1_000_000);
  expect([slab.bytes.length, start]).toEqual([1_000_000, 0]);
  release(slab);
});

test('a request reads the same when its place has long been given to others', async () => {
  const azure = await startMockAzure({ journal: { maxRequests: 2 } });
  const ask = async (text: string): Promise<void> => {
    const body = JSON.stringify({ model: 'gpt-4o', messages: [{ role: 'user', content: text }] });
    const headers = { 'api-key': azure.apiKey, 'content-type': 'application/json', 'x-about': text };
    const { status } = await fetch(`${azure.endpoint}/openai/v1/chat/completions`, {
      method: 'POST',
      headers,
      body,
    });
    expect(status).toBe(200);
  };
  await ask('first');
  const [first] = azure.requests();
  for (let count = 0; count < 100; count += 1) await ask(`later ${count}`);
  expect(first).toMatchObject({ prompt: 'first', headers: { 'x-about': 'first' } });
  expect(azure.requests().map(({ prompt }) => prompt)).toEqual(['later 98', 'later 99']);
  await azure.close();
});
