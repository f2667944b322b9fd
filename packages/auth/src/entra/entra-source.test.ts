import { expect, test, vi } from 'vitest';
import { credentialFor } from './entra-source.ts';

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

test.each([
  'AZURE_AUTHORITY_HOST',
  'AZURE_CLIENT_ID',
  'AZURE_TENANT_ID',
  'AZURE_TOKEN_CREDENTIALS',
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
