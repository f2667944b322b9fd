import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A listening port. */
export interface Listener {
  readonly port: number;
  /** Resolves when the port is free and every connection is gone. */
  close(): Promise<void>;
}

/** Listens on `port` (0 = any). */
export async function listen(
  handler: RequestListener,
  { port = 0, host = '127.0.0.1' }: { readonly port?: number; readonly host?: string } = {},
): Promise<Listener> {
  // An idle connection stays open until the caller or `close` ends it: no race between reuse and time-out.
  const server = createServer({ keepAliveTimeout: 0 }, handler);
  server.on('clientError', (_error, socket) => {
    if (!socket.writable) return;
    const body = '{"error":{"code":"BadRequest","message": "The request is malformed."}}';
    socket.end(
      `HTTP/1.1 400 Bad Request\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\nConnection: close\r\n\r\n${body}`,
    );
  });
  const { promise, resolve, reject } = Promise.withResolvers<undefined>();
  server.once('error', reject);
  server.listen(port, host, () => {
    resolve(undefined);
  });
  await promise;
  return {
    port: (server.address() as AddressInfo).port,
    async close() {
      const closed = Promise.withResolvers<undefined>();
      server.close(() => {
        closed.resolve(undefined);
      });
      server.closeAllConnections();
      await closed.promise;
    },
  };
}
