import { createServer as createHttpServer } from 'node:http';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { afterEach, beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import { managedIdentityProblem } from './managed-identity-probe.ts';

/** A metadata service that is not there: packets to it vanish. */
let silent: Server;
let connections = 0;
let env: Record<string, string> = {};

beforeEach(async () => {
  connections = 0;
  silent = createServer((socket) => {
    connections += 1;
    socket.on('error', () => undefined).resume();
  });
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
  env = { AZURE_POD_IDENTITY_AUTHORITY_HOST: `http://127.0.0.1:${(silent.address() as AddressInfo).port}` };
});
afterEach(() => {
  silent.close();
});

test('silence is no metadata service, which is remembered for half a minute and no longer', async () => {
  let nowMs = 1_000_000;
  const ask = () => managedIdentityProblem(env, { now: () => nowMs, timeoutMs: 20 });
  // The server, which runs in this process too, may hear of a connection after its client has given up.
  const connected = (times: number) => expect.poll(() => connections).toBe(times);
  expect(await ask()).toBe('no metadata service here (no answer)');
  await connected(1);
  nowMs += 29_999;
  expect(await ask()).toBe('no metadata service here (no answer)');
  expect(connections).toBe(1);
  nowMs += 1;
  await ask();
  await connected(2);
});

test('what is remembered of one address says nothing of another', async () => {
  await managedIdentityProblem(env, { timeoutMs: 20 });
  const other = { AZURE_POD_IDENTITY_AUTHORITY_HOST: 'http://127.0.0.1:9' };
  expect(await managedIdentityProblem(other, { timeoutMs: 20 })).toBe(
    'no metadata service here (ECONNREFUSED)',
  );
});

test.each(['IDENTITY_ENDPOINT', 'MSI_ENDPOINT', 'AZURE_FEDERATED_TOKEN_FILE'])(
  'a platform that sets %s has an identity: nobody is asked',
  async (name) => {
    expect(await managedIdentityProblem({ ...env, [name]: 'http://127.0.0.1:1' })).toBeUndefined();
    expect(connections).toBe(0);
  },
);

test.each(['https://127.0.0.1:1', 'no url'])('an address that is no http URL (%s) is named', async (host) => {
  expect(await managedIdentityProblem({ AZURE_POD_IDENTITY_AUTHORITY_HOST: host })).toContain(
    JSON.stringify(host),
  );
});

test('silence is waited for a second', async () => {
  const start = AbortSignal.timeout.bind(AbortSignal);
  const limits = vi.spyOn(AbortSignal, 'timeout').mockImplementation((ms) => start(ms / 50));
  onTestFinished(() => {
    limits.mockRestore();
  });
  expect(await managedIdentityProblem(env)).toBe('no metadata service here (no answer)');
  expect(limits.mock.calls).toEqual([[1000]]);
});

/** A metadata service that answers with this status, and how many ask it. */
async function answering(status: number, body = '') {
  const seen = { asked: 0, open: 0 };
  const server = createHttpServer((_, response) => {
    seen.asked += 1;
    response.writeHead(status).end(body);
  });
  server.on('connection', (socket) => {
    seen.open += 1;
    socket.on('close', () => {
      seen.open -= 1;
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return { seen, of: { AZURE_POD_IDENTITY_AUTHORITY_HOST: `http://127.0.0.1:${port}` } };
}

test.each([401, 403, 404])('an answer of %i is that of another cloud, and remembered', async (status) => {
  const { seen, of } = await answering(status);
  for (let time = 0; time < 2; time += 1)
    expect(await managedIdentityProblem(of)).toBe(`no Azure metadata service here (${status})`);
  expect(seen.asked).toBe(1);
});

test.each([200, 400, 405, 500])(
  'an answer of %i is a service, and is asked for each time',
  async (status) => {
    const { seen, of } = await answering(status);
    for (let time = 0; time < 2; time += 1) expect(await managedIdentityProblem(of)).toBeUndefined();
    expect(seen.asked).toBe(2);
  },
);

test('an answer is read to its end, however long, so that its socket is free at once', async () => {
  const { seen, of } = await answering(400, 'x'.repeat(4 * 1024 * 1024));
  expect(await managedIdentityProblem(of, { timeoutMs: 60_000 })).toBeUndefined();
  await expect.poll(() => seen.open).toBe(0);
});

test('a service that appears is forgotten as a problem', async () => {
  let nowMs = 1_000_000;
  const now = () => nowMs;
  const { port } = silent.address() as AddressInfo;
  await new Promise((resolve) => silent.close(resolve));
  const of = { AZURE_POD_IDENTITY_AUTHORITY_HOST: `http://127.0.0.1:${port}` };
  expect(await managedIdentityProblem(of, { now })).toBe('no metadata service here (ECONNREFUSED)');
  const server = createHttpServer((_, response) => response.writeHead(400).end());
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  nowMs += 30_000;
  expect(await managedIdentityProblem(of, { now })).toBeUndefined();
  // Half a minute after the failure, but not after this answer.
  nowMs -= 1;
  expect(await managedIdentityProblem(of, { now })).toBeUndefined();
});
