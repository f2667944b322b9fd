import { domainToASCII } from 'node:url';

/** An HTTP proxy, and where it was named. */
export interface Proxy {
  readonly url: URL;
  /** The variable or option that names it, for errors: `HTTPS_PROXY`. */
  readonly source: string;
}

/** Where the URL of a proxy is looked up. */
export interface ProxyOptions {
  /** From the options: a URL, or `false` for no proxy. */
  readonly proxy: string | false | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
}

const loopback = /^(localhost|127(\.\d+){3}|\[::1\]|.+\.localhost)$/;

/**
 * The proxy for an origin; `undefined` when it is called directly.
 * @throws TypeError with the code `PROXY_UNUSABLE` for a proxy that is no URL.
 */
export function proxyFor(origin: URL, { proxy, env }: ProxyOptions): Proxy | undefined {
  if (proxy === false || loopback.test(origin.hostname)) return undefined;
  const named = proxy === undefined ? fromEnv(origin, env) : { value: proxy, source: 'proxy' };
  if (named === undefined || isBypassed(origin, env['no_proxy'] ?? env['NO_PROXY'] ?? '')) return undefined;
  return { url: proxyUrl(named.value, named.source), source: named.source };
}

/** The first variable that has a value. An empty one counts as missing, as in curl. */
function fromEnv(origin: URL, env: ProxyOptions['env']): { value: string; source: string } | undefined {
  const http = ['http_proxy', 'HTTP_PROXY'];
  const names = origin.protocol === 'https:' ? ['https_proxy', 'HTTPS_PROXY', ...http] : http;
  for (const source of names) {
    const value = env[source]?.trim();
    if (value !== undefined && value !== '') return { value, source };
  }
  return undefined;
}

/** A value without a scheme means an HTTP proxy, as in curl. */
function proxyUrl(value: string, source: string): URL {
  const text = /^[a-z][a-z\d+.-]*:\/\//i.test(value) ? value : `http://${value}`;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url !== undefined && /^(https?|socks5?):$/.test(url.protocol) && url.hostname !== '') return url;
  throw proxyError('PROXY_UNUSABLE', {
    source,
    what: `${JSON.stringify(withoutSecrets(value))} is not the URL of a proxy`,
    remedy: 'Give a URL such as "http://proxy.contoso.com:8080".',
  });
}

/** The URL without what stands before its last `@`, which may hold a password. */
function withoutSecrets(value: string): string {
  return value.replace(/^([a-z][a-z\d+.-]*:\/\/)?[^]*@/i, '$1***@');
}

type ProxyErrorCode =
  /** Neither another attempt nor another target can succeed. */
  | 'PROXY_UNUSABLE'
  /** A later attempt, or one to another target, may succeed. */
  | 'PROXY_FAILED';

/** An error that names the variable or option of the proxy. */
export function proxyError(
  code: ProxyErrorCode,
  details: { source: string; what: string; remedy: string; cause?: unknown },
): TypeError {
  const { source, what, remedy, cause } = details;
  const message = `Cannot use the proxy of \`${source}\`: ${what}. ${remedy}`;
  return Object.assign(new TypeError(message, cause === undefined ? undefined : { cause }), { code });
}

/** The code of an error that `proxyError` made; `undefined` for any other error. */
export function proxyErrorCode(error: unknown): ProxyErrorCode | undefined {
  if (!(error instanceof TypeError) || !('code' in error)) return undefined;
  return error.code === 'PROXY_UNUSABLE' || error.code === 'PROXY_FAILED' ? error.code : undefined;
}

/** Whether `NO_PROXY` names a host: itself, a domain above it, either with a port, or `*` for all. */
export function isBypassed({ hostname, protocol, port }: URL, noProxy: string): boolean {
  const ownPort = port === '' ? (protocol === 'https:' ? '443' : '80') : port;
  return noProxy.split(/[,\s]/).some((entry) => {
    if (entry === '*') return true;
    const [name = '', wantedPort] = entry.split(/:(?=\d+$)/);
    const host = domainToASCII(name.replace(/^\*?\./, '')) || name.toLowerCase();
    if (host === '' || (wantedPort !== undefined && wantedPort !== ownPort)) return false;
    return hostname === host || hostname.endsWith(`.${host}`);
  });
}
