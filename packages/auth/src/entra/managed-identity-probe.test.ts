import { createServer, type AddressInfo, type Server } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
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
