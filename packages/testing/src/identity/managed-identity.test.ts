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
