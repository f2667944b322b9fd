import { expect, test } from 'vitest';
import { eventBus } from './event-bus.ts';
import type { ClientEvent } from './events.ts';

const event: ClientEvent = { type: 'circuit-closed', atMs: 0, deployment: 'a', reason: 'failures' };

test('passes each event to all listeners, in their order, until they are removed', () => {
  const { emit, observe, size } = eventBus();
  const told: string[] = [];
  emit(event);
  const removeFirst = observe(() => told.push('first'));
  observe(() => told.push('second'));
  expect(size()).toBe(2);
  emit(event);
  removeFirst();
  removeFirst();
  expect(size()).toBe(1);
  emit(event);
  expect(told).toEqual(['first', 'second', 'second']);
});

test('a listener that throws keeps no other from hearing', () => {
  const { emit, observe } = eventBus();
  const told: ClientEvent[] = [];
  observe(() => {
    throw new Error('Mine.');
  });
  observe((each) => told.push(each));
  emit(event);
  expect(told).toEqual([event]);
});
