import { expect, test } from 'vitest';
import { busyCount } from './busy-count.ts';

test('where nothing is under way nobody waits', async () => {
  await busyCount().drained();
});

test('all who wait are told when the last one ends, and not before', async () => {
  const busy = busyCount();
  busy.begin();
  busy.begin();
  const told: string[] = [];
  const waits = ['first', 'second'].map((name) => busy.drained().then(() => told.push(name)));
  busy.end();
  await new Promise(setImmediate);
  expect([busy.count, told]).toEqual([1, []]);
  busy.end();
  await Promise.all(waits);
  expect([busy.count, told]).toEqual([0, ['first', 'second']]);
});

test('what begins after the end is waited for anew', async () => {
  const busy = busyCount();
  busy.begin();
  const first = busy.drained();
  busy.end();
  await first;
  busy.begin();
  let isOver = false;
  const second = busy.drained().then(() => (isOver = true));
  await new Promise(setImmediate);
  expect(isOver).toBe(false);
  busy.end();
  await second;
});
