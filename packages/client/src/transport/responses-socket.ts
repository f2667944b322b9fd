import type { Dispatcher } from 'undici';
import { socketPool } from './socket-pool.ts';
import type { SocketWanted } from './socket-pool.ts';
import { SocketLostError, takeTurn } from './socket-turn.ts';
import type { Transport, TransportRequest, TransportResponse } from './transport.ts';
import { undiciTransport } from './undici-transport.ts';

export interface ResponsesSocketOptions {
  /** Sends everything else: other operations, background work, and resources without WebSockets. @default undiciTransport() */
  readonly transport?: Transport;
  /** How long an unused connection is kept, with the response that it keeps in memory. @default 300_000 */
  readonly idleMs?: number;
  /** Unused connections to one place with one credential. @default 64 */
  readonly mostIdle?: number;
  /** How long a connection takes new turns: the service ends it after an hour. @default 3_300_000 */
  readonly maxAgeMs?: number;
  /** How long a resource that refused a WebSocket is called over HTTP before it is asked again. @default 60_000 */
  readonly refusedMs?: number;
  /** URL of a proxy, or `false` for none. @default `HTTPS_PROXY` and `HTTP_PROXY` */
  readonly proxy?: string | false;
  /** Opens the connections. You close it: the transport does not. */
  readonly dispatcher?: Dispatcher;
  /** Where proxies are looked up. @default process.env */
  readonly env?: Readonly<Record<string, string | undefined>>;
}

/**
 * Sends `responses.create` over WebSockets that are kept open (https://learn.microsoft.com/azure/foundry/openai/how-to/websockets):
 * a turn that goes on after the last response of a connection is sent over that connection, also with `store: false`.
 * Everything above it stays as it is: routing, signing, quota, retries, events and what the SDK returns.
 */
export function responsesSocket(options: ResponsesSocketOptions = {}): Transport {
  const { proxy, env = process.env, dispatcher } = options;
  const { transport = undiciTransport(), refusedMs = 60_000 } = options;
  const { idleMs = 300_000, maxAgeMs = 3_300_000, mostIdle = 64 } = options;
  const pool = socketPool({ idleMs, maxAgeMs, mostIdle, dispatcher, proxy: { proxy, env } });
  /** Origins that refused a WebSocket, and when each is asked again. */
  const refused = new Map<string, number>();

  async function overSocket(request: TransportRequest, turn: Turn): Promise<TransportResponse> {
    for (let isSecond = false; ; isSecond = true) {
      const session = await pool
        .take(turn, { signal: request.signal, isNew: isSecond })
        .catch((cause: unknown) => {
          request.signal.throwIfAborted();
          throw new SocketRefusedError('The resource does not accept a WebSocket.', { cause });
        });
      const wasUsed = session.isUsed;
      session.holdsUnstored = !turn.isStored;
      try {
        const { signal } = request;
        const over = (isKept: boolean) => {
          pool.giveBack(turn.key, session, isKept);
        };
        return await takeTurn(session, { text: turn.text, isStream: turn.isStream, signal, over });
      } catch (error) {
        if (!(error instanceof SocketLostError)) throw error;
        // The service may close a connection at any time, also while a turn is being sent over it.
        if (isSecond || !wasUsed) throw error.lost;
      }
    }
  }

  const send = async (request: TransportRequest): Promise<TransportResponse> => {
    const turn = turnOf(request);
    if (turn === undefined || (refused.get(turn.url.origin) ?? 0) > Date.now()) return transport(request);
    try {
      return await overSocket(request, turn);
    } catch (error) {
      if (!(error instanceof SocketRefusedError)) throw error;
      // The same request over HTTP is answered with a status, and with the reason.
      refused.set(turn.url.origin, Date.now() + refusedMs);
      return transport(request);
    }
  };
  const close = async (): Promise<void> => {
    await pool.close();
    await transport.close?.();
  };
  return Object.assign(send, { close });
}

class SocketRefusedError extends Error {
  override readonly name = 'SocketRefusedError';
}

interface Turn extends SocketWanted {
  readonly text: string;
  readonly isStream: boolean;
  readonly isStored: boolean;
}

/** Headers of one HTTP request that do not belong on a connection. */
const ofOneRequest = new Set([
  'accept',
  'baggage',
  'content-type',
  'traceparent',
  'tracestate',
  'x-ms-client-request-id',
]);

/** The turn that a request asks for; `undefined` for one that cannot be made over a WebSocket. */
function turnOf({ url: given, method, headers, body }: TransportRequest): Turn | undefined {
  if (method !== 'POST' || typeof body !== 'string') return undefined;
  const url = typeof given === 'string' ? given : given.href;
  if (!url.endsWith('/openai/v1/responses')) return undefined;
  const fields = readFields(body);
  if (fields === undefined || fields['background'] === true) return undefined;
  const { stream, background: _, ...rest } = fields;
  const target = new URL(url);
  const own = Object.fromEntries(Object.entries(headers).filter(([name]) => !ofOneRequest.has(name)));
  target.protocol = target.protocol === 'http:' ? 'ws:' : 'wss:';
  return {
    url: target,
    headers: own,
    key: JSON.stringify([target.href, Object.entries(own).sort()]),
    text: JSON.stringify({ type: 'response.create', ...rest }),
    isStream: stream === true,
    isStored: rest['store'] !== false,
    previous: rest['previous_response_id'],
  };
}

function readFields(body: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const fields: unknown = JSON.parse(body);
    return typeof fields === 'object' && fields !== null ? (fields as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
