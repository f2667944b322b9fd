import { createServer as createHttpServer } from 'node:http';
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { Server as HttpsServer } from 'node:https';
import { createServer as createNetServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { hostCheck, wrongHost } from '../caller-names.ts';
import { thrownMessage } from '../thrown-message.ts';
import { certificateFor } from './loopback-certificate.ts';

/** A request with its body read. */
export interface PlainRequest {
  readonly method: string;
  readonly url: URL;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  /** Aborts when the caller hangs up. */
  readonly signal: AbortSignal;
}

export interface PlainResponse {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  readonly body?: string;
}

/** `'reset'` cuts the connection instead of answering. */
export type PlainHandler = (request: PlainRequest) => Promise<PlainResponse | 'reset'>;

/** One port of a neighbour of the service: identity, Resource Manager, Search. It speaks HTTP and HTTPS. */
export interface Listener {
  /** For example `http://127.0.0.1:53211`. Known once `start` has resolved. */
  readonly origin: string;
  /** The same port with TLS, which Azure's clients require before they send a token. */
  readonly secureOrigin: string;
  start(): Promise<void>;
  close(): Promise<void>;
}

export interface ListenerOptions {
  readonly handle: PlainHandler;
  /** @default 0, any free port */
  readonly port?: number;
  /** @default '127.0.0.1' */
  readonly host?: string | undefined;
  /** Answers a body over 16 MiB. @default 413 without a body */
  readonly tooLarge?: () => PlainResponse;
}

/** Larger bodies are answered with 413. */
const maxBodyBytes = 16 * 1024 * 1024;

/** Up to this length the rest is read and discarded, so that the caller can read the answer. Then the connection is cut. */
const maxDiscardedBytes = 256 * 1024 * 1024;

/** First byte of a TLS handshake (RFC 8446, section 5.1). No HTTP method starts with it. */
const handshake = 0x16;

/** A listener that is not yet started. */
export function createListener(options: ListenerOptions): Listener {
  const { handle, port = 0, host = '127.0.0.1', tooLarge = () => ({ status: 413 }) } = options;
  const sockets = new Set<Socket>();
  const isNamed = hostCheck(host);
  const answer = (request: IncomingMessage, response: ServerResponse) => {
    if (!isNamed(request.headers.host)) {
      request.resume();
      response.writeHead(421, { 'content-type': 'text/plain', connection: 'close' });
      response.end(wrongHost(request.headers.host));
      return;
    }
    const origin = 'encrypted' in request.socket ? listener.secureOrigin : listener.origin;
    void serve({ request, response, handle, origin, tooLarge });
  };
  const plain = createHttpServer(answer);
  let secure: HttpsServer | undefined;
  const server = createNetServer((socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    socket.once('error', () => socket.destroy());
    socket.once('readable', () => {
      const first = socket.read(1) as Buffer | null;
      if (first === null) return;
      socket.unshift(first);
      // The certificate is made when somebody connects: most tests never speak TLS.
      const speaker =
        first[0] === handshake ? (secure ??= createHttpsServer(certificateFor(host), answer)) : plain;
      speaker.emit('connection', socket);
    });
  });
  const shownHost = ['0.0.0.0', '::'].includes(host) ? '127.0.0.1' : host;
  const authority = () => `${shownHost.includes(':') ? `[${shownHost}]` : shownHost}:${boundPort}`;
  let boundPort = 0;
  const listener: Listener = {
    get origin() {
      return `http://${authority()}`;
    },
    get secureOrigin() {
      return `https://${authority()}`;
    },
    async start() {
      const { promise, resolve, reject }: PromiseWithResolvers<void> = Promise.withResolvers();
      server.once('error', reject);
      server.listen(port, host, resolve);
      await promise;
      server.off('error', reject);
      boundPort = (server.address() as AddressInfo).port;
    },
    async close() {
      if (!server.listening) return;
      const { promise, resolve }: PromiseWithResolvers<void> = Promise.withResolvers();
      server.close(() => {
        resolve();
      });
      for (const socket of sockets) socket.destroy();
      await promise;
    },
  };
  return listener;
}

interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly handle: PlainHandler;
  readonly origin: string;
  readonly tooLarge: () => PlainResponse;
}

async function serve({ request, response, handle, origin, tooLarge }: Exchange): Promise<void> {
  const hangUp = new AbortController();
  response.once('close', () => {
    hangUp.abort();
  });
  try {
    // Not resolved against the origin: `//host/` is a path here.
    const url = new URL(origin + (request.url?.startsWith('/') === true ? request.url : '/'));
    const body = await read(request);
    const result =
      body === undefined
        ? closing(tooLarge())
        : await handle({
            method: request.method ?? 'GET',
            url,
            headers: request.headers,
            body,
            signal: hangUp.signal,
          });
    if (result === 'reset') {
      request.socket.destroy();
      return;
    }
    const text = result.body ?? '';
    response.writeHead(result.status, {
      ...(result.headers as Record<string, string | string[]> | undefined),
      'content-length': Buffer.byteLength(text),
    });
    response.end(request.method === 'HEAD' ? undefined : text);
  } catch (error) {
    if (hangUp.signal.aborted) return;
    if (!response.headersSent)
      response.writeHead(error instanceof TypeError || error instanceof URIError ? 400 : 500, {
        'content-type': 'text/plain',
      });
    response.end(thrownMessage(error));
  }
}

function closing(response: PlainResponse): PlainResponse {
  return { ...response, headers: { ...response.headers, connection: 'close' } };
}

/** The body; `undefined` when it is too large. */
async function read(request: IncomingMessage): Promise<string | undefined> {
  let chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > maxDiscardedBytes) return undefined;
    if (bytes <= maxBodyBytes) chunks.push(chunk);
    else chunks = [];
  }
  return bytes > maxBodyBytes ? undefined : Buffer.concat(chunks).toString('utf8');
}

/** A JSON answer. */
export function json(
  status: number,
  value: unknown,
  headers: Readonly<Record<string, string>> = {},
): PlainResponse {
  return {
    status,
    headers: { 'content-type': 'application/json; charset=utf-8', ...headers },
    body: JSON.stringify(value),
  };
}
