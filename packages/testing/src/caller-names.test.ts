import { connect } from 'node:net';
import { defineConfig } from '@aoai/config';
import { afterEach, describe, expect, test } from 'vitest';
import { hostCheck, isOwnOrigin } from './caller-names.ts';
import { startMockAzure, type MockAzure, type MockAzureOptions } from './start-mock-azure.ts';

let azure: MockAzure | undefined;

afterEach(async () => {
  await azure?.close();
  azure = undefined;
});

test.each([
  'localhost',
  'LOCALHOST:8080',
  'contoso.localhost:8080',
  '127.0.0.1',
  '127.0.0.1:8080',
  '127.9.9.9',
  '[::1]:8080',
  'contoso.openai.azure.com',
  'contoso.openai.azure.com.:443',
  'swedencentral.api.cognitive.microsoft.com',
  'contoso.services.ai.azure.com',
  'contoso.search.windows.net',
  'management.azure.com',
  '169.254.169.254',
  'host.docker.internal:8080',
  undefined,
])('a listener on loopback answers to %s', (host) => {
  expect(hostCheck('127.0.0.1')(host)).toBe(true);
});

test.each([
  'evil.example',
  'evil.example:8080',
  '127.0.0.1.evil.example',
  'localhost.evil.example',
  'evillocalhost',
  'openai.azure.com.evil.example',
  'evil-openai.azure.com',
  'app.westeurope.cloudapp.azure.com',
  '192.168.1.7:8080',
  '0.0.0.0:8080',
  '[::ffff:127.0.0.1]',
  'docker.internal.evil.example',
  '',
  ' localhost',
  'user@localhost',
])('a listener on loopback does not answer to %j', (host) => {
  expect(hostCheck('127.0.0.1')(host)).toBe(false);
});

test('a listener answers to the address that it is bound to, and on every address to all names', () => {
  expect(hostCheck('192.168.1.7')('192.168.1.7:8080')).toBe(true);
  expect(hostCheck('fd00::7')('[fd00::7]:8080')).toBe(true);
  expect(hostCheck('192.168.1.7')('evil.example')).toBe(false);
  expect(hostCheck('127.0.0.1', ['Gateway.contoso.example'])('gateway.contoso.example:80')).toBe(true);
  expect(hostCheck('0.0.0.0')('mock:8080')).toBe(true);
  expect(hostCheck('::')('mock:8080')).toBe(true);
});

test.each([
  [undefined, true],
  ['http://localhost:3000', true],
  ['https://app.localhost', true],
  ['http://127.0.0.1:5173', true],
  ['http://[::1]:5173', true],
  ['https://evil.example', false],
  ['http://localhost.evil.example', false],
  ['http://localhost@evil.example', false],
  ['null', false],
  ['', false],
  ['file://', false],
  ['chrome-extension://abcdef', false],
])('a page of %j may read: %s', (origin, may) => {
  expect(isOwnOrigin(origin)).toBe(may);
});

/** Sends a request with any head, as no `fetch` would. */
async function send(
  port: number,
  lines: string,
  path = '/openai/v1/models',
  method = 'GET',
): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  const connection = lines.includes('Upgrade: ') ? 'Upgrade' : 'close';
  socket.write(`${method} ${path} HTTP/1.1\r\n${lines}Connection: ${connection}\r\n\r\n`);
  let text = '';
  for await (const part of socket) text += String(part);
  return text;
}

async function start(options: MockAzureOptions = {}): Promise<{ mock: MockAzure; port: number }> {
  const mock = await startMockAzure(options);
  azure = mock;
  return { mock, port: Number(new URL(mock.endpoint).port) };
}

describe('every listener of the mock', () => {
  test('refuses a name that was made to point here, with the key or without it', async () => {
    const { mock, port } = await start();
    const key = `api-key: ${mock.apiKey}\r\n`;
    expect(await send(port, `Host: localhost\r\n${key}`)).toMatch(/^HTTP\/1\.1 200 /);
    const refused = await send(port, `Host: evil.example\r\n${key}`);
    expect(refused).toMatch(/^HTTP\/1\.1 421 /);
    expect(refused).toContain('answers to names of this machine only, and \\"evil.example\\" is none');
    expect(refused).not.toContain('access-control-allow-origin');
    expect(mock.requests()).toHaveLength(1);
  });

  test('refuses it on the ports of its neighbours too', async () => {
    const { mock } = await start();
    for (const [origin, path] of [
      [mock.identity.managedIdentityOrigin, '/metadata/identity/oauth2/token/'],
      [mock.search.endpoint.replace('https:', 'http:'), '/indexes'],
      [mock.arm.endpoint.replace('https:', 'http:'), '/subscriptions'],
    ] as const) {
      const port = Number(new URL(origin).port);
      expect(await send(port, 'Host: evil.example\r\n', path)).toMatch(/^HTTP\/1\.1 421 /);
      expect(await send(port, 'Host: localhost\r\n', path)).not.toMatch(/^HTTP\/1\.1 421 /);
    }
  });

  test('answers to the host of a config, wherever that is', async () => {
    const { mock, port } = await start({
      config: defineConfig({
        allowHosts: ['ai.contoso.example'],
        resources: { main: { endpoint: 'https://ai.contoso.example' } },
        deployments: {
          chat: { resource: 'main', deployment: 'chat', model: 'gpt-4.1', sku: 'GlobalStandard' },
        },
      }),
    });
    const head = `Host: ai.contoso.example\r\napi-key: ${mock.apiKey}\r\n`;
    expect(await send(port, head)).toMatch(/^HTTP\/1\.1 200 /);
  });
});

describe('a page', () => {
  test('of this machine may read answers, another may not', async () => {
    const { mock, port } = await start();
    const head = (origin: string) => `Host: localhost\r\nOrigin: ${origin}\r\napi-key: ${mock.apiKey}\r\n`;
    expect(await send(port, head('http://localhost:3000'))).toContain('access-control-allow-origin: *');
    expect(await send(port, head('https://evil.example'))).not.toContain('access-control-allow-origin');
    expect(await send(port, head('null'))).not.toContain('access-control-allow-origin');
  });

  test('that asks first is told so', async () => {
    const { port } = await start();
    const ask = async (origin: string) =>
      send(
        port,
        `Host: localhost\r\nOrigin: ${origin}\r\nAccess-Control-Request-Method: POST\r\n`,
        '/openai/v1/chat/completions',
        'OPTIONS',
      );
    expect(await ask('http://localhost:3000')).toContain('access-control-allow-methods: GET, POST');
    const refused = await ask('https://evil.example');
    expect(refused).not.toContain('access-control-allow');
    expect(refused).toMatch(/^HTTP\/1\.1 403 /);
  });

  test('of any origin may read with `cors`', async () => {
    const { mock, port } = await start({ cors: true });
    const head = `Host: localhost\r\nOrigin: https://app.contoso.example\r\napi-key: ${mock.apiKey}\r\n`;
    expect(await send(port, head)).toContain('access-control-allow-origin: *');
  });

  test('of another origin gets no WebSocket', async () => {
    const { mock, port } = await start();
    const upgrade = async (origin: string) =>
      send(
        port,
        `Host: localhost\r\nOrigin: ${origin}\r\napi-key: ${mock.apiKey}\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n`,
        '/openai/v1/realtime?model=nope',
      );
    expect(await upgrade('https://evil.example')).toMatch(/^HTTP\/1\.1 403 /);
    expect(await upgrade('http://localhost:3000')).toMatch(/^HTTP\/1\.1 404 /);
  });
});

test('keys and secrets are made anew at each start', async () => {
  const [one, other] = await Promise.all([startMockAzure(), startMockAzure()]);
  const secrets = (mock: MockAzure) => [
    mock.apiKey,
    mock.search.adminKey,
    mock.search.queryKey,
    mock.identityEnv({ flow: 'client-secret' })['AZURE_CLIENT_SECRET'] ?? '',
  ];
  const all = [...secrets(one), ...secrets(other)];
  expect(new Set(all).size).toBe(8);
  for (const secret of all) expect(secret).toMatch(/^[\w~.-]{32,}$/);
  await Promise.all([one.close(), other.close()]);
});
