import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { decodeJwt } from 'jose';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createDirectory } from './directory.ts';
import { certificateFileOf, environment, federatedTokenOf, type IdentityFlow } from './environment.ts';
import { createIdentity } from './identity.ts';

// MSAL keeps tokens and the source of managed identities per process: each flow gets a process of its own.

const identity = createIdentity({ apps: { reader: { secret: 'reader secret' } } });
beforeAll(() => identity.start());
afterAll(() => identity.close());

const program = `
import { DefaultAzureCredential } from '@azure/identity';
const { token } = await new DefaultAzureCredential().getToken('https://cognitiveservices.azure.com/.default');
process.stdout.write(token);
`;

async function signIn(env: Record<string, string>): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', program], {
    env: { PATH: process.env['PATH'], NODE_COMPILE_CACHE: process.env['NODE_COMPILE_CACHE'], ...env },
    cwd: import.meta.dirname,
  });
  return stdout;
}

test.each<IdentityFlow>([
  'managed-identity',
  'imds',
  'client-secret',
  'client-certificate',
  'workload-identity',
])('DefaultAzureCredential signs in by environment variables alone: %s', async (flow) => {
  const token = await signIn(identity.env({ flow }));
  expect(identity.verify(token, { service: 'openai' })).toMatchObject({
    ok: true,
    principal: { clientId: identity.directory.defaultApp.clientId },
  });
});

test('the environment can be that of another app', async () => {
  const token = await signIn(identity.env({ app: 'reader' }));
  expect(identity.verify(token, { service: 'openai' })).toMatchObject({
    principal: { name: 'reader' },
  });
});

test('the files it names are gone when a program ends without closing', async () => {
  const source = new URL('identity.ts', import.meta.url).href;
  const careless = `
    const { createIdentity } = await import(${JSON.stringify(source)});
    const identity = createIdentity();
    await identity.start();
    process.stdout.write(identity.env().NODE_EXTRA_CA_CERTS);
    process.exit(0);
  `;
  const args = ['--conditions=@aoai/source', '--input-type=module', '--eval', careless];
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: import.meta.dirname });
  expect(stdout).toContain('ca.pem');
  expect(existsSync(stdout)).toBe(false);
});

test('what a killed process has left is removed by the next one, and nothing else', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'aoai-test-'));
  const source = new URL('temporary-files.ts', import.meta.url).href;
  const write = (beginning: string, ending: string) => `
    ${beginning}
    const { temporaryFiles } = await import(${JSON.stringify(source)});
    process.stdout.write(temporaryFiles().write('ca.pem', 'x'));
    ${ending}
  `;
  const run = async (beginning: string, ending = ''): Promise<string> => {
    const args = ['--input-type=module', '--eval', write(beginning, ending)];
    const options = { cwd: import.meta.dirname, env: { ...process.env, TMPDIR: folder } };
    return new Promise((resolve) => {
      execFile(process.execPath, args, options, (_error, stdout) => {
        resolve(stdout);
      });
    });
  };
  const named = (pid: number | string, end: string) =>
    join(folder, `aoai-mock-${encodeURIComponent(hostname())}-${pid}-${end}`);
  const alive = named(process.pid, 'abcdef');
  const elsewhere = join(folder, 'aoai-mock-another.host-1-abcdef');
  for (const path of [alive, elsewhere]) mkdirSync(path);
  const left = await run('', `process.kill(process.pid, 'SIGKILL');`);
  expect(existsSync(left)).toBe(true);
  // A process with the id of an earlier one that has ended, as the first process of a container has.
  const [reused, own] = [named(process.pid, 'older1'), named('own', 'older2')];
  const longAgo = new Date('2026-01-01');
  for (const path of [reused, own]) {
    mkdirSync(path);
    utimesSync(path, longAgo, longAgo);
  }
  await run(`
    const { renameSync } = await import('node:fs');
    renameSync(${JSON.stringify(own)}, ${JSON.stringify(own)}.replace('-own-', '-' + process.pid + '-'));
  `);
  expect(existsSync(left)).toBe(false);
  // Only where the start time of another process can be read.
  if (process.platform !== 'linux') rmSync(reused, { recursive: true });
  expect(readdirSync(folder).sort()).toEqual([basename(alive), basename(elsewhere)].sort());
  rmSync(folder, { recursive: true });
});

test('the files it names are gone after close', async () => {
  const other = createIdentity();
  await other.start();
  const path = other.env()['NODE_EXTRA_CA_CERTS'] ?? '';
  expect(existsSync(path)).toBe(true);
  await other.close();
  expect(existsSync(path)).toBe(false);
});

function variables(flow: IdentityFlow, secret: string | undefined = 'my secret') {
  return environment(
    {
      tenantId: 'my-tenant',
      clientId: 'my-client',
      secret,
      authority: 'https://authority',
      managedIdentityOrigin: 'http://managed',
      identityHeader: 'my-header',
      files: {
        authorityCertificate: () => '/ca.pem',
        clientCertificate: () => '/client.pem',
        federatedToken: () => '/token.jwt',
      },
    },
    flow,
  );
}

const common = {
  AZURE_CLIENT_ID: 'my-client',
  AZURE_AUTHORITY_HOST: 'https://authority',
  NODE_EXTRA_CA_CERTS: '/ca.pem',
};
const managed = {
  ...common,
  AZURE_TENANT_ID: 'my-tenant',
  AZURE_TOKEN_CREDENTIALS: 'ManagedIdentityCredential',
};
const environmental = {
  ...common,
  AZURE_TENANT_ID: 'adfs',
  AZURE_TOKEN_CREDENTIALS: 'EnvironmentCredential',
};

test.each<[IdentityFlow, object]>([
  [
    'managed-identity',
    { ...managed, IDENTITY_ENDPOINT: 'http://managed/msi/token', IDENTITY_HEADER: 'my-header' },
  ],
  ['imds', { ...managed, AZURE_POD_IDENTITY_AUTHORITY_HOST: 'http://managed' }],
  ['client-secret', { ...environmental, AZURE_CLIENT_SECRET: 'my secret' }],
  ['client-certificate', { ...environmental, AZURE_CLIENT_CERTIFICATE_PATH: '/client.pem' }],
  ['workload-identity', { ...managed, AZURE_FEDERATED_TOKEN_FILE: '/token.jwt' }],
])('%s has its own variables, and a secret only where it is used', (flow, expected) => {
  expect(variables(flow)).toEqual(expected);
});

test('an app signs in with the certificate that it has, or gets one, and only once', () => {
  const made = (certificates: readonly string[] = []) =>
    createDirectory({ apps: { web: { certificates } } }).app('web');
  const own = { certificates: ['a certificate alone', 'with a PRIVATE KEY'] };
  const [known, fresh] = [made(own.certificates), made(['a certificate alone'])];
  expect(known && certificateFileOf(known)).toBe('with a PRIVATE KEY');
  const file = fresh && certificateFileOf(fresh);
  expect(file).toMatch(/^-----BEGIN PRIVATE KEY-----[^]+-----BEGIN CERTIFICATE-----/);
  expect(fresh?.certificates).toHaveLength(2);
  expect(file?.endsWith(fresh?.certificates[1] ?? '')).toBe(true);
});

test('the token of a workload is from a cluster that its app trusts from then on, for a day', () => {
  const app = createDirectory({ apps: { web: {} } }).app('web');
  const claims = app && decodeJwt(federatedTokenOf(app, 5_000_999));
  expect(claims).toMatchObject({
    iss: 'https://cluster.aoai.invalid/',
    sub: 'system:serviceaccount:default:web',
    aud: ['api://AzureADTokenExchange'],
    iat: 5_000,
    nbf: 5_000,
    exp: 5_000 + 86_400,
  });
  expect(app?.federatedCredentials).toMatchObject([{ issuer: claims?.iss, subject: claims?.sub }]);
});
