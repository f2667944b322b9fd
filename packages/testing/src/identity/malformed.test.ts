import { afterAll, beforeAll, expect, test } from 'vitest';
import { createIdentity } from './identity.ts';

const identity = createIdentity();
const app = identity.directory.defaultApp;

beforeAll(() => identity.start());
afterAll(() => identity.close());

interface Request {
  readonly path?: string;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

const token = '/common/oauth2/v2.0/token';
const grant = 'grant_type=client_credentials&scope=https://ai.azure.com/.default';
const basic = (text: string) => ({ authorization: `Basic ${Buffer.from(text).toString('base64')}` });

function assertionOf(claims: unknown): string {
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${grant}&client_id=${app.clientId}&client_assertion_type=urn:ietf:params:oauth:client-assertion-type:jwt-bearer&client_assertion=${part({ alg: 'RS256' })}.${part(claims)}.x`;
}

test.each<[string, Request, [status: number, error: string, code: number]]>([
  ['half an escape in the id', { headers: basic('100%:x') }, [400, 'unauthorized_client', 700_016]],
  [
    'half an escape in the secret',
    { headers: basic(`${app.clientId}:100%`) },
    [401, 'invalid_client', 7_000_215],
  ],
  [
    'an escape that is no UTF-8',
    { headers: basic(`${app.clientId}:%ff`) },
    [401, 'invalid_client', 7_000_215],
  ],
  [
    'credentials that are no base64',
    { headers: { authorization: 'Basic ???' } },
    [400, 'unauthorized_client', 700_016],
  ],
  ['an assertion whose claims are a list', { body: assertionOf([]) }, [401, 'invalid_client', 50_027]],
  [
    'an assertion whose subject is a number',
    { body: assertionOf({ sub: 1 }) },
    [401, 'invalid_client', 50_027],
  ],
  ['no body', { body: '' }, [400, 'invalid_request', 900_144]],
  [
    'JSON',
    { headers: { 'content-type': 'application/json' }, body: '{"grant_type":"password"}' },
    [400, 'invalid_request', 900_144],
  ],
  ['half an escape in the body', { body: 'grant_type=%' }, [400, 'unsupported_grant_type', 70_003]],
  ['half an escape in the tenant', { path: '/%zz/oauth2/v2.0/token' }, [400, 'invalid_request', 90_002]],
  [
    'half an escape in the tenant of a device',
    { path: '/%e2%82/oauth2/v2.0/devicecode' },
    [400, 'invalid_request', 90_002],
  ],
  [
    'half an escape in the tenant of a document',
    { path: '/%/v2.0/.well-known/openid-configuration', method: 'GET' },
    [400, 'invalid_tenant', 90_002],
  ],
  [
    'a device without an app',
    { path: '/common/oauth2/v2.0/devicecode', body: 'scope=openid' },
    [400, 'invalid_request', 900_144],
  ],
])('what is malformed is refused in the words of Entra ID: %s', async (_, request, expected) => {
  const { path = token, method = 'POST', headers = {}, body = grant } = request;
  const answer = await fetch(`${identity.signInOrigin}${path}`, {
    method,
    headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
    ...(method === 'POST' && { body }),
  });
  const said = (await answer.json()) as Readonly<Record<string, unknown>>;
  expect([answer.status, said['error'], said['error_codes']]).toEqual([
    ...expected.slice(0, 2),
    [expected[2]],
  ]);
  expect(said['error_description']).toMatch(new RegExp(`^AADSTS${expected[2]}: `));
});

test.each([
  ['half an escape in the tenant', `/%zz/oauth2/v2.0/authorize?client_id=${app.clientId}`, 'AADSTS90002:'],
  ['no app', '/common/oauth2/v2.0/authorize?response_type=code', 'AADSTS900144:'],
])('a sign-in page says what is malformed: %s', async (_, path, code) => {
  const answer = await fetch(`${identity.signInOrigin}${path}`);
  expect([answer.status, answer.headers.get('content-type')]).toEqual([400, 'text/html; charset=utf-8']);
  expect(await answer.text()).toContain(code);
});
