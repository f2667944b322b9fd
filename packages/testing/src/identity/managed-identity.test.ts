import { decodeJwt } from 'jose';
import { expect, test } from 'vitest';
import { manualClock } from '../clock.ts';
import { aTenant } from './a-tenant.fake.ts';
import { createDirectory } from './directory.ts';
import { answerAppService, answerImds } from './managed-identity.ts';

const directory = createDirectory({ apps: { other: {} } });
const { defaultApp } = directory;
const other = directory.app('other');
// The tokens of the tenant are dated in whole seconds.
const tenant = aTenant(directory, manualClock(1_000_000_900));
const resource = 'https://cognitiveservices.azure.com';

function asked(query: Readonly<Record<string, string>>, headers: Readonly<Record<string, string>>) {
  const url = new URL(`http://metadata/?${new URLSearchParams(query).toString()}`);
  return { method: 'GET', url, headers, body: '', signal: new AbortController().signal };
}

const read = ({ status, body = '{}' }: { readonly status: number; readonly body?: string }) => ({
  status,
  ...(JSON.parse(body) as Readonly<Record<string, unknown>>),
});

const appService = async (query: object = {}, secret = 'secret') =>
  read(
    await answerAppService(
      tenant,
      'secret',
      asked({ 'api-version': '2019-08-01', resource, ...query }, { 'x-identity-header': secret }),
    ),
  );

const imds = async (query: object = {}, metadata = 'true') =>
  read(await answerImds(tenant, asked({ 'api-version': '2018-02-01', resource, ...query }, { metadata })));

test('App Service dates a token in seconds since 1970, as a text', async () => {
  expect(await appService()).toEqual({
    status: 200,
    access_token: expect.any(String) as string,
    expires_on: '1003600',
    resource,
    token_type: 'Bearer',
    client_id: defaultApp.clientId,
  });
});

test('a virtual machine says for how many seconds, too, and from when on', async () => {
  expect(await imds()).toEqual({
    status: 200,
    access_token: expect.any(String) as string,
    refresh_token: '',
    client_id: defaultApp.clientId,
    expires_in: '3600',
    expires_on: '1003600',
    ext_expires_in: '3600',
    not_before: '999700',
    resource,
    token_type: 'Bearer',
  });
});

test.each([
  [{ client_id: other?.clientId.toUpperCase() }],
  [{ object_id: other?.objectId }],
  [{ principal_id: other?.objectId.toUpperCase() }],
  [{ msi_res_id: '/subscriptions/1/userAssignedIdentities/other' }],
  [{ mi_res_id: '/subscriptions/1/userAssignedIdentities/other' }],
])('an identity is chosen by %j', async (query) => {
  expect(await imds(query)).toMatchObject({ status: 200, client_id: other?.clientId });
  expect(await appService(query)).toMatchObject({ status: 200, client_id: other?.clientId });
});

test('who only looks whether there is a metadata service is told that it is one', async () => {
  const request = asked({}, {});
  expect(read(await answerImds(tenant, request))).toEqual({
    status: 400,
    error: 'bad_request_102',
    error_description: 'Required metadata header not specified',
  });
});

test.each([
  [{}, {}, 401],
  [{}, { 'x-identity-header': 'secret' }, 400],
  [{ 'api-version': '2019-08-01' }, { 'x-identity-header': 'secret' }, 400],
])('App Service is asked %j with %j, and answers %i', async (query, headers, status) => {
  expect(read(await answerAppService(tenant, 'secret', asked(query, headers)))).toMatchObject({
    status,
    statusCode: status,
  });
});

test.each([
  [{}, 'bad_request_101', 'Required query variable api-version is missing'],
  [{ 'api-version': '2018-02-01' }, 'invalid_request', 'Required query variable resource is missing'],
])('a virtual machine that is asked %j says what is missing', async (query, error, description) => {
  const found = read(await answerImds(tenant, asked(query, { metadata: 'True' })));
  expect(found).toEqual({ status: 400, error, error_description: description });
});

test('the identity with the id of a client goes before all others that are named', async () => {
  const query = { client_id: other?.clientId, object_id: defaultApp.objectId, msi_res_id: '/default' };
  expect(await imds(query)).toMatchObject({ client_id: other?.clientId });
  expect(await imds({ object_id: other?.objectId, msi_res_id: '/default' })).toMatchObject({
    client_id: other?.clientId,
  });
});

test('the token is for the resource that was asked for, and as good as the settings of the tenant say', async () => {
  const asIssued = aTenant(directory, manualClock(1_000_000_900));
  Object.assign(asIssued.settings, { lifetimeMs: 60_000, skewMs: 30_000 });
  const query = { 'api-version': '2018-02-01', resource: 'https://search.azure.com' };
  const { access_token: token, ...rest } = read(
    await answerImds(asIssued, asked(query, { metadata: 'true' })),
  ) as Record<string, unknown>;
  expect(decodeJwt(String(token))).toMatchObject({
    aud: 'https://search.azure.com',
    appid: defaultApp.clientId,
    appidacr: '2',
    exp: 1_000_090,
  });
  expect(rest).toMatchObject({
    expires_on: '1000090',
    expires_in: '90',
    resource: 'https://search.azure.com',
  });
});

test.each([
  ['an unknown identity', { client_id: 'nobody' }, 'true', 'invalid_request'],
  ['an unknown resource', { resource: 'https://nothing.example' }, 'true', 'invalid_resource'],
  ['no header', {}, 'false', 'bad_request_102'],
])('a virtual machine refuses %s', async (_, query, metadata, error) => {
  expect(await imds(query, metadata)).toMatchObject({ status: 400, error });
});

test.each([
  ['a wrong secret', {}, 'SECRET', 401],
  ['another version', { 'api-version': '2017-09-01' }, 'secret', 400],
  ['an unknown identity', { object_id: 'nobody' }, 'secret', 400],
  ['an unknown resource', { resource: 'https://nothing.example' }, 'secret', 400],
])('App Service refuses %s', async (_, query, secret, status) => {
  expect(await appService(query, secret)).toMatchObject({ status, statusCode: status });
});
