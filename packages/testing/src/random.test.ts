import { expect, test } from 'vitest';
import { createRandom } from './random.ts';

test('the same seed gives the same sequence, another seed another one', () => {
  const draw = (seed: number | string) => {
    const random = createRandom(seed);
    return [random.next(), random.guid(), random.id('chatcmpl-', 29)];
  };
  expect(draw(7)).toEqual(draw('7'));
  expect(draw(7)).not.toEqual(draw(8));
});

test('a fork does not depend on what was drawn before', () => {
  const fresh = createRandom(1).fork('chat').guid();
  const used = createRandom(1);
  used.next();
  expect(used.fork('chat').guid()).toBe(fresh);
  expect(used.fork('embed').guid()).not.toBe(fresh);
});

test('guids are version 4 and ids have the length asked for', () => {
  const random = createRandom('shape');
  const guids = new Set<string>();
  for (let round = 0; round < 1_000; round += 1) {
    const guid = random.guid();
    expect(guid).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    guids.add(guid);
  }
  expect(guids.size).toBe(1_000);
  expect(random.id('resp_', 24)).toMatch(/^resp_[0-9A-Za-z]{24}$/);
});

test.each(['', '0', 'seed'])('is even over a thousand draws (seed %j)', (seed) => {
  const random = createRandom(seed);
  const buckets = new Array<number>(10).fill(0);
  for (let draw = 0; draw < 10_000; draw += 1) {
    const bucket = Math.floor(random.next() * 10);
    buckets[bucket] = (buckets[bucket] ?? 0) + 1;
  }
  for (const count of buckets) expect(Math.abs(count - 1_000)).toBeLessThan(150);
});
