import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { Socket } from 'node:net';
import type { buildConnector } from 'undici';
import { proxyError } from './proxy.ts';
import type { Proxy } from './proxy.ts';

type Connector = buildConnector.connector;

/** How the sockets of a tunnel are opened. */
export interface TunnelOptions {
  /** Starts TLS within the tunnel. */
  readonly connect: Connector;
  readonly timeoutMs: number;
}

/** Opens sockets through an HTTP proxy, by CONNECT (RFC 9110, 9.3.6). */
export function tunnelConnector(proxy: Proxy, { connect, timeoutMs }: TunnelOptions): Connector {
  return (target, callback) => {
    const port = target.port === '' ? (target.protocol === 'https:' ? '443' : '80') : target.port;
    openTunnel(proxy, { authority: `${target.hostname}:${port}`, timeoutMs }).then(
      (socket) => {
        if (target.protocol === 'https:') connect({ ...target, httpSocket: socket }, callback);
        else callback(null, socket);
      },
      (error: unknown) => {
        callback(error as Error, null);
      },
    );
  };
}

interface Opening {
  readonly authority: string;
  readonly timeoutMs: number;
  /** Ends the opening, with its reason. */
  readonly signal?: AbortSignal;
}

/** A socket that a proxy has connected to `authority`. */
export function openTunnel(
  { url, source }: Proxy,
  { authority, timeoutMs, signal }: Opening,
): Promise<Socket> {
  const shown = JSON.stringify(`${url.protocol}//${url.host}`);
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    const limit = AbortSignal.timeout(timeoutMs);
    const request = (url.protocol === 'https:' ? httpsRequest : httpRequest)({
      hostname: url.hostname.replace(/^\[|\]$/g, ''),
      port: url.port === '' ? undefined : Number(url.port),
      method: 'CONNECT',
      path: authority,
      headers: { host: authority, ...authorization(url) },
      agent: false,
      signal: signal === undefined ? limit : AbortSignal.any([limit, signal]),
    });
    request.once('connect', ({ statusCode }, socket, head) => {
      if (statusCode === 200) {
        socket.unshift(head);
        resolve(socket);
        return;
      }
      socket.destroy();
      const what = `${shown} answered ${statusCode ?? 'nothing'} to CONNECT`;
      const remedy = `See that it lets ${JSON.stringify(authority)} through, or name the host in \`NO_PROXY\`.`;
      reject(
        statusCode === 407
          ? proxyError('PROXY_UNUSABLE', { source, what, remedy: 'Give its user and password in the URL.' })
          : proxyError('PROXY_FAILED', { source, what, remedy }),
      );
    });
    request.once('error', (cause) => {
      if (signal?.aborted === true) {
        // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- The caller's own reason passes through as it is.
        reject(signal.reason);
        return;
      }
      const why = cause.name === 'AbortError' ? `no answer within ${timeoutMs} ms` : cause.message;
      const what = `${shown} cannot be reached (${why})`;
      reject(proxyError('PROXY_FAILED', { source, what, remedy: 'See that it runs, or unset it.', cause }));
    });
    request.end();
  });
}

function authorization({ username, password }: URL): Readonly<Record<string, string>> {
  if (username === '') return {};
  const userAndPassword = `${decoded(username)}:${decoded(password)}`;
  return { 'proxy-authorization': `Basic ${Buffer.from(userAndPassword).toString('base64')}` };
}

/** A password with a `%` that begins no escape is taken as it is. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
