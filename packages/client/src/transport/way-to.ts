import { connect, type Socket } from 'node:net';
import { proxyFor } from './proxy.ts';
import { openTunnel } from './tunnel.ts';

/** How connections of `undiciTransport` reach an origin. */
export interface Way {
  /** The proxy in between, without its password, and the variable that names it; absent when the origin is called directly. */
  readonly proxy?: { readonly address: string; readonly source: string };
  /** Opens a connection without TLS, for a diagnosis. This does not work through a SOCKS proxy. */
  open(options: { readonly timeoutMs: number }): Promise<Socket>;
}

/**
 * How `undiciTransport` reaches an origin in an environment: for a diagnosis.
 * @throws TypeError with the code `PROXY_UNUSABLE` for a proxy that is no URL.
 */
export function wayTo(
  origin: URL | string,
  { env = process.env }: { readonly env?: Readonly<Record<string, string | undefined>> } = {},
): Way {
  const { hostname, protocol, port } = new URL(origin);
  const authority = { host: hostname, port: Number(port) || (protocol === 'https:' ? 443 : 80) };
  const proxy = proxyFor(new URL(origin), { proxy: undefined, env });
  if (proxy === undefined) return { open: ({ timeoutMs }) => openDirectly(authority, timeoutMs) };
  const { url, source } = proxy;
  return {
    proxy: { address: `${url.protocol}//${url.host}`, source },
    open: ({ timeoutMs }) =>
      url.protocol.startsWith('socks')
        ? Promise.reject(
            new TypeError(
              `Cannot test a connection through the SOCKS proxy of \`${source}\`: only HTTP proxies can be tested.`,
            ),
          )
        : openTunnel(proxy, { authority: `${authority.host}:${authority.port}`, timeoutMs }),
  };
}

function openDirectly(
  { host, port }: { readonly host: string; readonly port: number },
  timeoutMs: number,
): Promise<Socket> {
  const socket = connect({ host: host.replace(/^\[|\]$/g, ''), port });
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      socket.destroy(new Error(`no answer in ${timeoutMs} ms`));
    }, timeoutMs);
    socket.once('connect', () => {
      clearTimeout(timer);
      socket.off('error', reject);
      resolve(socket);
    });
    socket.once('error', reject);
    socket.once('close', () => {
      clearTimeout(timer);
    });
  });
}
