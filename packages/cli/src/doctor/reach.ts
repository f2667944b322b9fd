import { lookup } from 'node:dns/promises';
import { isIP, type Socket } from 'node:net';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import { abortable } from '../abortable.ts';
import { wayTo } from '@aoai/client';
import type { Way } from '@aoai/client';
import type { CheckResult } from './result.ts';

/** Limits and inputs of a connection check. */
export interface ReachOptions {
  readonly timeoutMs: number;
  readonly now: () => number;
  readonly signal: AbortSignal;
  /** The environment variables that name proxies. */
  readonly env: Readonly<Record<string, string | undefined>>;
}

type Partial = Omit<CheckResult, 'subject'>;

/** Resolves the host, connects as the client does, and checks the certificate. Stops at the first failure. */
export async function reach(endpoint: string, options: ReachOptions): Promise<readonly Partial[]> {
  const url = new URL(endpoint);
  const host = url.hostname.replace(/^\[|\]$/g, '');
  let way: Way;
  try {
    way = wayTo(url, options);
  } catch (error) {
    return [unusableProxy(error)];
  }
  // A look-up cannot be stopped, only left.
  const name = await abortable(findHost(host, way), options.signal);
  if (name.status === 'error') return [name];
  const tcp = await connected(url, way, options);
  if ('result' in tcp) return [name, tcp.result];
  const { socket } = tcp;
  try {
    const port: Partial = {
      check: 'tcp',
      status: 'ok',
      cause: `Port ${portOf(url)} answers${through(way)}.`,
    };
    if (url.protocol === 'https:') return [name, port, await certified(host, socket, options)];
    const cause = 'Plain HTTP on this machine: there is no certificate.';
    return [name, port, { check: 'tls', status: 'skipped', cause }];
  } finally {
    socket.destroy();
  }
}

function portOf(url: URL): number {
  return Number(url.port) || (url.protocol === 'https:' ? 443 : 80);
}

function through({ proxy }: Way): string {
  return proxy === undefined ? '' : ` through the proxy ${proxy.address} of \`${proxy.source}\``;
}

/** The error of the client names the variable, and has no password in it. */
function unusableProxy(error: unknown): Partial {
  const problem = 'proxy-unusable';
  const fix = 'Correct the variable, or name the host in `NO_PROXY`.';
  return { check: 'tcp', status: 'error', problem, cause: reason(error), fix };
}

async function findHost(host: string, way: Way): Promise<Partial> {
  const check = 'dns';
  if (isIP(host) !== 0) return { check, status: 'ok', cause: `${host} is an address.` };
  try {
    const addresses = (await lookup(host, { all: true })).map(({ address }) => address);
    const kind = addresses.every(isPrivate) ? 'private' : 'public';
    return {
      check,
      status: 'ok',
      cause: `${host} has the ${kind} address ${addresses.slice(0, 3).join(', ')}.`,
    };
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'no answer';
    if (way.proxy !== undefined) {
      const cause = `${host} has no address here (${code}); the proxy ${way.proxy.address} of \`${way.proxy.source}\` finds it.`;
      return { check, status: 'skipped', cause };
    }
    return {
      check,
      status: 'error',
      problem: 'host-unknown',
      cause: `${host} has no address (${code}).`,
      fix: `Check the spelling of the endpoint and that the account still exists; behind a private endpoint, check the private DNS zone: nslookup ${host}. Where only a proxy leads out, set \`HTTPS_PROXY\`.`,
    };
  }
}

/** Whether an address is private, which means a private endpoint. */
export function isPrivate(address: string): boolean {
  const plain = address.replace(/^::ffff:/i, '');
  return /^(10\.|127\.|169\.254\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.|::1$|f[cd][0-9a-f]{2}:|fe80:)/i.test(
    plain,
  );
}

async function connected(
  url: URL,
  way: Way,
  options: ReachOptions,
): Promise<{ readonly socket: Socket } | { readonly result: Partial }> {
  const check = 'tcp';
  if (way.proxy?.address.startsWith('socks') === true) {
    const cause = `Not looked at: the SOCKS proxy ${way.proxy.address} of \`${way.proxy.source}\` is in between.`;
    return { result: { check, status: 'skipped', cause } };
  }
  try {
    return { socket: await way.open(options) };
  } catch (error) {
    options.signal.throwIfAborted();
    if (way.proxy !== undefined) {
      const [problem, status] = ['proxy-failed', 'error'] as const;
      const fix = `See what \`${way.proxy.source}\` names, or name ${JSON.stringify(url.hostname)} in \`NO_PROXY\` if it can be reached without.`;
      return { result: { check, status, problem, cause: reason(error), fix } };
    }
    return {
      result: {
        check,
        status: 'error',
        problem: 'unreachable',
        cause: `Port ${portOf(url)} of ${url.hostname} does not answer (${reason(error)}).`,
        fix: 'Check the firewall and proxy of this network, and the networking page of the account (selected networks, private endpoint).',
      },
    };
  }
}

async function certified(host: string, opened: Socket, options: ReachOptions): Promise<Partial> {
  const check = 'tls';
  let socket: TLSSocket;
  try {
    // Nothing is sent, only the certificate is read: a bad one must not end the handshake before that.
    const servername = isIP(host) === 0 ? { servername: host } : {};
    socket = await secured(
      connectTls({ socket: opened, host, rejectUnauthorized: false, ...servername }),
      options,
    );
  } catch (error) {
    options.signal.throwIfAborted();
    return {
      check,
      status: 'error',
      problem: 'tls-failed',
      cause: `No TLS connection to ${host} (${reason(error)}).`,
      fix: 'Check what stands in between: a proxy that inspects TLS, or an endpoint that is not HTTPS.',
    };
  }
  const certificate = socket.getPeerCertificate();
  // Typed as an error by Node; absent before the connection is made.
  const problem = socket.authorized
    ? undefined
    : ((socket.authorizationError as Error | string | null) ?? 'unknown');
  const code =
    typeof problem === 'object' ? ((problem as NodeJS.ErrnoException).code ?? problem.message) : problem;
  socket.destroy();
  const until = Date.parse(certificate.valid_to);
  const day = Number.isNaN(until) ? 'an unknown day' : new Date(until).toISOString().slice(0, 10);
  const daysLeft = Math.floor((until - options.now()) / 86_400_000);
  if (until <= options.now()) {
    return {
      check,
      status: 'error',
      problem: 'certificate-expired',
      cause: `The certificate of ${host} expired on ${day}.`,
      fix: 'Renew the certificate of the gateway or custom domain; of an Azure host, check the clock of this machine.',
    };
  }
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') {
    return {
      check,
      status: 'error',
      problem: 'certificate-name',
      cause: `The certificate is not for ${host}.`,
      fix: 'Use the host name that the certificate names, or give the gateway a certificate for this one.',
    };
  }
  if (code !== undefined) {
    return {
      check,
      status: 'error',
      problem: 'certificate-untrusted',
      cause: `The certificate of ${host} is not trusted (${code}).`,
      fix: 'If a proxy of your own inspects TLS, set `NODE_EXTRA_CA_CERTS` to its certificate.',
    };
  }
  if (daysLeft < 14) {
    return {
      check,
      status: 'warning',
      problem: 'certificate-expiring',
      cause: `The certificate of ${host} expires on ${day}.`,
      fix: 'Renew it.',
    };
  }
  return { check, status: 'ok', cause: `The certificate is valid until ${day}.` };
}

/** The socket after the TLS handshake; destroyed when that takes too long. */
async function secured(socket: TLSSocket, options: ReachOptions): Promise<TLSSocket> {
  const { promise, resolve, reject }: PromiseWithResolvers<TLSSocket> = Promise.withResolvers();
  const signal = AbortSignal.any([options.signal, AbortSignal.timeout(options.timeoutMs)]);
  const give = () => {
    reject(new Error(`no answer in ${options.timeoutMs} ms`));
  };
  signal.addEventListener('abort', give, { once: true });
  socket.once('secureConnect', () => {
    resolve(socket);
  });
  socket.on('error', reject);
  try {
    return await promise;
  } catch (error) {
    socket.destroy();
    throw error;
  } finally {
    signal.removeEventListener('abort', give);
  }
}

function reason(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  return code === undefined || code.startsWith('PROXY_') ? message : code;
}
