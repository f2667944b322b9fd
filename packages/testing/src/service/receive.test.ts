import { EventEmitter } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { expect, test, vi } from 'vitest';
import { receive } from './receive.ts';

/** A body of at most ten bytes that is being read. */
function reading() {
  const incoming = Object.assign(new EventEmitter(), { destroy: vi.fn<() => void>() });
  const then = vi.fn<(body: Buffer | undefined) => void>();
  receive(incoming as unknown as IncomingMessage, 10, then);
  const send = (...sizes: number[]) => {
    for (const size of sizes) incoming.emit('data', Buffer.alloc(size, 'a'));
  };
  return { incoming, then, send };
}

test.each([
  [[], ''],
  [[3], 'aaa'],
  [[3, 2], 'aaaaa'],
  [[5, 5], 'aaaaaaaaaa'],
])('parts of %j bytes are one body', (sizes, body) => {
  const { incoming, then, send } = reading();
  send(...sizes);
  expect(then).toHaveBeenCalledTimes(0);
  incoming.emit('end');
  expect(then.mock.calls.map(([given]) => given?.toString())).toEqual([body]);
});

test('a body that is too large is told at once, and once', () => {
  const { incoming, then, send } = reading();
  send(5, 6, 20);
  expect(then.mock.calls).toEqual([[undefined]]);
  incoming.emit('end');
  expect(then).toHaveBeenCalledTimes(1);
});

test('a body of more than four times the limit is not read to its end', () => {
  const { incoming, send } = reading();
  send(11, 29);
  expect(incoming.destroy).toHaveBeenCalledTimes(0);
  send(1);
  expect(incoming.destroy).toHaveBeenCalledTimes(1);
});

test('a caller that has gone is not answered', () => {
  const { incoming, then, send } = reading();
  send(3);
  incoming.emit('error', new Error('gone'));
  incoming.emit('end');
  expect(then).toHaveBeenCalledTimes(0);
});
