import { expect, test } from 'vitest';
import { credentialFromEnv } from './credential-from-env.ts';

const scope = 's';
const key = '0123456789abcdef0123456789abcdef';
const other = 'fedcba9876543210fedcba9876543210';

test('takes the key of `AZURE_OPENAI_API_KEY`', () => {
  expect(credentialFromEnv({ env: { AZURE_OPENAI_API_KEY: key } }).headers({ scope })).toEqual({
    'api-key': key,
  });
});

test('takes both keys of the account', async () => {
  const env = { AZURE_OPENAI_API_KEY: key, AZURE_OPENAI_API_KEY_SECONDARY: other };
  const credential = credentialFromEnv({ env });
  expect(await credential.refresh({ scope, rejected: { 'api-key': key } })).toBe(true);
  expect(credential.headers({ scope })).toEqual({ 'api-key': other });
});

test('an empty second key is none', async () => {
  const env = { AZURE_OPENAI_API_KEY: key, AZURE_OPENAI_API_KEY_SECONDARY: '' };
  expect(await credentialFromEnv({ env }).refresh({ scope, rejected: { 'api-key': key } })).toBe(false);
});

test('reads the key from the file of `AZURE_OPENAI_API_KEY_FILE`', async () => {
  const credential = credentialFromEnv({ env: { AZURE_OPENAI_API_KEY_FILE: '/no/such/file' } });
  await expect(credential.headers({ scope })).rejects.toThrow(/the file "\/no\/such\/file"/);
});

test('signs in with Entra ID when no key is set', () => {
  expect(credentialFromEnv({ env: { AZURE_OPENAI_API_KEY: '' } }).kind).toBe('entra-id');
});

test('refuses to choose between `AZURE_OPENAI_API_KEY` and `AZURE_OPENAI_API_KEY_FILE`', () => {
  const env = { AZURE_OPENAI_API_KEY: key, AZURE_OPENAI_API_KEY_FILE: '/run/secrets/key' };
  expect(() => credentialFromEnv({ env })).toThrow(
    /`AZURE_OPENAI_API_KEY` and `AZURE_OPENAI_API_KEY_FILE` are both set/,
  );
});

test('refuses a placeholder', () => {
  expect(() => credentialFromEnv({ env: { AZURE_OPENAI_API_KEY: '<your-api-key>' } })).toThrow(/placeholder/);
});
