import type { Socket } from 'node:net';
import type { Client, Dispatcher } from 'undici';
import { busyCount } from './busy-count.ts';

/** One connection, for one exchange. Ends with `release`, `discard` or `renew`. */
export interface HeldConnection {
  readonly dispatcher: Dispatcher;
  /** Whether the connection was open before this exchange and has not brought a byte since it began. */
  isStale(): boolean;
  /** The exchange is over: the connection may be used again. */
  release(): void;
  /** The exchange is abandoned: the socket goes at once. */
  discard(reason: Error): void;
  /** The exchange begins again on a new connection, which takes the place of this one. */
  renew(start: (held: HeldConnection) => void): void;
}

/** The connections to one origin. */
export interface Connections {
  /** Starts when there is a connection: now, or in the order of arrival. */
  use(start: (held: HeldConnection) => void): void;
  /** Waits for what is under way or queued, then closes. */
  close(): Promise<void>;
}

export interface ConnectionOptions {
  readonly connections: number;
  readonly maxAgeMs: number;
  /** Makes an HTTP client that calls `opened` with each socket that it opens. */
  create(opened: (socket: Socket) => void): Client;
}

interface Slot {
  readonly client: Client;
  readonly openedAtMs: number;
  /** The last socket of the client; the client opens another one when it has been closed. */
  socket: Socket | undefined;
  idleSinceMs: number;
}

/**
 * HTTP/1.1 connections to one origin. The most recently used one is taken first, so that the others become idle and are
 * closed.
 *
 * This takes the place of undici's `Pool`, which opens a new connection for each exchange that is aborted (an aborted
 * request still counts as pending in 7.30), searches all connections for a free one, and does not tell whether a
 * connection had been used before.
 */
export function createConnections(options: ConnectionOptions): Connections {
  const idle: Slot[] = [];
  const waiting: ((held: HeldConnection) => void)[] = [];
  const busy = busyCount();

  function open(): Slot {
    const slot: Slot = {
      client: options.create((socket) => (slot.socket = socket)),
      openedAtMs: Date.now(),
      socket: undefined,
      idleSinceMs: 0,
    };
    return slot;
  }

  function take(): Slot {
    const now = Date.now();
    for (let slot = idle.pop(); slot !== undefined; slot = idle.pop()) {
      if (now - slot.openedAtMs < options.maxAgeMs) return slot;
      void slot.client.close();
    }
    return open();
  }

  function begin(slot: Slot, start: (held: HeldConnection) => void): void {
    const used = slot.socket?.destroyed === false ? slot.socket : undefined;
    const readBefore = used?.bytesRead;
    const beganMs = Date.now();
    let over = false;
    const end = (give: () => void): void => {
      if (over) return;
      over = true;
      give();
      const next = waiting.shift();
      if (next !== undefined) begin(take(), next);
      else busy.end();
    };
    const held: HeldConnection = {
      dispatcher: slot.client,
      isStale: () => used !== undefined && slot.socket === used && used.bytesRead === readBefore,
      release: () => {
        end(() => {
          slot.idleSinceMs = Date.now();
          idle.push(slot);
        });
      },
      discard: (reason) => {
        end(() => {
          if (isTimeout(reason) && held.isStale()) retire(beganMs);
          void slot.client.destroy(reason);
        });
      },
      renew: (again) => {
        if (over) return;
        over = true;
        void slot.client.destroy();
        begin(open(), again);
      },
    };
    start(held);
  }

  /** A firewall drops idle connections silently. Connections that were idle as long as a dropped one may be dead too. */
  function retire(idleBeforeMs: number): void {
    const left = idle.splice(0);
    for (const slot of left) {
      if (slot.idleSinceMs > idleBeforeMs) idle.push(slot);
      else void slot.client.destroy();
    }
  }

  return {
    use(start) {
      if (busy.count >= options.connections) {
        waiting.push(start);
        return;
      }
      busy.begin();
      begin(take(), start);
    },
    async close() {
      await busy.drained();
      await Promise.all(idle.splice(0).map(({ client }) => client.close()));
    },
  };
}

/** Whether an exchange ended because no answer came in time, and not because the caller cancelled it. */
function isTimeout(reason: Error): boolean {
  return reason.name === 'TimeoutError' || ('code' in reason && reason.code === 'DEADLINE_EXCEEDED');
}

/** Connections that a dispatcher of undici manages by itself. */
export function dispatcherConnections(dispatcher: Dispatcher, owned: boolean): Connections {
  const held: HeldConnection = {
    dispatcher,
    isStale: () => false,
    release: () => undefined,
    discard: () => undefined,
    renew: (again) => {
      again(held);
    },
  };
  return {
    use: (start) => {
      start(held);
    },
    close: () => (owned ? dispatcher.close() : Promise.resolve()),
  };
}
