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

const wire = azure.vault.endpoint.replace('https:', 'http:');

interface Asked {
  readonly app?: string;
  readonly body?: unknown;
  readonly query?: string;
}

/** What `GET /path`, `POST /path` and so on is answered with. */
async function ask(call: string, { app = 'officer', body, query = '?api-version=7.6' }: Asked = {}) {
  const [method = '', path = ''] = call.split(' ');
  const { token } = await azure.credential({ app }).getToken('https://vault.azure.net/.default');
  const response = await fetch(wire + path + query, {
    method,
    headers: { authorization: `Bearer ${token}` },
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  // It is for those who have no token yet.
  expect(response.headers.has('www-authenticate')).toBe(response.status === 401);
  return { status: response.status, body: (text === '' ? {} : JSON.parse(text)) as Record<string, unknown> };
}

test.each([
  'GET /certificates',
  'GET /keysets',
  'GET /mykeys',
  'GET /',
  'POST /keys',
  'PUT /keys/patients',
  'POST /keys/patients/create/now',
  'POST /keys/patients/1/sign',
  'GET /keys/patients/1/rotationpolicy',
  'POST /secrets',
  'POST /secrets/database',
  'GET /secrets/database/1/2',
  'PUT /secrets',
  'PUT /deletedsecrets/database',
  'POST /deletedkeys/patients',
  'POST /deletedkeys/patients/restore',
])('%s is nothing that the vault has', async (call) => {
  expect(await ask(call, { body: call.startsWith('GET') ? undefined : {} })).toEqual({
    status: 404,
    body: { error: { code: 'NotFound', message: `The mock of Azure Key Vault has nothing at '${call}'.` } },
  });
});

test.each([
  ['GET /keys', 'keys/read'],
  ['GET /keys/patients/versions', 'keys/read'],
  ['GET /keys/patients', 'keys/read'],
  ['POST /keys/new/create', 'keys/create/action'],
  ['POST /keys/patients/rotate', 'keys/rotate/action'],
  ['PATCH /keys/patients', 'keys/update/action'],
  ['DELETE /keys/patients', 'keys/delete'],
  ['POST /keys/patients/1/wrapKey', 'keys/wrap/action'],
  ['POST /keys/patients/1/unwrapkey', 'keys/unwrap/action'],
  ['POST /keys/patients/1/encrypt', 'keys/encrypt/action'],
  ['POST /keys/patients/1/decrypt', 'keys/decrypt/action'],
  ['GET /secrets', 'secrets/readMetadata/action'],
  ['GET /secrets/database/versions', 'secrets/readMetadata/action'],
  ['GET /secrets/database', 'secrets/getSecret/action'],
  ['PUT /secrets/database', 'secrets/setSecret/action'],
  ['PATCH /secrets/database', 'secrets/update/action'],
  ['DELETE /secrets/database', 'secrets/delete'],
  ['GET /deletedkeys', 'keys/read'],
  ['DELETE /deletedkeys/old', 'keys/purge/action'],
  ['POST /deletedkeys/old/recover', 'keys/recover/action'],
  ['GET /DeletedSecrets/old', 'secrets/readMetadata/action'],
  ['DELETE /deletedsecrets/old', 'secrets/purge/action'],
  ['POST /deletedsecrets/old/recover', 'secrets/recover/action'],
])('%s needs a role that allows %s', async (call, action) => {
  const { status, body } = await ask(call, { app: 'nobody', body: call.startsWith('GET') ? undefined : {} });
  expect([status, body]).toMatchObject([
    403,
    { error: { code: 'Forbidden', innererror: { code: 'ForbiddenByRbac' } } },
  ]);
  expect((body['error'] as { message: string }).message).toContain(
    `\r\nAction: 'Microsoft.KeyVault/vaults/${action}'\r\n`,
  );
});

test('the api-version is asked for once it is known who asks', async () => {
  expect(await ask('GET /secrets/database', { app: 'app', query: '' })).toEqual({
    status: 400,
    body: { error: { code: 'BadParameter', message: 'The api-version query parameter is missing.' } },
  });
  const response = await fetch(`${wire}/secrets/database`);
  expect([response.status, await response.json()]).toEqual([
    401,
    { error: { code: 'Unauthorized', message: 'AKV10000: Request is missing a Bearer or PoP token.' } },
  ]);
});

test('a token of another tenant is told which tenant is expected', async () => {
  const tenantId = '11111111-1111-4111-8111-111111111111';
  const { token } = await azure.credential({ tenantId }).getToken('https://vault.azure.net/.default');
  const response = await fetch(`${wire}/secrets/database?api-version=7.6`, {
    headers: { authorization: `Bearer ${token}` },
  });
  expect([response.status, await response.json()]).toEqual([
    401,
    {
      error: {
        code: 'Unauthorized',
        message: `AKV10032: Invalid issuer. Expected one of https://sts.windows.net/${azure.identity.tenantId}/, found https://sts.windows.net/${tenantId}/.`,
      },
    },
  ]);
});

test.each([
  [{ kty: 'EC' }, 'The mock of Azure Key Vault makes keys of type RSA and RSA-HSM, not of type "EC".'],
  [{ kty: 'RSA', key_size: 1024 }, 'The key size 1024 is not supported: use 2048, 3072 or 4096.'],
  [{ kty: 'RSA', key_size: '2048' }, 'The key size "2048" is not supported: use 2048, 3072 or 4096.'],
  ['[]', 'The request body is not a valid JSON object.'],
  ['null', 'The request body is not a valid JSON object.'],
  ['{', 'The request body is not a valid JSON object.'],
])('a key of %j is not made', async (body, message) => {
  expect(await ask('POST /keys/bad/create', { body })).toEqual({
    status: 400,
    body: { error: { code: 'BadParameter', message } },
  });
});

test('a key does what it was made for, until it is switched off, and is the same after a rotation', async () => {
  const made = await ask('POST /keys/narrow/create', {
    body: {
      kty: 'RSA-HSM',
      key_ops: ['wrapKey'],
      tags: { for: 'tests' },
      attributes: { exp: 4_000_000_000 },
    },
  });
  expect(made).toMatchObject({
    status: 200,
    body: {
      key: { kty: 'RSA-HSM', key_ops: ['wrapKey'] },
      tags: { for: 'tests' },
      attributes: { enabled: true, exp: 4_000_000_000 },
    },
  });
  const { kid } = made.body['key'] as { readonly kid: string };
  const { pathname } = new URL(kid);
  const good = { alg: 'RSA-OAEP', value: 'c2VjcmV0' };
  const use = async (operation: string, body: object) => {
    const answer = await ask(`POST ${pathname}/${operation}`, { app: 'app', body });
    const error = answer.body['error'] as { readonly message: string } | undefined;
    return error === undefined ? answer.status : `${answer.status} ${error.message}`;
  };
  expect(await use('wrapkey', good)).toBe(200);
  expect(await use('encrypt', good)).toBe(
    '403 Operation encrypt is not permitted on this key. The key allows: wrapKey.',
  );
  expect(await use('wrapkey', { ...good, alg: 'A256KW' })).toBe(
    `400 Property 'alg' is "A256KW": use RSA-OAEP-256, RSA-OAEP or RSA1_5.`,
  );
  for (const value of [undefined, 5, '', 'a+b=', 'a b', 'ab='])
    expect(await use('wrapkey', { ...good, value })).toBe(
      "400 Property 'value' has to be text in base64url.",
    );
  expect(await use('wrapkey', { ...good, value: 'A'.repeat(400) })).toBe(
    '400 The value is too long for this key and algorithm.',
  );
  const off = await ask(`PATCH ${pathname}`, { body: { attributes: { enabled: false } } });
  expect(off.body).toMatchObject({ key: { kid }, tags: { for: 'tests' }, attributes: { enabled: false } });
  expect(await use('wrapkey', good)).toBe('403 Operation wrapkey is not allowed on a disabled key.');
  expect((await ask(`POST ${pathname}/wrapkey`, { body: good })).body['error']).not.toHaveProperty(
    'innererror',
  );

  const rotated = await ask('POST /keys/narrow/rotate');
  expect(rotated.body).toMatchObject({ key: { kty: 'RSA-HSM' }, tags: { for: 'tests' } });
  const versions = await ask('GET /keys/narrow/versions');
  expect(versions.body).toEqual({
    value: [
      { kid, tags: { for: 'tests' }, attributes: off.body['attributes'] },
      {
        kid: (rotated.body['key'] as { readonly kid: string }).kid,
        tags: { for: 'tests' },
        attributes: rotated.body['attributes'],
      },
    ],
    nextLink: null,
  });
});

test('what is deleted says since when, and until when it can be recovered', async () => {
  const before = Math.floor(Date.now() / 1000);
  await ask('PUT /secrets/passing', { body: { value: 'x', contentType: 'text/plain' } });
  const deleted = await ask('DELETE /secrets/passing');
  const { deletedDate, scheduledPurgeDate, ...rest } = deleted.body as Record<string, number>;
  expect(deletedDate).toBeGreaterThanOrEqual(before);
  expect(deletedDate).toBeLessThanOrEqual(Date.now() / 1000);
  expect(scheduledPurgeDate).toBe((deletedDate ?? 0) + 90 * 24 * 60 * 60);
  expect(rest).toMatchObject({
    value: 'x',
    contentType: 'text/plain',
    recoveryId: `${azure.vault.endpoint}/deletedsecrets/passing`,
  });
  expect((await ask('GET /deletedsecrets/passing')).body).toEqual(deleted.body);
  expect((await ask('GET /deletedsecrets')).body).toEqual({ value: [deleted.body], nextLink: null });
  const recovered = await ask('POST /deletedsecrets/passing/recover');
  expect(recovered.body).toMatchObject({ value: 'x' });
  expect(recovered.body).not.toHaveProperty('recoveryId');
  expect((await ask('GET /deletedsecrets')).body['value']).toEqual([]);
});

test('a key is deleted, listed, recovered and purged as a secret is', async () => {
  const { body } = await ask('POST /keys/passing/create', { body: { kty: 'RSA' } });
  const { kid } = body['key'] as { readonly kid: string };
  const deleted = await ask('DELETE /keys/passing');
  expect(deleted.body).toMatchObject({
    key: { kid },
    recoveryId: `${azure.vault.endpoint}/deletedkeys/passing`,
  });
  expect((await ask('GET /deletedkeys')).body['value']).toEqual([deleted.body]);
  expect((await ask('POST /deletedkeys/passing/recover')).body).toEqual(body);
  await ask('DELETE /keys/passing');
  expect((await ask('DELETE /deletedkeys/passing')).status).toBe(204);
  expect(await ask('GET /deletedkeys/passing')).toMatchObject({
    status: 404,
    body: { error: { code: 'KeyNotFound' } },
  });
});

test('a secret is listed without its value, in each of its versions', async () => {
  const first = await ask('PUT /secrets/listed', { body: { value: 'one', contentType: 5 } });
  const second = await ask('PUT /secrets/listed', { body: { value: 'two', tags: { a: 'b' } } });
  expect(first.body).not.toHaveProperty('contentType');
  const items = [first, second].map(({ body: { value: _, ...item } }) => item);
  expect((await ask('GET /secrets/listed/versions')).body).toEqual({ value: items, nextLink: null });
  expect((await ask('PUT /secrets/listed', { body: { value: 5 } })).body).toMatchObject({
    error: { code: 'BadParameter', message: "Property 'value' has to be a text." },
  });
});

test('faults of the vault are written as its errors are', async () => {
  azure.vault.fail({ kind: 'status', status: 429 }, { times: 1 });
  azure.vault.fail({ kind: 'status', status: 500 }, { times: 1 });
  expect(await ask('GET /secrets')).toEqual({
    status: 429,
    body: { error: { code: 'Throttled', message: 'Try again later.' } },
  });
  expect(await ask('GET /secrets')).toEqual({
    status: 500,
    body: { error: { code: 'InternalServerError', message: 'Try again later.' } },
  });
});
