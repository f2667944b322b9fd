import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { hostCheck, wrongHost } from '../caller-names.ts';
import type { Certificate } from '../neighbour/certificate.ts';

/** A listening port. */
export interface Listener {
  readonly port: number;
  /** Refuses new connections and ends existing ones, until `accept` was called the same number of times. */
  refuse(): void;
  /** Accepts connections on the same port again, unless another refusal still holds. */
  accept(): Promise<void>;
  /** Resolves when the port is free and every connection is gone. Running answers get `graceMs` to finish. */
  close(graceMs?: number): Promise<void>;
}

export interface ListenOptions {
  /** 0 is any free port. @default 0 */
  readonly port?: number;
  /** @default '127.0.0.1' */
  readonly host?: string;
  /** Serves HTTPS with it. */
  readonly certificate?: Certificate;
  /** Accepted names, besides those of this machine. */
  readonly names?: readonly string[];
  /** Answers requests that want a WebSocket. */
  readonly upgrade?: (incoming: IncomingMessage, socket: Duplex, head: Buffer) => void;
}

/** Listens on a port. */
export async function listen(
  handler: RequestListener,
  { port: wanted = 0, host = '127.0.0.1', certificate, names = [], upgrade }: ListenOptions = {},
): Promise<Listener> {
  const isNamed = hostCheck(host, names);
  const guarded: RequestListener = (incoming, outgoing) => {
    if (isNamed(incoming.headers.host)) handler(incoming, outgoing);
    else refuseHost(incoming, outgoing);
  };
  // An idle connection stays open until the caller or `close` ends it: no race between reuse and time-out.
  const options = { keepAliveTimeout: 0, shouldUpgradeCallback: isWebSocket };
  const server =
    certificate === undefined
      ? createServer(options, guarded)
      : createSecureServer(
          { ...options, key: certificate.privateKey, cert: certificate.certificate },
          guarded,
        );
  server.on('clientError', refuseMalformed);
  // The server no longer counts a connection as its own once it is a WebSocket.
  const upgraded = new Set<Duplex>();
  if (upgrade !== undefined) {
    server.on('upgrade', (incoming, socket, head) => {
      if (!isNamed(incoming.headers.host)) {
        socket.end(answerText('421 Misdirected Request', wrongHostBody(incoming.headers.host)));
        return;
      }
      upgraded.add(socket);
      socket.once('close', () => upgraded.delete(socket));
      upgrade(incoming, socket, head);
    });
  }
  const closeAll = (): void => {
    server.closeAllConnections();
    for (const socket of upgraded) socket.destroy();
  };
  await bind(server, wanted, host);
  const { port } = server.address() as AddressInfo;
  let refusals = 0;
  return {
    port,
    refuse() {
      refusals += 1;
      server.close();
      closeAll();
    },
    async accept() {
      refusals -= 1;
      if (refusals === 0) await bind(server, port, host);
    },
    async close(graceMs = 0) {
      const { promise, resolve }: PromiseWithResolvers<void> = Promise.withResolvers();
      server.close(() => {
        resolve();
      });
      if (graceMs === 0) closeAll();
      else server.closeIdleConnections();
      const timer = setTimeout(closeAll, graceMs);
      await Promise.all([promise, ...Array.from(upgraded, ended)]);
      clearTimeout(timer);
    },
  };
}

async function ended(socket: Duplex): Promise<void> {
  const { promise, resolve }: PromiseWithResolvers<void> = Promise.withResolvers();
  if (socket.closed) return;
  socket.once('close', resolve);
  await promise;
}

async function bind(server: Server, port: number, host: string): Promise<void> {
  const { promise, resolve, reject }: PromiseWithResolvers<void> = Promise.withResolvers();
  server.once('error', reject);
  server.listen(port, host, resolve);
  await promise;
  server.off('error', reject);
}

function refuseMalformed(error: Error & { readonly code?: string }, socket: Duplex): void {
  if (!socket.writable) return;
  const { status, body } = malformedAnswers[error.code ?? ''] ?? {
    status: '400 Bad Request',
    body: '{"error":{"code":"BadRequest","message": "The request is malformed."}}',
  };
  socket.end(answerText(status, body), () => socket.destroy());
}

function answerText(status: string, body: string): string {
  return `HTTP/1.1 ${status}\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`;
}

/** Not in the journal and without headers of the mock: the caller did not mean this server. */
function refuseHost(incoming: IncomingMessage, outgoing: ServerResponse): void {
  incoming.resume();
  outgoing
    .writeHead(421, { 'content-type': 'application/json', connection: 'close' })
    .end(wrongHostBody(incoming.headers.host));
}

function wrongHostBody(host: string | undefined): string {
  return JSON.stringify({ error: { code: '421', message: wrongHost(host) } });
}

const malformedAnswers: Readonly<Record<string, { readonly status: string; readonly body: string }>> = {
  HPE_HEADER_OVERFLOW: {
    status: '431 Request Header Fields Too Large',
    body: '{"error":{"code":"RequestHeaderFieldsTooLarge","message": "The request headers are too large."}}',
  },
  ERR_HTTP_REQUEST_TIMEOUT: {
    status: '408 Request Timeout',
    body: '{"error":{"code":"Timeout","message":"The operation was timeout."}}',
  },
};

/** Java's client offers HTTP/2 in clear text with every first request: it expects an answer over HTTP/1.1, not a refusal. */
function isWebSocket({ headers }: IncomingMessage): boolean {
  return headers.upgrade?.toLowerCase() === 'websocket';
}
