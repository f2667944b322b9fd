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

test('a listener whose promise rejects leaves no rejection unhandled', async () => {
  const { emit, observe } = eventBus();
  const unhandled: unknown[] = [];
  const note = (reason: unknown) => unhandled.push(reason);
  process.on('unhandledRejection', note);
  const told: ClientEvent[] = [];
  const listener: (each: ClientEvent) => unknown = async (each) => {
    await Promise.resolve();
    told.push(each);
    throw new Error('Mine.');
  };
  observe(listener);
  emit(event);
  await new Promise(setImmediate);
  process.off('unhandledRejection', note);
  expect(told).toEqual([event]);
  expect(unhandled).toEqual([]);
});
