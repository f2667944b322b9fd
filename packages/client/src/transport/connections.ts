import type { Client, Dispatcher } from 'undici';

/** One connection, for one exchange. Ends with `release` or `discard`. */
export interface Lease {
  readonly dispatcher: Dispatcher;
  /** The dispatcher is a client of our own undici. */
  readonly isOwn: boolean;
  /** The exchange is over: the connection may be used again. */
  release(): void;
  /** The exchange is abandoned: the socket goes at once. */
  discard(reason: Error): void;
}

/** The connections to one origin. */
export interface Connections {
  /** Starts when there is a connection: now, or in the order of arrival. */
  use(start: (lease: Lease) => void): void;
  /** Waits for what is under way or queued, then closes. */
  close(): Promise<void>;
}

export interface ConnectionOptions {
  readonly connections: number;
  readonly maxAgeMs: number;
  readonly client: Client.Options;
}

interface Slot {
  readonly client: Client;
  readonly openedAtMs: number;
}

/**
 * HTTP/1.1 connections to one origin. The last one used is used first, so that the others can grow idle and end.
 *
 * This takes the place of undici's `Pool`, which opens a new connection for each exchange that is aborted (an aborted
 * request still counts as pending in 7.30), and searches all connections for a free one.
 */
export function createConnections(
  HttpClient: typeof Client,
  origin: URL,
  options: ConnectionOptions,
): Connections {
  const idle: Slot[] = [];
  const waiting: ((lease: Lease) => void)[] = [];
  let busy = 0;
  let drained: (() => void) | undefined;

  function take(): Slot {
    const now = Date.now();
    for (let slot = idle.pop(); slot !== undefined; slot = idle.pop()) {
      if (now - slot.openedAtMs < options.maxAgeMs) return slot;
      void slot.client.close();
    }
    return { client: new HttpClient(origin, options.client), openedAtMs: now };
  }

  function begin(slot: Slot, start: (lease: Lease) => void): void {
    let over = false;
    const end = (give: () => void): void => {
      if (over) return;
      over = true;
      give();
      const next = waiting.shift();
      if (next !== undefined) begin(take(), next);
      else {
        busy -= 1;
        if (busy === 0) drained?.();
      }
    };
    start({
      dispatcher: slot.client,
      isOwn: true,
      release: () => {
        end(() => idle.push(slot));
      },
      discard: (reason) => {
        end(() => void slot.client.destroy(reason));
      },
    });
  }

  return {
    use(start) {
      if (busy >= options.connections) {
        waiting.push(start);
        return;
      }
      busy += 1;
      begin(take(), start);
    },
    async close() {
      if (busy > 0) await new Promise<void>((resolve) => (drained = resolve));
      await Promise.all(idle.splice(0).map(({ client }) => client.close()));
    },
  };
}

/** Connections that a dispatcher of undici looks after by itself. */
export function dispatcherConnections(dispatcher: Dispatcher, owned: boolean): Connections {
  const lease: Lease = { dispatcher, isOwn: false, release: () => undefined, discard: () => undefined };
  return {
    use: (start) => {
      start(lease);
    },
    close: () => (owned ? dispatcher.close() : Promise.resolve()),
  };
}
