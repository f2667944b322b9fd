import { expect, test } from 'vitest';
import { aResource } from '../service/a-resource.fake.ts';
import type { Item } from './items.ts';
import type { ResponseObject } from './response-object.ts';
import { current, forget, history, keep, responseStore } from './response-store.ts';
import type { StoredResponse } from './response-store.ts';

const item = (id: string) => ({ id, type: 'message' }) as Item;

function stored(id: string, more: Partial<StoredResponse> = {}): StoredResponse {
  const final = { id, status: 'completed', output: [item(`out-${id}`)] } as unknown as ResponseObject;
  return { final, input: [item(`in-${id}`)], previous: undefined, isCancelled: false, ...more };
}

test('2,000 responses are kept with what was said in them, and the oldest makes room', () => {
  const holder = aResource();
  for (let number = 0; number < 2_000; number += 1) keep(holder, stored(`r${number}`));
  const { responses, items } = holder.resource.state(responseStore);
  expect([responses.size, items.size]).toEqual([2_000, 4_000]);
  keep(holder, stored('one more'));
  expect([responses.size, items.size]).toEqual([2_000, 4_000]);
  expect([responses.has('r0'), items.has('in-r0'), items.has('out-r0')]).toEqual([false, false, false]);
  expect([responses.has('r1'), items.has('in-r1'), items.has('out-one more')]).toEqual([true, true, true]);
});

test('an item that a later response says again is kept when the earlier one is forgotten', () => {
  const holder = aResource();
  keep(holder, stored('first'));
  keep(holder, stored('second', { input: [item('in-first')] }));
  forget(holder, 'first');
  const { items } = holder.resource.state(responseStore);
  expect([items.has('in-first'), items.has('out-first')]).toEqual([true, false]);
  forget(holder, 'unknown');
  expect(items.size).toBe(2);
});

test('the history is everything that was said, oldest first', () => {
  const first = stored('a');
  const third = stored('c', { previous: stored('b', { previous: first }) });
  expect(history(third).map(({ id }) => id)).toEqual(['in-a', 'out-a', 'in-b', 'out-b', 'in-c', 'out-c']);
  expect(history(undefined)).toEqual([]);
});

test.each([
  [999, false, 'queued'],
  [1_000, false, 'in_progress'],
  [1_999, false, 'in_progress'],
  [2_000, false, 'completed'],
  [5_000, true, 'cancelled'],
])('a response in the background is, at %d ms and cancelled %s, %s', (nowMs, isCancelled, status) => {
  const background = { startsAtMs: 1_000, endsAtMs: 2_000 } as NonNullable<StoredResponse['background']>;
  expect(current(stored('a', { background, isCancelled }), nowMs).status).toBe(status);
});

test('a response that was never in the background is complete at once', () => {
  expect(current(stored('a'), 0).status).toBe('completed');
});
