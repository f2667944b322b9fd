import { once } from 'node:events';
import { createServer, request as send } from 'node:http';
import type { IncomingHttpHeaders, Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A request as the gateway got it. */
export interface GatewayRequest {
  readonly method: string;
  /** Path and query, as they came. */
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
}

/** A gateway such as API Management before one resource: a path of its own and, for keys, keys of its own. */
export interface Gateway {
  readonly endpoint: string;
  readonly requests: readonly GatewayRequest[];
  /** Sends everything there from now on. */
  redirectTo(location: string | undefined): void;
  close(): Promise<void>;
}

export interface GatewayOptions {
  readonly basePath: string;
  /** Origin of the resource behind it. */
  readonly backend: string;
  readonly keyHeader: string;
  /** Keys that callers have, and the key of the resource that they never see. */
  readonly keys: { readonly caller: string; readonly backend: string };
}

/** Starts a gateway. It answers 404 for every path but its own, and 401 for callers with neither a key nor a token. */
export async function startGateway(options: GatewayOptions): Promise<Gateway> {
  const { basePath, backend, keyHeader, keys } = options;
  const requests: GatewayRequest[] = [];
  let location: string | undefined;
  const server = createServer((incoming, outgoing) => {
    const { method = '', url = '', headers } = incoming;
    requests.push({ method, url, headers });
    const refuse = (status: number) => {
      incoming.resume();
      outgoing.writeHead(status, {
        'content-type': 'application/json',
        ...(status === 307 && location !== undefined ? { location } : undefined),
      });
      outgoing.end('{"statusCode":0,"message":"The gateway says no."}');
    };
    const { [keyHeader]: key, ...rest } = headers;
    if (location !== undefined) refuse(307);
    else if (!url.startsWith(`${basePath}/openai/`) || url.includes('//')) refuse(404);
    else if (key !== keys.caller && rest['authorization'] === undefined) refuse(401);
    else {
      const own = key === undefined ? rest : { ...rest, 'api-key': keys.backend };
      const onward = send(
        backend + url.slice(basePath.length),
        { method, headers: { ...own, host: new URL(backend).host } },
        (answer) => {
          outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
          answer.pipe(outgoing);
        },
      );
      onward.on('error', () => outgoing.destroy());
      incoming.pipe(onward);
    }
  });
  const endpoint = await listen(server);
  return {
    endpoint,
    requests,
    redirectTo: (there) => {
      location = there;
    },
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

async function listen(server: Server): Promise<string> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
