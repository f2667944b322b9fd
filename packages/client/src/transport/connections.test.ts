import type { Socket } from 'node:net';
import type { Client } from 'undici';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createConnections, dispatcherConnections } from './connections.ts';
import type { HeldConnection } from './connections.ts';

interface FakeSocket {
  destroyed: boolean;
  bytesRead: number;
}

/** Connections whose HTTP clients are numbered, from 1. */
function connectionsOf(connections = 2, maxAgeMs = 60_000) {
  const calls: string[] = [];
  const sockets: FakeSocket[] = [];
  let made = 0;
  let reopen = (): void => undefined;
  const pool = createConnections({
    connections,
    maxAgeMs,
    create: (opened) => {
      made += 1;
      const number = made;
      const socket = { destroyed: false, bytesRead: 0 };
      sockets.push(socket);
      reopen = () => {
        opened({ ...socket } as unknown as Socket);
      };
      return {
        number,
        open: () => {
          opened(socket as unknown as Socket);
        },
        close: async () => calls.push(`close ${number}`),
        destroy: async () => calls.push(`destroy ${number}`),
      } as unknown as Client;
    },
  });
  const numberOf = ({ dispatcher }: HeldConnection) => (dispatcher as unknown as { number: number }).number;
  const held: HeldConnection[] = [];
  /** Uses a connection, which opens its socket when it has none. */
  const use = (): HeldConnection | undefined => {
    const before = held.length;
    pool.use((connection) => {
      held.push(connection);
      (connection.dispatcher as unknown as { open(): void }).open();
    });
    return held[before];
  };
  return {
    pool,
    use,
    calls,
    sockets,
    held,
    numberOf,
    made: () => made,
    reopen: () => {
      reopen();
    },
  };
}

const used = (connection: HeldConnection | undefined): HeldConnection => {
  if (connection === undefined) throw new Error('It waits.');
  return connection;
};

const timeouts = [
  new DOMException('Too slow.', 'TimeoutError'),
  Object.assign(new Error('Too slow.'), { code: 'DEADLINE_EXCEEDED' }),
];

beforeEach(() => {
  vi.useFakeTimers({ now: 1_000_000 });
});
afterEach(() => {
  vi.useRealTimers();
});

describe('createConnections', () => {
  test('opens as many as it may, and lets the rest wait in order of arrival', () => {
    const { pool, held, numberOf, made } = connectionsOf(2);
    const order: number[] = [];
    for (let place = 0; place < 4; place += 1)
      pool.use((connection) => {
        order.push(place);
        held.push(connection);
      });
    expect([order, made()]).toEqual([[0, 1], 2]);
    held[1]?.release();
    held[0]?.release();
    expect(order).toEqual([0, 1, 2, 3]);
    expect(held.map(numberOf)).toEqual([1, 2, 2, 1]);
    expect(made()).toBe(2);
  });

  test('takes the connection that was used last', () => {
    const { use, numberOf } = connectionsOf(3);
    const [first, second] = [used(use()), used(use())];
    second.release();
    first.release();
    expect([numberOf(used(use())), numberOf(used(use()))]).toEqual([1, 2]);
  });

  test('an exchange ends once', () => {
    const { use, calls, made } = connectionsOf(1);
    const first = used(use());
    first.release();
    first.release();
    first.discard(new Error('late'));
    first.renew(() => {
      throw new Error('It is over.');
    });
    expect(calls).toEqual([]);
    used(use());
    expect(use(), 'one at a time').toBeUndefined();
    expect(made()).toBe(1);
  });

  test('what is discarded goes at once, and another takes its place', () => {
    const { use, held, calls, numberOf } = connectionsOf(1);
    const first = used(use());
    expect(use()).toBeUndefined();
    first.discard(new Error('enough'));
    expect(calls).toEqual(['destroy 1']);
    expect(held.map(numberOf)).toEqual([1, 2]);
  });

  test('a connection that is as old as it may be is closed, and another one opened', () => {
    const { use, calls, numberOf } = connectionsOf(1, 60_000);
    used(use()).release();
    vi.advanceTimersByTime(59_999);
    const again = used(use());
    expect(numberOf(again)).toBe(1);
    again.release();
    vi.advanceTimersByTime(1);
    expect(numberOf(used(use()))).toBe(2);
    expect(calls).toEqual(['close 1']);
  });

  test('one is stale that was open before and has not brought a byte since', () => {
    const { use, sockets } = connectionsOf(1);
    const first = used(use());
    expect(first.isStale(), 'it was opened for this exchange').toBe(false);
    first.release();
    const second = used(use());
    expect(second.isStale()).toBe(true);
    const [socket] = sockets;
    if (socket !== undefined) socket.bytesRead += 1;
    expect(second.isStale()).toBe(false);
    second.release();
    if (socket !== undefined) socket.destroyed = true;
    expect(used(use()).isStale(), 'it had been closed').toBe(false);
  });

  test('one is not stale whose client has opened another socket for the exchange', () => {
    const { use, reopen } = connectionsOf(1);
    used(use()).release();
    const second = used(use());
    expect(second.isStale()).toBe(true);
    reopen();
    expect(second.isStale()).toBe(false);
  });

  test('one whose socket is not open yet is not stale', () => {
    const { pool, held } = connectionsOf(1);
    pool.use((connection) => held.push(connection));
    expect(held[0]?.isStale()).toBe(false);
  });

  test('one that is renewed is replaced by a new one, for the same exchange', () => {
    const { use, calls, numberOf, made } = connectionsOf(1);
    used(use()).release();
    const stale = used(use());
    let renewed: HeldConnection | undefined;
    stale.renew((connection) => (renewed = connection));
    expect(calls).toEqual(['destroy 1']);
    expect(numberOf(used(renewed))).toBe(2);
    stale.release();
    expect(use(), 'the exchange still has its connection').toBeUndefined();
    used(renewed).release();
    expect(made()).toBe(2);
  });

  test.each(timeouts)('after a stale one ended with %s, those that were idle as long go too', (reason) => {
    const { use, calls, numberOf } = connectionsOf(4);
    const [first, second, third] = [used(use()), used(use()), used(use())];
    first.release();
    second.release();
    const stale = used(use());
    expect(numberOf(stale)).toBe(2);
    vi.advanceTimersByTime(1);
    third.release();
    stale.discard(reason);
    expect(calls).toEqual(['destroy 1', 'destroy 2']);
    expect(numberOf(used(use())), 'one that was used since').toBe(3);
  });

  test.each([
    ['the caller has cancelled', new DOMException('enough', 'AbortError'), true],
    ['another code', Object.assign(new Error('x'), { code: 'ECONNRESET' }), true],
    ['the connection was new', timeouts[0], false],
  ])('but not when %s', (_, reason, isUsed) => {
    const { use, calls } = connectionsOf(4);
    const [first, second] = [used(use()), used(use())];
    first.release();
    if (isUsed) second.release();
    const ended = isUsed ? used(use()) : second;
    ended.discard(reason as Error);
    expect(calls).toEqual(['destroy 2']);
  });

  test('closing waits for what is under way and for what waits, then closes what is idle', async () => {
    const { pool, use, held, calls } = connectionsOf(1);
    const first = used(use());
    use();
    let isClosed = false;
    const closing = pool.close().then(() => (isClosed = true));
    first.release();
    await vi.advanceTimersByTimeAsync(1);
    expect([isClosed, held.length]).toEqual([false, 2]);
    held[1]?.release();
    await closing;
    expect(calls).toEqual(['close 1']);
  });

  test('closing waits for the last of several', async () => {
    const { pool, use } = connectionsOf(2);
    const [first, second] = [used(use()), used(use())];
    let isClosed = false;
    const closing = pool.close().then(() => (isClosed = true));
    first.release();
    await vi.advanceTimersByTimeAsync(1);
    expect(isClosed).toBe(false);
    second.release();
    await closing;
  });

  test('whoever closes while another closes waits for the same, and whoever does later for what is there then', async () => {
    const { pool, use, calls } = connectionsOf(2);
    const first = used(use());
    const ended: number[] = [];
    const closing = [1, 2, 3].map((number) => pool.close().then(() => ended.push(number)));
    await vi.advanceTimersByTimeAsync(1);
    expect(ended).toEqual([]);
    first.release();
    await Promise.all(closing);
    expect(ended.toSorted()).toEqual([1, 2, 3]);
    await pool.close();
    expect(calls).toEqual(['close 1']);
    const second = used(use());
    const again = pool.close().then(() => ended.push(4));
    await vi.advanceTimersByTimeAsync(1);
    expect(ended).toHaveLength(3);
    second.release();
    await again;
    expect(calls).toEqual(['close 1', 'close 2']);
  });

  test('closing with nothing under way closes what is idle at once', async () => {
    const { pool, use, calls } = connectionsOf(2);
    const both = [used(use()), used(use())];
    for (const connection of both) connection.release();
    await pool.close();
    expect(calls).toEqual(['close 1', 'close 2']);
  });
});

describe('dispatcherConnections', () => {
  const dispatcherOf = () => {
    const calls: string[] = [];
    return { calls, dispatcher: { close: async () => calls.push('close') } as unknown as Client };
  };

  test('closes a dispatcher of its own, and none of the caller', async () => {
    const own = dispatcherOf();
    await dispatcherConnections(own.dispatcher, true).close();
    expect(own.calls).toEqual(['close']);
    const given = dispatcherOf();
    await dispatcherConnections(given.dispatcher, false).close();
    expect(given.calls).toEqual([]);
  });

  test('takes no connection for stale, and begins again on the same dispatcher', () => {
    const { dispatcher } = dispatcherOf();
    const seen: HeldConnection[] = [];
    dispatcherConnections(dispatcher, true).use((held) => {
      seen.push(held);
      if (seen.length === 1) held.renew((again) => seen.push(again));
    });
    expect(seen.map((held) => held.dispatcher)).toEqual([dispatcher, dispatcher]);
    expect(seen[0]?.isStale()).toBe(false);
  });
});
