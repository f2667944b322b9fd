import { createServer as createHttpServer, type Server } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { connect, type AddressInfo } from 'node:net';
import { apiKey } from '@aoai/auth';
import { defineConfig } from '@aoai/config';
import { createClientCertificate } from '@aoai/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { diagnose } from './diagnose.ts';
import type { CheckResult } from './result.ts';
import { useTrust } from '../trust.fake.ts';

/** A host that only the proxy can resolve. */
const host = 'gateway.invalid';
const completion = {
  id: 'c',
  object: 'chat.completion',
  created: 1,
  model: 'gpt-5.4',
  choices: [{ index: 0, finish_reason: 'stop', message: { role: 'assistant', content: 'pong' } }],
  usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 },
};

let service: Server;
let proxy: Server;
/** What the proxy was asked for. */
const tunnels: string[] = [];
let proxyStatus = 200;
const port = (server: Server) => (server.address() as AddressInfo).port;
const listening = (server: Server) =>
  new Promise<void>((resolve) =>
    server.listen(0, '127.0.0.1', () => {
      resolve();
    }),
  );
const trust = useTrust();

beforeAll(async () => {
  const { certificate, privateKey } = createClientCertificate(host);
  trust(certificate);
  service = createHttpsServer({ cert: certificate, key: privateKey }, (request, response) => {
    request.resume();
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify(completion));
  });
  proxy = createHttpServer();
  proxy.on('connect', (request, socket) => {
    tunnels.push(request.url ?? '');
    if (proxyStatus !== 200) {
      socket.end(`HTTP/1.1 ${proxyStatus} No\r\n\r\n`);
      return;
    }
    const onward = connect(port(service), '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connected\r\n\r\n');
      onward.pipe(socket).pipe(onward);
    });
    for (const one of [onward, socket])
      one.on('error', () => {
        onward.destroy();
        socket.destroy();
      });
  });
  await Promise.all([listening(service), listening(proxy)]);
});

afterAll(() => {
  for (const server of [service, proxy]) {
    server.closeAllConnections();
    server.close();
  }
});

const config = defineConfig({
  resources: { gateway: { endpoint: `https://${host}`, region: 'swedencentral' } },
  deployments: { chat: { resource: 'gateway', deployment: 'chat', model: 'gpt-5.4', sku: 'GlobalStandard' } },
  allowHosts: [host],
});

async function examine(env: Record<string, string>): Promise<readonly CheckResult[]> {
  const report = await diagnose(config, {
    credential: apiKey('key-of-the-gateway-0123456789'),
    env,
    timeoutMs: 5000,
    now: Date.now,
  });
  return report.results.filter(({ check }) => check !== 'config');
}

const about = (results: readonly CheckResult[], check: CheckResult['check']) =>
  results.find((result) => result.check === check);

describe('doctor goes the way of the client', () => {
  test('through the proxy: a host without an address here is no fault, and each check names the proxy', async () => {
    tunnels.length = 0;
    proxyStatus = 200;
    const address = `http://127.0.0.1:${port(proxy)}`;
    const results = await examine({ HTTPS_PROXY: address.replace('//', '//ada:s3cret-of-ada@') });
    expect(results.filter(({ status }) => status === 'error' || status === 'warning')).toEqual([]);
    expect(about(results, 'dns')).toMatchObject({
      status: 'skipped',
      cause: expect.stringContaining(`the proxy ${address} of \`HTTPS_PROXY\` finds it`) as string,
    });
    expect(about(results, 'tcp')?.cause).toBe(
      `Port 443 answers through the proxy ${address} of \`HTTPS_PROXY\`.`,
    );
    expect(about(results, 'tls')).toMatchObject({ status: 'ok' });
    expect(about(results, 'call')).toMatchObject({ status: 'ok', cause: 'The deployment answers.' });
    expect(tunnels.length).toBeGreaterThanOrEqual(2);
    expect(new Set(tunnels)).toEqual(new Set([`${host}:443`]));
    expect(JSON.stringify(results)).not.toContain('s3cret-of-ada');
  });

  test('not through it for a host in NO_PROXY, which then needs an address', async () => {
    tunnels.length = 0;
    const results = await examine({ HTTPS_PROXY: `http://127.0.0.1:${port(proxy)}`, NO_PROXY: '.invalid' });
    expect(tunnels).toEqual([]);
    expect(about(results, 'dns')).toMatchObject({ status: 'error', problem: 'host-unknown' });
  });

  test.each([
    [403, 'answered 403 to CONNECT. See that it lets "gateway.invalid:443" through'],
    [407, 'answered 407 to CONNECT. Give its user and password in the URL.'],
  ])('says that the proxy answers %i, and which variable names it', async (status, said) => {
    proxyStatus = status;
    const results = await examine({ https_proxy: `http://127.0.0.1:${port(proxy)}` });
    const tcp = about(results, 'tcp');
    expect(tcp).toMatchObject({ status: 'error', problem: 'proxy-failed' });
    expect(tcp?.cause).toContain(said);
    expect(tcp?.fix).toContain('`https_proxy`');
  });

  test.each(['ftp://proxy', 'http://'])('says that %j is no proxy', async (HTTPS_PROXY) => {
    const [first, ...others] = await examine({ HTTPS_PROXY });
    expect(first).toMatchObject({ check: 'tcp', status: 'error', problem: 'proxy-unusable' });
    expect(first?.cause).toContain('`HTTPS_PROXY`');
    expect(others.filter(({ status }) => status === 'error')).toEqual([]);
  });
});
