import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { afterEach } from 'vitest';
import { readBytes } from '../src/transport/transport.ts';
import type { Transport, TransportRequest, TransportResponse } from '../src/transport/transport.ts';
import { undiciTransport } from '../src/transport/undici-transport.ts';
import type { UndiciTransportOptions } from '../src/transport/undici-transport.ts';

export type Handler = (request: IncomingMessage, response: ServerResponse) => void;

/** A server of a test, and the connections to it that are open. */
export interface Origin {
  readonly origin: string;
  readonly server: Server;
  readonly sockets: ReadonlySet<Socket>;
  /** How many connections were ever opened. */
  readonly connections: () => number;
}

/** Servers and transports that are closed after each test. */
export interface TransportFixture {
  readonly serve: (handler: Handler) => Promise<Origin>;
  readonly transport: (options?: UndiciTransportOptions) => Transport;
}

export function useTransports(): TransportFixture {
  const cleanUps: (() => unknown)[] = [];
  afterEach(async () => {
    for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
  });
  return {
    serve: async (handler) => {
      const server = createServer(handler);
      const sockets = new Set<Socket>();
      let connections = 0;
      server.on('connection', (socket) => {
        connections += 1;
        sockets.add(socket);
        socket.on('close', () => sockets.delete(socket));
      });
      server.listen(0, '127.0.0.1');
      await once(server, 'listening');
      cleanUps.push(() => {
        server.closeAllConnections();
        server.close();
      });
      const { port } = server.address() as AddressInfo;
      return { origin: `http://127.0.0.1:${port}`, server, sockets, connections: () => connections };
    },
    transport: (options) => {
      const transport = undiciTransport({ env: {}, ...options });
      cleanUps.push(() => transport.close?.());
      return transport;
    },
  };
}

const quiet = new AbortController().signal;

export function getRequest(url: string, more: Partial<TransportRequest> = {}): TransportRequest {
  return { url, method: 'GET', headers: {}, signal: quiet, ...more };
}

export async function textOf({ body }: TransportResponse): Promise<string> {
  return String(await readBytes(body));
}

/** Waits until a socket is closed. */
export async function closed(socket: Socket | undefined): Promise<void> {
  if (socket?.closed === false) await once(socket, 'close');
}

/** Answers with what was sent. */
export const echo: Handler = (request, response) => {
  let body = '';
  request.on('data', (chunk: Buffer) => (body += chunk.toString()));
  request.on('end', () => {
    response.setHeader('X-Some-Header', 'some value');
    response.end(
      JSON.stringify({ method: request.method, url: request.url, headers: request.headers, body }),
    );
  });
};
