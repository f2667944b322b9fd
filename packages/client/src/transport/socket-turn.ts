import { createBodyQueue } from './body-queue.ts';
import type { BodyQueue } from './body-queue.ts';
import type { SocketSession } from './socket-session.ts';
import type { TransportHeaders, TransportResponse } from './transport.ts';

/** One `response.create` on a socket, and its answer. */
export interface SocketTurn {
  /** The message to send. */
  readonly text: string;
  /** Whether the caller wants events, or the whole response at its end. */
  readonly isStream: boolean;
  readonly signal: AbortSignal;
  /** The turn is over. `isKept`: the socket can take another one. */
  readonly over: (isKept: boolean) => void;
}

/** The connection ended before it brought any event: the turn may be sent over another one. */
export class SocketLostError extends Error {
  override readonly name = 'SocketLostError';
  /** The error for the caller when there is no other connection. */
  readonly lost: Error;

  constructor(lost: Error) {
    super(lost.message);
    this.lost = lost;
  }
}

interface ServerEvent {
  readonly type?: string;
  readonly status?: unknown;
  readonly headers?: unknown;
  readonly error?: { readonly code?: unknown; readonly headers?: unknown } | null;
  readonly response?: { readonly id?: unknown; readonly error?: unknown };
}

/** The events after which a socket is free again. */
const last = /^(?:response\.(?:completed|incomplete|failed|cancelled)|error)$/;

/**
 * Sends a turn and returns its events as an HTTP answer would: server-sent events, or the response as JSON. An error in
 * place of the first event becomes an answer with the status that the error names.
 */
export function takeTurn(session: SocketSession, turn: SocketTurn): Promise<TransportResponse> {
  const { signal } = turn;
  return new Promise((resolve, reject) => {
    let queue: BodyQueue | undefined;
    let isOver = false;
    let hasBegun = false;

    const end = (isKept: boolean): boolean => {
      if (isOver) return false;
      isOver = true;
      session.listener = undefined;
      signal.removeEventListener('abort', abort);
      turn.over(isKept);
      return true;
    };
    /** The protocol cannot cancel a turn, so the connection is closed. */
    const stop = (reason: unknown): void => {
      if (!end(false)) return;
      queue?.fail(reason, true);
      // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- The caller's own reason passes through as it is.
      reject(reason);
    };
    const abort = (): void => {
      stop(signal.reason);
    };
    const begin = (): BodyQueue => {
      if (queue !== undefined) return queue;
      queue = createBodyQueue({
        resume: () => undefined,
        cancel: () => {
          stop(new DOMException('The body was not read to its end.', 'AbortError'));
        },
      });
      const headers = headersOf({ 'content-type': 'text/event-stream' });
      resolve({ status: 200, headers, body: queue.body, destroy: stop });
      return queue;
    };
    const answer = (status: number, body: unknown, more: Readonly<Record<string, string>> = {}): void => {
      const whole = createBodyQueue({ resume: () => undefined, cancel: () => undefined });
      whole.push(Buffer.from(JSON.stringify(body)));
      whole.end();
      const headers = headersOf({ ...more, 'content-type': 'application/json' });
      resolve({ status, headers, body: whole.body, destroy: () => undefined });
    };

    session.listener = {
      message: (text) => {
        hasBegun = true;
        const event = parse(text);
        const isLast = last.test(event.type ?? '');
        if (typeof event.response?.id === 'string') session.lastResponse = event.response.id;
        if (event.type === 'error' && queue === undefined) {
          // A socket that has lived for an hour takes no more turns.
          end(event.error?.code !== 'websocket_connection_limit_reached');
          if (event.error?.code === 'websocket_connection_limit_reached')
            reject(new SocketLostError(new TypeError('The WebSocket has reached its time limit.')));
          else answer(statusOf(event), { error: event.error ?? {} }, textsOf(event));
          return;
        }
        if (turn.isStream) begin().push(Buffer.from(`data: ${text}\n\n`));
        if (!isLast) return;
        end(event.type !== 'error');
        if (turn.isStream) begin().end();
        else if (event.type === 'response.failed')
          answer(statusOf({ error: event.response?.error }), { error: event.response?.error });
        else answer(200, event.response);
      },
      closed: (error) => {
        if (!end(false)) return;
        queue?.fail(error);
        reject(hasBegun ? error : new SocketLostError(error));
      },
    };
    if (signal.aborted) {
      abort();
      return;
    }
    signal.addEventListener('abort', abort);
    session.send(turn.text);
  });
}

function parse(text: string): ServerEvent {
  try {
    return (JSON.parse(text) ?? {}) as ServerEvent;
  } catch {
    return {};
  }
}

/** The status that the same error has over HTTP. */
function statusOf({ status, error }: { status?: unknown; error?: unknown }): number {
  if (typeof status === 'number' && status >= 400 && status < 600) return status;
  const { code, type } = (error ?? {}) as { readonly code?: unknown; readonly type?: unknown };
  const words = `${String(code)} ${String(type)}`;
  if (/rate_limit|too_many_requests/.test(words)) return 429;
  return /invalid_request|_not_found|invalid_|content_filter|context_length/.test(words) ? 400 : 500;
}

/** Headers that an error event contains, such as `retry-after-ms`. */
function textsOf({ headers, error }: ServerEvent): Record<string, string> {
  const all = { ...(error?.headers as object | undefined), ...(headers as object | undefined) };
  return Object.fromEntries(
    Object.entries(all).flatMap(([name, value]) =>
      typeof value === 'string' || typeof value === 'number' ? [[name.toLowerCase(), String(value)]] : [],
    ),
  );
}

function headersOf(values: Readonly<Record<string, string>>): TransportHeaders {
  return {
    get: (name) => values[name.toLowerCase()] ?? null,
    [Symbol.iterator]: () => Object.entries(values)[Symbol.iterator](),
  };
}
