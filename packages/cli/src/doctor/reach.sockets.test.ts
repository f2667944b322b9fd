import { X509Certificate } from 'node:crypto';
import { getEventListeners } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { createClientCertificate } from '@aoai/testing';
import { beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { isPrivate, reach, type ReachOptions } from './reach.ts';
import { useTrust } from '../trust.fake.ts';

const options: ReachOptions = {
  timeoutMs: 5000,
  now: Date.now,
  signal: new AbortController().signal,
  env: {},
};
const trust = useTrust();
/** For `localhost` only. */
let known: ReturnType<typeof createClientCertificate>;

beforeAll(() => {
  known = createClientCertificate('localhost');
  trust(known.certificate);
});

/** A server on this machine, and the sockets that are open to it. */
async function listening(server: Server): Promise<{ readonly port: number; readonly sockets: Set<Socket> }> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    // A server of HTTP leaves its half open.
    socket.on('end', () => socket.end());
    socket.on('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return { port: (server.address() as AddressInfo).port, sockets };
}

const silent = () => createServer((socket) => socket.resume());
const secure = ({ certificate, privateKey } = known) => {
  const server = createTlsServer({ cert: certificate, key: privateKey });
  server.on('tlsClientError', () => undefined);
  server.on('secureConnection', (socket) => {
    socket.on('error', () => undefined);
    socket.resume();
  });
  return server;
};

const allClosed = (sockets: ReadonlySet<Socket>) =>
  vi.waitFor(() => {
    expect(sockets.size).toBe(0);
  });

describe('a connection is closed again', () => {
  test('without TLS', async () => {
    const { port, sockets } = await listening(silent());
    expect(await reach(`http://127.0.0.1:${port}`, options)).toEqual([
      { check: 'dns', status: 'ok', cause: '127.0.0.1 is an address.' },
      { check: 'tcp', status: 'ok', cause: `Port ${port} answers.` },
      { check: 'tls', status: 'skipped', cause: 'Plain HTTP on this machine: there is no certificate.' },
    ]);
    await allClosed(sockets);
  });

  test('with a certificate that is trusted', async () => {
    const { port, sockets } = await listening(secure());
    const [dns, tcp, tls] = await reach(`https://localhost:${port}`, options);
    expect(dns).toMatchObject({
      status: 'ok',
      cause: expect.stringContaining('localhost has the private address') as string,
    });
    expect(tcp).toEqual({ check: 'tcp', status: 'ok', cause: `Port ${port} answers.` });
    expect(tls).toEqual({
      check: 'tls',
      status: 'ok',
      cause: expect.stringMatching(/^The certificate is valid until \d{4}-\d\d-\d\d\.$/) as string,
    });
    await allClosed(sockets);
  });

  test('where TLS does not answer within the limit', async () => {
    const { port, sockets } = await listening(silent());
    const found = await reach(`https://localhost:${port}`, { ...options, timeoutMs: 50 });
    expect(found[2]).toEqual({
      check: 'tls',
      status: 'error',
      problem: 'tls-failed',
      cause: 'No TLS connection to localhost (no answer in 50 ms).',
      fix: 'Check what stands in between: a proxy that inspects TLS, or an endpoint that is not HTTPS.',
    });
    await allClosed(sockets);
  });

  test('where something else than TLS answers', async () => {
    const { port, sockets } = await listening(
      createServer((socket) => socket.resume().end('HTTP/1.1 400 No\r\n\r\n')),
    );
    const found = await reach(`https://localhost:${port}`, options);
    expect(found[2]).toMatchObject({
      problem: 'tls-failed',
      cause: expect.stringContaining('(ERR_SSL_') as string,
    });
    await allClosed(sockets);
  });

  test('when it is interrupted during TLS, which ends with the reason and blames nobody', async () => {
    const connected = Promise.withResolvers<undefined>();
    const { port, sockets } = await listening(
      createServer((socket) => {
        socket.once('data', () => {
          connected.resolve(undefined);
        });
      }),
    );
    const interrupt = new AbortController();
    const reached = reach(`https://localhost:${port}`, { ...options, signal: interrupt.signal });
    await connected.promise;
    const reason = new Error('enough');
    interrupt.abort(reason);
    await expect(reached).rejects.toBe(reason);
    await allClosed(sockets);
  });

  test('when it is interrupted before the proxy has opened it', async () => {
    const asked = Promise.withResolvers<undefined>();
    const proxy = createHttpServer();
    proxy.on('connect', (_, socket) => {
      socket.resume();
      asked.resolve(undefined);
    });
    const { port, sockets } = await listening(proxy);
    const interrupt = new AbortController();
    const reached = reach('https://gateway.invalid', {
      ...options,
      signal: interrupt.signal,
      env: { HTTPS_PROXY: `http://127.0.0.1:${port}` },
    });
    await asked.promise;
    const reason = new Error('enough');
    interrupt.abort(reason);
    await expect(reached).rejects.toBe(reason);
    await allClosed(sockets);
  });
});

test('nothing is opened after an interrupt', async () => {
  const { port, sockets } = await listening(silent());
  const signal = AbortSignal.abort(new Error('enough'));
  await expect(reach(`http://127.0.0.1:${port}`, { ...options, signal })).rejects.toBe(signal.reason);
  expect(sockets.size).toBe(0);
});

test('an interrupt does not wait for the address of a host', async () => {
  const interrupt = new AbortController();
  const reached = reach('https://gateway.invalid', { ...options, signal: interrupt.signal });
  const reason = new Error('enough');
  interrupt.abort(reason);
  await expect(reached).rejects.toBe(reason);
});

test('an interrupt is not listened for any longer than it takes', async () => {
  const { signal } = new AbortController();
  const { port } = await listening(secure());
  await reach(`https://localhost:${port}`, { ...options, signal });
  await reach('http://127.0.0.1:9', { ...options, signal });
  expect(getEventListeners(signal, 'abort')).toEqual([]);
});

describe('the certificate', () => {
  const day = 86_400_000;
  /** What is said about a certificate of localhost, so long before its last moment. */
  async function said(beforeItEndsMs: number, { host = 'localhost', certificate = known } = {}) {
    const { port } = await listening(secure(certificate));
    const endsMs = Date.parse(new X509Certificate(certificate.certificate).validTo);
    const found = await reach(`https://${host}:${port}`, { ...options, now: () => endsMs - beforeItEndsMs });
    return { tls: found[2], until: new Date(endsMs).toISOString().slice(0, 10) };
  }

  test.each([
    [14 * day, 'ok', undefined],
    [14 * day - 1, 'warning', 'certificate-expiring'],
    [1, 'warning', 'certificate-expiring'],
    [0, 'error', 'certificate-expired'],
    [-day, 'error', 'certificate-expired'],
  ])('%i ms before it ends is: %s %s', async (beforeItEndsMs, status, problem) => {
    const { tls, until } = await said(beforeItEndsMs);
    expect([tls?.status, tls?.problem]).toEqual([status, problem]);
    expect(tls?.cause).toContain(until);
  });

  test('of another host is not for this one', async () => {
    const { tls } = await said(100 * day, { host: '127.0.0.1' });
    expect(tls).toMatchObject({
      status: 'error',
      problem: 'certificate-name',
      cause: 'The certificate is not for 127.0.0.1.',
    });
  });

  test('of a stranger is not trusted, and the reason is named', async () => {
    const { tls } = await said(100 * day, { certificate: createClientCertificate('localhost') });
    expect(tls).toMatchObject({
      status: 'error',
      problem: 'certificate-untrusted',
      cause: expect.stringMatching(/^The certificate of localhost is not trusted \([A-Z_]+\)\.$/) as string,
    });
  });
});

test('a port that is closed is named, with the reason', async () => {
  expect((await reach('http://127.0.0.1:1', options))[1]).toEqual({
    check: 'tcp',
    status: 'error',
    problem: 'unreachable',
    cause: 'Port 1 of 127.0.0.1 does not answer (ECONNREFUSED).',
    fix: 'Check the firewall and proxy of this network, and the networking page of the account (selected networks, private endpoint).',
  });
});

test('an address of IPv6 has no brackets where it is shown', async () => {
  const [dns] = await reach('http://[::1]:9', options);
  expect(dns).toEqual({ check: 'dns', status: 'ok', cause: '::1 is an address.' });
});

test('a host without an address is an error, unless a proxy finds it', async () => {
  const [dns, ...others] = await reach('https://gateway.invalid', options);
  expect(dns).toEqual({
    check: 'dns',
    status: 'error',
    problem: 'host-unknown',
    cause: expect.stringMatching(/^gateway\.invalid has no address \(E[A-Z_]+\)\.$/) as string,
    fix: expect.stringContaining('nslookup gateway.invalid') as string,
  });
  expect(others).toEqual([]);
});

test('what is behind a SOCKS proxy is not looked at', async () => {
  const env = { ALL_PROXY: 'socks5://ada:s3cret-of-ada@127.0.0.1:1', HTTPS_PROXY: 'socks5://127.0.0.1:1' };
  const [, tcp, ...others] = await reach('https://gateway.invalid', { ...options, env });
  expect(tcp).toEqual({
    check: 'tcp',
    status: 'skipped',
    cause: expect.stringMatching(
      /^Not looked at: the SOCKS proxy socks5:\/\/127\.0\.0\.1:1 of `[A-Z_]+` is in between\.$/,
    ) as string,
  });
  expect(others).toEqual([]);
});

test.each([
  ['110.1.2.3', false],
  ['1.10.2.3', false],
  ['127.0.0.1', true],
  ['169.254.169.254', true],
  ['169.253.1.1', false],
  ['172.15.0.1', false],
  ['172.20.0.1', true],
  ['172.31.0.1', true],
  ['172.3.0.1', false],
  ['192.169.1.1', false],
  ['::1', true],
  ['::12', false],
  ['fc00::1', true],
  ['FD00::1', true],
  ['fe80::1', true],
  ['fe00::1', false],
  ['::FFFF:192.168.0.1', true],
])('isPrivate(%j) is %j', (address, expected) => {
  expect(isPrivate(address)).toBe(expected);
});
