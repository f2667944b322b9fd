import { expect, test } from 'vitest';
import { aResource } from '../service/a-resource.fake.ts';
import { Refusal } from '../service/refusal.ts';
import { collection } from './collection.ts';

const thing = (id: string, value = '') => ({ id, createdAtMs: 0, value });

test('keeps objects by resource and by parent, oldest first', () => {
  const things = collection<ReturnType<typeof thing>>('Thing');
  const [sweden, france] = [aResource(), aResource()];
  things.put(sweden, thing('a'));
  things.put(sweden, thing('b'));
  things.put(sweden, thing('c'), 'parent');
  expect(things.all(sweden).map(({ id }) => id)).toEqual(['a', 'b']);
  expect(things.all(sweden, 'parent').map(({ id }) => id)).toEqual(['c']);
  expect(things.all(france)).toEqual([]);
  expect(() => things.find(sweden, 'c')).toThrow(Refusal);
});

test('a newer version takes the place of the older one', () => {
  const things = collection<ReturnType<typeof thing>>('Thing');
  const resource = aResource();
  things.put(resource, thing('a', 'old'));
  things.put(resource, thing('b'));
  things.put(resource, thing('a', 'new'));
  expect(things.all(resource).map(({ id, value }) => id + value)).toEqual(['anew', 'b']);
});

test('what is removed is gone, and can be removed once', () => {
  const things = collection<ReturnType<typeof thing>>('Thing');
  const resource = aResource();
  things.put(resource, thing('a'));
  expect(things.remove(resource, 'a').id).toBe('a');
  expect(() => things.remove(resource, 'a')).toThrow(Refusal);
});

test('10,000 objects are kept under one parent, and the oldest makes room', () => {
  const things = collection<ReturnType<typeof thing>>('Thing');
  const resource = aResource();
  things.put(resource, thing('of another'), 'parent');
  for (let number = 0; number < 10_000; number += 1) things.put(resource, thing(`thing-${number}`));
  expect(things.find(resource, 'thing-0').id).toBe('thing-0');
  things.put(resource, thing('one more'));
  expect(() => things.find(resource, 'thing-0')).toThrow(Refusal);
  expect(things.find(resource, 'thing-1').id).toBe('thing-1');
  expect(things.all(resource)).toHaveLength(10_000);
  expect(things.all(resource, 'parent')).toHaveLength(1);
});
