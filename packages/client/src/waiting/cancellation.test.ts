import { getEventListeners } from 'node:events';
import { expect, test } from 'vitest';
import { cancellation } from './cancellation.ts';

function setUp(...signals: (AbortSignal | null | undefined)[]) {
  const state = cancellation(signals);
  const told: unknown[] = [];
  const forget = state.onAbort((reason) => told.push(reason));
  return { state, told, forget };
}

test('nothing is aborted before somebody wishes it', () => {
  const { state, told } = setUp(null, undefined, new AbortController().signal);
  expect([state.aborted, state.reason, told]).toEqual([false, undefined, []]);
  expect(() => {
    state.throwIfAborted();
  }).not.toThrow();
  state.dispose();
});

test('the first of several signals counts, with its reason, and once', () => {
  const [first, second] = [new AbortController(), new AbortController()];
  const { state, told } = setUp(first.signal, second.signal);
  second.abort('second');
  first.abort('first');
  state.stop('third');
  expect([state.aborted, state.reason, told]).toEqual([true, 'second', ['second']]);
  let thrown: unknown;
  try {
    state.throwIfAborted();
  } catch (error) {
    thrown = error;
  }
  expect(thrown).toBe('second');
});

test('a signal that has aborted before is told at once', () => {
  const { state, told } = setUp(AbortSignal.abort('before'));
  expect([state.aborted, told]).toEqual([true, ['before']]);
});

test('a listener that is forgotten hears nothing, and the others do', () => {
  const { state, told, forget } = setUp();
  state.onAbort((reason) => told.push(`other ${String(reason)}`));
  forget();
  state.stop('over');
  expect(told).toEqual(['other over']);
});

test('after the call nothing of it stays on the signals', () => {
  const { signal } = new AbortController();
  const { state } = setUp(signal);
  expect(getEventListeners(signal, 'abort')).toHaveLength(1);
  state.dispose();
  expect(getEventListeners(signal, 'abort')).toEqual([]);
});
