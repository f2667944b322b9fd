import { apiKey } from '@aoai/auth';
import type { Credential } from '@aoai/auth';
import { expect, test } from 'vitest';
import { concealed, createSecrets } from './secrets.ts';
import { fakeTerminal } from './terminal.fake.ts';

const value = 'a-value-of-some-length';
const masks = (name: string) => createSecrets({ [name]: value }).mask(value) === '[redacted]';

test.each([
  'AZURE_OPENAI_API_KEY',
  'AZURE_OPENAI_APIKEY',
  'KEY',
  'api_key',
  'STORAGE_KEY_PRIMARY',
  'STORAGE_KEY_2',
  'AZURE_CLIENT_SECRET',
  'GITHUB_TOKEN',
  'DB_PASSWORD',
  'DB_PASSWD',
  'SSH_PASSPHRASE',
  'MY_CREDENTIAL',
  'BLOB_SAS',
  'STORAGE_CONNECTION_STRING',
  'IDENTITY_HEADER',
])('%s is the name of a secret', (name) => {
  expect(masks(name)).toBe(true);
});

test.each([
  'PATH',
  'MONKEY',
  'KEYBOARD',
  'TOKENIZERS',
  'AZURE_TOKEN_CREDENTIALS',
  'AZURE_TENANT_ID',
  'SECRETARY',
])('%s is not', (name) => {
  expect(masks(name)).toBe(false);
});

test('a value of eight characters is a secret, a shorter one an ordinary word', () => {
  const secrets = createSecrets({ KEY: '12345678', OTHER_KEY: 'abcdefg', EMPTY_KEY: undefined });
  expect(secrets.mask('12345678 abcdefg')).toBe('[redacted] abcdefg');
});

test('white space around a value is none of the secret', () => {
  expect(createSecrets({ KEY: ` ${value}\n` }).mask(`<${value}>`)).toBe('<[redacted]>');
});

test('each occurrence is masked, in each of its forms', () => {
  const secrets = createSecrets({});
  secrets.add('one/"two"');
  expect(secrets.mask('one/"two" one/"two" one%2F%22two%22 one/\\"two\\"')).toBe(
    '[redacted] [redacted] [redacted] [redacted]',
  );
});

test.each([
  ['', 0],
  ['nothing', 0],
  ['abc', 3],
  ['ends in abcdefg', 7],
  // The whole of it is masked, and need not be held back.
  ['abcdefgh', 0],
  ['abcabc', 3],
])('of %j the last %d characters may begin a secret', (text, length) => {
  expect(createSecrets({ KEY: 'abcdefgh' }).openEnd(text)).toBe(length);
});

test('the longest beginning counts where several secrets may begin', () => {
  expect(createSecrets({ A_KEY: 'bcxxxxxx', B_KEY: 'abcxxxxx' }).openEnd('abc')).toBe(3);
});

test('a credential that is concealed works as before, and its keys and tokens are known as secrets', async () => {
  const told: string[] = [];
  const terminal = { ...fakeTerminal({}), conceal: (secret: string) => told.push(secret) };
  const request = { scope: 'any' };
  const key = concealed(apiKey('key-0123456789'), terminal);
  expect([key.kind, await key.headers(request)]).toEqual(['api-key', { 'api-key': 'key-0123456789' }]);
  const token: Credential = {
    kind: 'entra-id',
    headers: () => ({ authorization: 'Bearer token-0123456789' }),
    refresh: async () => true,
  };
  expect(await concealed(token, terminal).headers(request)).toEqual({
    authorization: 'Bearer token-0123456789',
  });
  expect(told).toEqual(['key-0123456789', 'token-0123456789']);
});
