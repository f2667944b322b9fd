import { CryptographyClient, KeyClient } from '@azure/keyvault-keys';
import { SecretClient } from '@azure/keyvault-secrets';
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startMockAzure } from '../start-mock-azure.ts';

const azure = await startMockAzure({
  identity: {
    apps: { officer: {}, app: {}, sealer: {}, reader: {}, nobody: {} },
    roleAssignments: [
      { principal: 'officer', role: 'Key Vault Crypto Officer' },
      { principal: 'officer', role: 'Key Vault Secrets Officer' },
      { principal: 'app', role: 'Key Vault Crypto User' },
      { principal: 'app', role: 'Key Vault Secrets User' },
      { principal: 'reader', role: 'Key Vault Reader' },
    ],
  },
  vault: { keys: ['patients'], secrets: { database: 'sesame' } },
});

beforeAll(() => {
  azure.identity.trust();
});

afterAll(() => azure.close());

// The clients compare the host of the vault with "vault.azure.net", which a vault on this machine cannot have.
const options = { disableChallengeResourceVerification: true, retryOptions: { maxRetries: 0 } };

function keys(app: string): KeyClient {
  return new KeyClient(azure.vault.endpoint, azure.credential({ app }), options);
}

function secrets(app: string): SecretClient {
  return new SecretClient(azure.vault.endpoint, azure.credential({ app }), options);
}

function seal(app: string, id = `${azure.vault.endpoint}/keys/patients`): CryptographyClient {
  return new CryptographyClient(id, azure.credential({ app }), options);
}

test.each(['RSA-OAEP-256', 'RSA-OAEP', 'RSA1_5'] as const)(
  'unwraps by %s what it wrapped',
  async (algorithm) => {
    const key = await keys('app').getKey('patients');
    const data = randomBytes(32);
    const wrapped = await seal('app', key.id ?? '').wrapKey(algorithm, data);
    expect(Buffer.from(wrapped.result)).not.toEqual(data);
    const unwrapped = await seal('app', wrapped.keyID ?? '').unwrapKey(algorithm, wrapped.result);
    expect(Buffer.from(unwrapped.result)).toEqual(data);
  },
);

test('wraps at the service as well, with the version that it names', async () => {
  const { token } = await azure.credential({ app: 'app' }).getToken('https://vault.azure.net/.default');
  const response = await fetch(`${azure.vault.endpoint}/keys/patients/wrapkey?api-version=7.6`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}` },
    body: JSON.stringify({ alg: 'RSA-OAEP-256', value: Buffer.from('data key').toString('base64url') }),
  });
  expect(response.status).toBe(404);
  const { properties } = await keys('app').getKey('patients');
  const versioned = await fetch(
    `${azure.vault.endpoint}/keys/patients/${properties.version ?? ''}/wrapkey?api-version=7.6`,
    {
      method: 'POST',
      headers: { authorization: `Bearer ${token}` },
      body: JSON.stringify({ alg: 'RSA-OAEP-256', value: Buffer.from('data key').toString('base64url') }),
    },
  );
  const { kid, value } = (await versioned.json()) as { readonly kid: string; readonly value: string };
  expect(kid).toBe(`${azure.vault.endpoint}/keys/patients/${properties.version ?? ''}`);
  const opened = await seal('app', kid).unwrapKey('RSA-OAEP-256', Buffer.from(value, 'base64url'));
  expect(Buffer.from(opened.result).toString()).toBe('data key');
});

test('what an earlier version wrapped opens with that version after a rotation', async () => {
  const first = await keys('officer').createRsaKey('archive', { keySize: 2048 });
  const wrapped = await seal('app', first.id ?? '').wrapKey('RSA-OAEP-256', Buffer.from('old'));
  const second = await keys('officer').rotateKey('archive');
  expect(second.properties.version).not.toBe(first.properties.version);
  const opened = await seal('app', wrapped.keyID ?? '').unwrapKey('RSA-OAEP-256', wrapped.result);
  expect(Buffer.from(opened.result).toString()).toBe('old');
  await expect(seal('app', second.id ?? '').unwrapKey('RSA-OAEP-256', wrapped.result)).rejects.toMatchObject({
    statusCode: 400,
    code: 'BadParameter',
  });
});

test('a key shows its public half only', async () => {
  const { key } = await keys('reader').getKey('patients');
  expect(key?.n).toBeInstanceOf(Uint8Array);
  expect([key?.d, key?.p, key?.q]).toEqual([undefined, undefined, undefined]);
});

test('a role that may read a key may not use it', async () => {
  const { id = '' } = await keys('reader').getKey('patients');
  await expect(seal('reader', id).unwrapKey('RSA-OAEP-256', randomBytes(256))).rejects.toMatchObject({
    statusCode: 403,
    code: 'Forbidden',
    message: expect.stringContaining("Action: 'Microsoft.KeyVault/vaults/keys/unwrap/action'") as string,
  });
});

test('gives a secret to who may have it, and its name alone to a reader', async () => {
  expect((await secrets('app').getSecret('database')).value).toBe('sesame');
  await expect(secrets('reader').getSecret('database')).rejects.toMatchObject({ statusCode: 403 });
  const names: string[] = [];
  for await (const { name } of secrets('reader').listPropertiesOfSecrets()) names.push(name);
  expect(names).toEqual(['database']);
});

test('a secret keeps its versions, and can be switched off', async () => {
  const client = secrets('officer');
  const first = await client.setSecret('token', 'one', { contentType: 'text/plain', tags: { for: 'tests' } });
  await client.setSecret('token', 'two');
  expect((await client.getSecret('token')).value).toBe('two');
  const version = first.properties.version ?? '';
  expect(await client.getSecret('token', { version })).toMatchObject({
    value: 'one',
    properties: { contentType: 'text/plain', tags: { for: 'tests' } },
  });
  await client.updateSecretProperties('token', version, { enabled: false });
  await expect(client.getSecret('token', { version })).rejects.toMatchObject({ statusCode: 403 });
});

test('a deleted secret is gone, its name is taken until it is purged, and it can be recovered', async () => {
  const client = secrets('officer');
  await client.setSecret('short', 'lived');
  await (await client.beginDeleteSecret('short')).pollUntilDone();
  await expect(client.getSecret('short')).rejects.toMatchObject({ statusCode: 404, code: 'SecretNotFound' });
  await expect(client.setSecret('short', 'again')).rejects.toMatchObject({ statusCode: 409 });
  await (await client.beginRecoverDeletedSecret('short')).pollUntilDone();
  expect((await client.getSecret('short')).value).toBe('lived');
  await (await client.beginDeleteSecret('short')).pollUntilDone();
  await client.purgeDeletedSecret('short');
  await expect(client.getDeletedSecret('short')).rejects.toMatchObject({ statusCode: 404 });
});

test.each([
  ['a key', async () => keys('app').getKey('nothing'), 'KeyNotFound'],
  ['a secret', async () => secrets('app').getSecret('nothing'), 'SecretNotFound'],
])('%s that does not exist is 404', async (_, ask, code) => {
  await expect(ask()).rejects.toMatchObject({ statusCode: 404, code });
});

test('a caller without a token learns where to get one', async () => {
  const response = await fetch(`${azure.vault.endpoint}/secrets/database?api-version=7.6`);
  expect(response.status).toBe(401);
  expect(response.headers.get('www-authenticate')).toBe(
    `Bearer authorization="${azure.identity.authority}/${azure.identity.tenantId}", resource="https://vault.azure.net"`,
  );
});

test('a token for another service and a principal without a role are refused', async () => {
  const { token } = await azure.credential({ app: 'app' }).getToken('https://graph.microsoft.com/.default');
  const response = await fetch(`${azure.vault.endpoint}/secrets/database?api-version=7.6`, {
    headers: { authorization: `Bearer ${token}` },
  });
  expect(response.status).toBe(401);
  await expect(secrets('nobody').getSecret('database')).rejects.toMatchObject({ statusCode: 403 });
});
