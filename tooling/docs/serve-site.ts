import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import sirv from 'sirv';

/** The built site over HTTP, for this machine only. Port 0 is any free one. */
export async function serveSite(port: number): Promise<{ readonly url: string; readonly close: () => void }> {
  const files = sirv(fileURLToPath(new URL('out/site', import.meta.url)), { extensions: ['html'] });
  const server = createServer((request, response) => {
    files(request, response, () => {
      response.writeHead(404).end('There is no such page.');
    });
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const close = () => {
    server.close();
    server.closeAllConnections();
  };
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, close };
}
