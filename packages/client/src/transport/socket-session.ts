import type { Dispatcher } from 'undici';
import { loadUndici } from './load-undici.ts';

/** One open WebSocket. It takes one turn at a time. */
export interface SocketSession {
  readonly openedAtMs: number;
  /** The response that this connection keeps in memory: the last one that it made. */
  lastResponse: string | undefined;
  /** Whether only this connection keeps that response: it was asked for with `store: false`. */
  holdsUnstored: boolean;
  /** Whether a message has arrived since the connection was opened. */
  isUsed: boolean;
  /** The turn that is under way: it receives the messages. */
  listener: SocketListener | undefined;
  isOpen(): boolean;
  send(text: string): void;
  close(): void;
}

interface SocketListener {
  message(text: string): void;
  /** The connection has ended. */
  closed(error: Error): void;
}

export interface SocketTarget {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly dispatcher: Dispatcher | undefined;
}

/** Opens a WebSocket. Rejects when the server refuses it, and with `signal.reason` when the signal aborts. */
export async function openSocket(
  { url, headers, dispatcher }: SocketTarget,
  { signal, closed }: { readonly signal: AbortSignal; readonly closed: (session: SocketSession) => void },
): Promise<SocketSession> {
  const { WebSocket } = await loadUndici();
  signal.throwIfAborted();
  const socket = new WebSocket(url, {
    headers: { ...headers },
    ...(dispatcher === undefined ? undefined : { dispatcher }),
  });
  const { promise, resolve, reject } = Promise.withResolvers<undefined>();
  const session: SocketSession = {
    openedAtMs: Date.now(),
    lastResponse: undefined,
    holdsUnstored: false,
    isUsed: false,
    listener: undefined,
    isOpen: () => socket.readyState === WebSocket.OPEN,
    send: (text) => {
      socket.send(text);
    },
    close: () => {
      socket.close();
    },
  };
  socket.addEventListener('open', () => {
    resolve(undefined);
  });
  socket.addEventListener('message', ({ data }: { readonly data: unknown }) => {
    session.isUsed = true;
    // The service sends text only.
    if (typeof data === 'string') session.listener?.message(data);
  });
  // Every `error` is followed by a `close`.
  socket.addEventListener('close', ({ code, reason }) => {
    const words = reason === '' ? '' : `, ${JSON.stringify(reason)}`;
    const error = Object.assign(new TypeError(`The WebSocket was closed (${code}${words}).`), {
      code: 'UND_ERR_SOCKET',
    });
    reject(error);
    closed(session);
    session.listener?.closed(error);
    session.listener = undefined;
  });
  const abort = (): void => {
    reject(signal.reason);
    socket.close();
  };
  signal.addEventListener('abort', abort, { once: true });
  try {
    await promise;
    return session;
  } finally {
    signal.removeEventListener('abort', abort);
  }
}
