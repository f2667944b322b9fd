import { describe, expect, test } from 'vitest';
import { createBodyQueue } from './body-queue.ts';

const kilobytes = (count: number) => Buffer.alloc(count * 1_024, 1);

/** A queue, and what it has asked of the connection. */
function queueOf() {
  const calls: string[] = [];
  const queue = createBodyQueue({
    resume: () => calls.push('resume'),
    cancel: () => calls.push('cancel'),
  });
  const iterator = queue.body[Symbol.asyncIterator]();
  const read = async (): Promise<string | undefined> => {
    const { value } = (await iterator.next()) as { readonly value?: Uint8Array };
    return value === undefined ? undefined : Buffer.from(value).toString();
  };
  const bytes = async (atMost?: number) => (await queue.body.bytes?.(atMost))?.toString();
  return {
    push: (chunk: Uint8Array) => queue.push(chunk),
    end: () => {
      queue.end();
    },
    fail: (error: unknown, drop?: boolean) => {
      queue.fail(error, drop);
    },
    calls,
    iterator,
    read,
    bytes,
  };
}

describe('a reader of chunks', () => {
  test('gets them in order, waits for the next, and then learns of the end each time', async () => {
    const { push, end, read } = queueOf();
    push(Buffer.from('a'));
    push(Buffer.from('b'));
    expect([await read(), await read()]).toEqual(['a', 'b']);
    const waiting = read();
    expect(push(Buffer.from('c'))).toBe(true);
    expect(await waiting).toBe('c');
    const last = read();
    end();
    expect([await last, await read()]).toEqual([undefined, undefined]);
  });

  test('slows the sender down from 64 KiB on, and speeds it up once less than that waits', async () => {
    const { push, iterator, calls } = queueOf();
    expect(push(kilobytes(32))).toBe(true);
    expect(push(kilobytes(32).subarray(1))).toBe(true);
    expect(push(Buffer.alloc(1))).toBe(false);
    expect(push(kilobytes(64))).toBe(false);
    await iterator.next();
    await iterator.next();
    await iterator.next();
    expect(calls, '64 KiB still wait').toEqual([]);
    await iterator.next();
    expect(calls).toEqual(['resume']);
    expect(push(kilobytes(63))).toBe(true);
    await iterator.next();
    expect(calls, 'a sender that runs is not sped up').toEqual(['resume']);
  });

  test('is sped up once, however many chunks still wait', async () => {
    const { push, iterator, calls } = queueOf();
    push(kilobytes(62));
    push(kilobytes(1));
    push(kilobytes(1));
    await iterator.next();
    await iterator.next();
    expect(calls).toEqual(['resume']);
  });

  test('a chunk that a reader waits for does not count as waiting', () => {
    const { push, iterator } = queueOf();
    void iterator.next();
    expect(push(kilobytes(100))).toBe(true);
    expect(push(kilobytes(1))).toBe(true);
  });

  test('gets what had arrived, and then the error, each time', async () => {
    const { push, fail, read } = queueOf();
    const error = new Error('cut');
    push(Buffer.from('a'));
    fail(error);
    expect(await read()).toBe('a');
    await expect(read()).rejects.toBe(error);
    await expect(read()).rejects.toBe(error);
  });

  test('gets the error at once while it waits, or when the rest is dropped', async () => {
    const error = new Error('cut');
    const waiting = queueOf();
    const read = waiting.read();
    waiting.fail(error);
    await expect(read).rejects.toBe(error);
    const dropped = queueOf();
    dropped.push(Buffer.from('a'));
    dropped.fail(error, true);
    await expect(dropped.read()).rejects.toBe(error);
  });

  test('what has ended fails no more, unless a part of it that was not read is dropped', async () => {
    const error = new Error('late');
    const whole = queueOf();
    whole.push(Buffer.from('a'));
    whole.end();
    whole.fail(error);
    expect([await whole.read(), await whole.read()]).toEqual(['a', undefined]);
    whole.fail(error, true);
    expect(await whole.read()).toBeUndefined();
    const half = queueOf();
    half.push(Buffer.from('a'));
    half.end();
    half.fail(error, true);
    await expect(half.read()).rejects.toBe(error);
  });

  test('the first error stays', async () => {
    const { fail, read, end } = queueOf();
    const error = new Error('first');
    fail(error);
    fail(new Error('second'));
    end();
    await expect(read()).rejects.toBe(error);
  });

  test('may go on where another loop stopped', async () => {
    const { push, end, iterator } = queueOf();
    for (const text of ['a', 'b']) push(Buffer.from(text));
    end();
    await iterator.next();
    const rest: string[] = [];
    for await (const chunk of iterator as AsyncIterableIterator<Uint8Array>)
      rest.push(Buffer.from(chunk).toString());
    expect(rest).toEqual(['b']);
  });

  test('who stops early cancels once, and gets nothing more', async () => {
    const { push, iterator, calls, read } = queueOf();
    push(kilobytes(65));
    expect(await iterator.return?.()).toEqual({ value: undefined, done: true });
    expect(calls).toEqual(['cancel']);
    await iterator.return?.();
    expect(calls).toEqual(['cancel']);
    expect(push(kilobytes(65)), 'what still comes is dropped').toBe(true);
    expect(await read()).toBeUndefined();
  });

  test('who stops after the end cancels nothing', async () => {
    const { push, end, iterator, calls, read } = queueOf();
    push(Buffer.from('a'));
    end();
    await iterator.return?.();
    expect(calls).toEqual([]);
    expect(await read()).toBeUndefined();
  });

  test('who leaves while a chunk is awaited ends the wait', async () => {
    const { iterator, read } = queueOf();
    const waiting = read();
    await iterator.return?.();
    expect(await waiting).toBeUndefined();
  });
});

describe('a reader of all bytes', () => {
  test('gets those that were here and those that come', async () => {
    const { push, end, bytes } = queueOf();
    push(Buffer.from('a'));
    const all = bytes();
    push(Buffer.from('b'));
    end();
    expect(await all).toBe('ab');
  });

  test('gets what has ended before', async () => {
    const { push, end, bytes } = queueOf();
    push(Buffer.from('a'));
    end();
    expect(await bytes()).toBe('a');
    const empty = queueOf();
    empty.end();
    expect(await empty.bytes()).toBe('');
  });

  test('lets the sender go on, and slows it down no more', () => {
    const { push, calls, bytes } = queueOf();
    expect(push(kilobytes(64))).toBe(false);
    void bytes();
    expect(calls).toEqual(['resume']);
    expect(push(kilobytes(100))).toBe(true);
  });

  test('does not hurry a sender that was not slowed down', () => {
    const { calls, bytes } = queueOf();
    void bytes();
    expect(calls).toEqual([]);
  });

  test.each([
    ['here already', ['abc', '']],
    ['still to come', ['', 'abc']],
    ['both', ['ab', 'c']],
  ])('takes exactly `atMost` bytes, %s, and of more nothing', async (_, [before = '', after = '']) => {
    const exact = queueOf();
    exact.push(Buffer.from(before));
    const all = exact.bytes(3);
    exact.push(Buffer.from(after));
    exact.end();
    expect(await all).toBe('abc');
    expect(exact.calls).toEqual([]);
    const more = queueOf();
    more.push(Buffer.from(before));
    const none = more.bytes(2);
    more.push(Buffer.from(after));
    expect(await none).toBeUndefined();
    expect(more.calls).toEqual(['cancel']);
    expect(more.push(Buffer.from('d'))).toBe(true);
  });

  test('what is too long and has ended cancels nothing', async () => {
    const { push, end, calls, bytes } = queueOf();
    push(Buffer.from('abc'));
    end();
    expect(await bytes(2)).toBeUndefined();
    expect(calls).toEqual([]);
  });

  test('leaves nothing for another reader', async () => {
    const { push, end, bytes, read } = queueOf();
    push(Buffer.from('a'));
    end();
    expect([await bytes(), await read()]).toEqual(['a', undefined]);
  });

  test('gets the error in place of what had arrived', async () => {
    const error = new Error('cut');
    const { push, fail, bytes } = queueOf();
    push(Buffer.from('a'));
    const all = bytes();
    fail(error);
    await expect(all).rejects.toBe(error);
    const before = queueOf();
    before.fail(error);
    await expect(before.bytes()).rejects.toBe(error);
  });
});
