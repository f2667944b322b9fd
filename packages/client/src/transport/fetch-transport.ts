import type { Transport, TransportHeaders, TransportRequest, TransportResponse } from './transport.ts';

export interface FetchTransportOptions {
  /** Sends the requests. @default globalThis.fetch */
  readonly fetch?: typeof globalThis.fetch;
}

/**
 * Sends attempts through the `fetch` of the platform, where there are no sockets: Cloudflare Workers and other edge
 * runtimes. Connections, proxies and timeouts are those of that `fetch`. On Node.js use `undiciTransport`: it is
 * faster, and the `fetch` of Node.js gives up after five minutes without an answer.
 */
export function fetchTransport({ fetch }: FetchTransportOptions = {}): Transport {
  return async (request: TransportRequest): Promise<TransportResponse> => {
    // Looked up at each call, because tests and platforms replace it. Some versions must be called without a `this`.
    const send = fetch ?? globalThis.fetch;
    const { url, method, headers, body, signal } = request;
    signal.throwIfAborted();
    const response = await send(url, {
      method,
      headers,
      signal,
      redirect: 'manual',
      body: (body ?? null) as Exclude<RequestInit['body'], undefined>,
      // The standard requires `duplex` whenever a body is a stream (https://fetch.spec.whatwg.org/#dom-requestinit-duplex).
      ...(body instanceof ReadableStream ? { duplex: 'half' } : undefined),
    }).catch((error: unknown) => {
      signal.throwIfAborted();
      throw error;
    });
    if (response.type === 'opaqueredirect') {
      throw new TypeError(`Cannot follow a redirect of ${JSON.stringify(new URL(url).host)}.`);
    }
    return answerOf(response, signal);
  };
}

function answerOf(response: Response, signal: AbortSignal): TransportResponse {
  const reader = response.body?.getReader();
  let stopped: { readonly reason: unknown } | undefined;
  const destroy = (reason: unknown = new DOMException('The body was not read to its end.', 'AbortError')) => {
    if (stopped !== undefined) return;
    stopped = { reason };
    reader?.cancel(reason).catch(() => undefined);
  };
  async function read(): Promise<Uint8Array | undefined> {
    try {
      const result: { readonly value?: Uint8Array } | undefined = await reader?.read();
      // After a cancel, `read` answers `done`.
      if (stopped !== undefined) throw stopped.reason;
      return result?.value;
    } catch (error) {
      signal.throwIfAborted();
      throw error;
    }
  }
  async function* body(): AsyncGenerator<Uint8Array, void> {
    try {
      for (let chunk = await read(); chunk !== undefined; chunk = await read()) yield chunk;
    } finally {
      destroy();
    }
  }
  return { status: response.status, headers: unpackedHeaders(response.headers), body: body(), destroy };
}

/** `fetch` decompresses the body but leaves `content-encoding` and `content-length` as they were sent. */
function unpackedHeaders(headers: Headers): TransportHeaders {
  if (!headers.has('content-encoding')) return headers;
  const unpacked = new Headers(headers);
  for (const name of ['content-encoding', 'content-length']) unpacked.delete(name);
  return unpacked;
}
