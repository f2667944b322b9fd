import { inspect } from 'node:util';
import { expect, test, vi } from 'vitest';
import { credentialFor } from './entra-source.ts';
import type { EntraIdSource } from './entra-source.ts';

const options = { timeoutMs: 1000 };
const secretOf = (clientId: string) => ({ clientSecret: { tenantId: 't', clientId, clientSecret: 's' } });

test('the same source in the same environment is one credential, so that its tokens are shared', () => {
  expect(credentialFor(secretOf('same'), options)).toBe(credentialFor(secretOf('same'), options));
  expect(credentialFor(undefined, options)).toBe(credentialFor(undefined, options));
});

test.each<[string, () => unknown]>([
  ['client id', () => credentialFor(secretOf('b'), options)],
  [
    'secret',
    () => credentialFor({ clientSecret: { ...secretOf('a').clientSecret, clientSecret: 'z' } }, options),
  ],
  [
    'tenant',
    () => credentialFor({ clientSecret: { ...secretOf('a').clientSecret, tenantId: 'z' } }, options),
  ],
  ['time limit', () => credentialFor(secretOf('a'), { timeoutMs: 1001 })],
  [
    'authority',
    () => credentialFor(secretOf('a'), { ...options, authorityHost: 'https://login.microsoftonline.us' }),
  ],
])('another %s is another credential', (_, other) => {
  expect(other()).not.toBe(credentialFor(secretOf('a'), options));
});

const anyApp = { tenantId: 't', clientId: 'c' };

test.each<[unknown, string]>([
  [
    {},
    'Cannot sign in with []: give a `TokenCredential` or exactly one of `managedIdentity`, `workloadIdentity`, `clientSecret`, `clientCertificate`, `azureCli`.',
  ],
  [{ managedIdentity: true, azureCli: true }, 'Cannot sign in with ["managedIdentity","azureCli"]: give a'],
  [{ password: 'p' }, 'Cannot sign in with ["password"]: give a `TokenCredential`'],
  [
    { managedIdentity: { clientId: 'a', objectId: 'b' } },
    'Cannot sign in with `managedIdentity`: ["clientId","objectId"] are given. Give one of `clientId`, `objectId`, `resourceId`.',
  ],
  [{ managedIdentity: { objectId: '' } }, 'Cannot sign in: `managedIdentity.objectId` is empty. Set it.'],
  [
    { managedIdentity: { clientId: 7 } },
    'Cannot sign in: `managedIdentity.clientId` is not a string. Set it.',
  ],
  [
    { clientSecret: { ...anyApp, clientSecret: '' } },
    'Cannot sign in: `clientSecret.clientSecret` is empty.',
  ],
  [{ clientSecret: anyApp }, 'Cannot sign in: `clientSecret.clientSecret` is not a string. Set it.'],
  [{ clientSecret: { clientId: 'c', clientSecret: 's' } }, 'Cannot sign in: `clientSecret.tenantId` is not'],
  [{ clientSecret: { tenantId: 't', clientSecret: 's' } }, 'Cannot sign in: `clientSecret.clientId` is not'],
  [
    { clientCertificate: anyApp },
    'Cannot sign in with `clientCertificate`: give one of `certificatePath` and `certificate` (the PEM text).',
  ],
  [
    { clientCertificate: { ...anyApp, certificate: 'a', certificatePath: 'b' } },
    'Cannot sign in with `clientCertificate`: give one of `certificatePath` and `certificate` (the PEM text).',
  ],
  [
    { clientCertificate: { ...anyApp, certificatePath: ' ' } },
    'Cannot sign in: `clientCertificate.certificate` is not a string. Set it.',
  ],
  [
    { clientCertificate: { clientId: 'c', certificate: 'a' } },
    'Cannot sign in: `clientCertificate.tenantId` is not a string. Set it.',
  ],
])('refuses %j, which is not one complete way to sign in, each time', (source, message) => {
  for (let time = 0; time < 2; time += 1) {
    const make = () => credentialFor(source as EntraIdSource, options);
    expect(make).toThrow(TypeError);
    expect(make).toThrow(message);
  }
});

test.each<EntraIdSource>([
  { managedIdentity: true },
  { managedIdentity: { clientId: 'a' } },
  { workloadIdentity: true },
  { workloadIdentity: { clientId: 'a' } },
  { clientCertificate: { ...anyApp, certificate: 'a' } },
  { clientCertificate: { ...anyApp, certificatePath: 'a' } },
  { azureCli: true },
])('takes %j, and asks nobody before the first token', (source) => {
  expect(credentialFor(source, options)).toMatchObject({
    getToken: expect.any(Function) as unknown,
    renew: expect.any(Function) as unknown,
  });
});

test('no error of an app shows its secret or the text of its certificate', async () => {
  const pem = '-----BEGIN NOTHING----- hunter2hunter2';
  for (const source of [
    { clientCertificate: { ...anyApp, certificate: pem, certificatePassword: 'pass-of-the-key' } },
    {
      clientCertificate: {
        ...anyApp,
        certificatePath: '/nowhere/hunter2.pem',
        certificatePassword: 'hunter2',
      },
    },
  ]) {
    const error: unknown = await credentialFor(source, options)
      .getToken('s')
      .catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(Error);
    const shown = inspect(error, { showHidden: true, depth: Infinity });
    expect(shown).not.toMatch(/hunter2|pass-of-the-key/);
  }
});

test.each([
  'AZURE_AUTHORITY_HOST',
  'AZURE_CLIENT_ID',
  'AZURE_TENANT_ID',
  'AZURE_TOKEN_CREDENTIALS',
  'AZURE_CLIENT_CERTIFICATE_PATH',
  'AZURE_FEDERATED_TOKEN_FILE',
  'AZURE_POD_IDENTITY_AUTHORITY_HOST',
  'IDENTITY_ENDPOINT',
])('a credential of another %s is another one', (name) => {
  const before = credentialFor(undefined, options);
  vi.stubEnv(name, 'changed');
  expect(credentialFor(undefined, options)).not.toBe(before);
  vi.unstubAllEnvs();
  expect(credentialFor(undefined, options)).toBe(before);
});

test('a thousand credentials are remembered, and the oldest makes room', () => {
  const first = credentialFor(secretOf('first'), options);
  for (let made = 1; made < 1000; made++) credentialFor(secretOf(`other-${made}`), options);
  expect(credentialFor(secretOf('first'), options)).toBe(first);
  credentialFor(secretOf('one-more'), options);
  expect(credentialFor(secretOf('first'), options)).not.toBe(first);
});
