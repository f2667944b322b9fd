import { connect, type Socket } from 'node:net';
import { proxyFor } from './proxy.ts';
import { openTunnel } from './tunnel.ts';

/** How connections of `undiciTransport` reach an origin. */
export interface Way {
  /** The proxy in between, without its password, and the variable that names it; absent when the origin is called directly. */
  readonly proxy?: { readonly address: string; readonly source: string };
  /** Opens a connection without TLS, for a diagnosis. This does not work through a SOCKS proxy. */
  open(options: WayOptions): Promise<Socket>;
}

/** How long an opening may take, and what ends it. */
export interface WayOptions {
  readonly timeoutMs: number;
  /** Ends the opening, with its reason. A connection that is open stays open. */
  readonly signal?: AbortSignal;
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
  if (proxy === undefined) return { open: (options) => openDirectly(authority, options) };
  const { url, source } = proxy;
  return {
    proxy: { address: `${url.protocol}//${url.host}`, source },
    open: (options) =>
      url.protocol.startsWith('socks')
        ? Promise.reject(
            new TypeError(
              `Cannot test a connection through the SOCKS proxy of \`${source}\`: only HTTP proxies can be tested.`,
            ),
          )
        : openTunnel(proxy, { ...options, authority: `${authority.host}:${authority.port}` }),
  };
}

async function openDirectly(
  { host, port }: { readonly host: string; readonly port: number },
  { timeoutMs, signal }: WayOptions,
): Promise<Socket> {
  signal?.throwIfAborted();
  const socket = connect({ host: host.replace(/^\[|\]$/g, ''), port });
  const { promise, resolve, reject }: PromiseWithResolvers<void> = Promise.withResolvers();
  const timer = setTimeout(() => {
    reject(new Error(`no answer in ${timeoutMs} ms`));
  }, timeoutMs);
  const abort = () => {
    reject(signal?.reason);
  };
  signal?.addEventListener('abort', abort, { once: true });
  socket.once('connect', resolve);
  socket.once('error', reject);
  try {
    await promise;
    return socket;
  } catch (error) {
    socket.destroy();
    throw error;
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', abort);
    socket.off('error', reject);
  }
}
