import { expect, test } from 'vitest';
import { ClientClosedError } from '../errors.ts';
import { cancellation } from '../waiting/cancellation.ts';
import type { Call } from './call.ts';
import { openCalls } from './calls-under-way.ts';

const callOf = () => ({ cancellation: cancellation([]), place: -1 }) as unknown as Call;
const isStopped = ({ cancellation: { aborted } }: Call) => aborted;

test('ending all ends those that are under way, whatever the order in which others ended', () => {
  const calls = openCalls();
  const all = Array.from({ length: 6 }, callOf);
  for (const call of all) calls.begin(call);
  for (const at of [0, 3, 5]) calls.end(all[at] ?? callOf());
  // A second time changes nothing.
  calls.end(all[0] ?? callOf());
  calls.end(callOf());
  void calls.close();
  calls.abort();
  expect(all.map(isStopped)).toEqual([false, true, true, false, true, false]);
  expect(all[1]?.cancellation.reason).toBeInstanceOf(ClientClosedError);
});

test('a closed client refuses calls, with the same error each time', async () => {
  const calls = openCalls();
  expect(() => {
    calls.throwIfClosed();
  }).not.toThrow();
  await calls.close();
  const reason: unknown = calls.closing.reason;
  expect(reason).toBeInstanceOf(ClientClosedError);
  expect(() => {
    calls.throwIfClosed();
  }).toThrow(ClientClosedError);
  await calls.close();
  expect(calls.closing.reason).toBe(reason);
});

test('closing waits until each call has its answer, not until its stream is read', async () => {
  const calls = openCalls();
  const [one, other] = [callOf(), callOf()];
  calls.begin(one);
  calls.begin(other);
  const told: string[] = [];
  const closing = Promise.all(['first', 'second'].map((name) => calls.close().then(() => told.push(name))));
  expect(calls.closing.aborted, 'from now on').toBe(true);
  calls.answered();
  calls.end(one);
  await Promise.resolve();
  expect(told).toEqual([]);
  calls.answered();
  await closing;
  expect(told).toEqual(['first', 'second']);
  calls.abort();
  expect([one, other].map(isStopped)).toEqual([false, true]);
});
