import { Agent } from 'undici';
import type { Dispatcher } from 'undici';
import type { Transport, TransportHeaders, TransportRequest, TransportResponse } from './transport.ts';

/** Sends attempts through a connection pool of its own. */
export function undiciTransport(): Transport {
  const agent = new Agent({ headersTimeout: 0, bodyTimeout: 0 });
  const send = async (request: TransportRequest): Promise<TransportResponse> => {
    const url = typeof request.url === 'string' ? new URL(request.url) : request.url;
    const answer = await agent.request({
      origin: url.origin,
      path: url.pathname + url.search,
      method: request.method,
      headers: request.headers,
      body: (request.body ?? null) as Dispatcher.DispatchOptions['body'] & null,
      signal: request.signal,
    });
    return {
      status: answer.statusCode,
      headers: headersOf(answer.headers),
      body: answer.body,
      destroy: () => {
        // A body that is destroyed early reports it as an error event that nobody waits for.
        answer.body.on('error', () => undefined);
        answer.body.destroy();
      },
    };
  };
  return Object.assign(send, { close: () => agent.close() });
}

function headersOf(raw: Readonly<Record<string, string | string[] | undefined>>): TransportHeaders {
  const get = (name: string): string | null => {
    const value = raw[name.toLowerCase()];
    if (value === undefined) return null;
    return typeof value === 'string' ? value : value.join(', ');
  };
  return {
    get,
    *[Symbol.iterator]() {
      for (const name of Object.keys(raw)) yield [name, get(name) ?? ''] as const;
    },
  };
}
