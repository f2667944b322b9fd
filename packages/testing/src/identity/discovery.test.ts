import { expect, test } from 'vitest';
import { manualClock } from '../clock.ts';
import type { PlainResponse } from '../neighbour/listener.ts';
import { aTenant } from './a-tenant.fake.ts';
import { createDirectory } from './directory.ts';
import { answerDiscovery, answerInstanceDiscovery } from './discovery.ts';

const directory = createDirectory({ otherTenants: ['11111111-1111-4111-8111-111111111111'] });
const { tenantId } = directory;
const tenant = aTenant(directory, manualClock());

function discover(name: string) {
  const { status, body = '' } = answerDiscovery(tenant, name, {
    method: 'GET',
    url: new URL('https://authority/'),
    headers: {},
    body: '',
    signal: new AbortController().signal,
    signInOrigin: 'http://pages',
  });
  return { status, ...(JSON.parse(body) as Readonly<Record<string, unknown>>) };
}

test.each([
  ['common', tenantId],
  [tenantId, tenantId],
  ['11111111-1111-4111-8111-111111111111', '11111111-1111-4111-8111-111111111111'],
])('the documents of %s name the endpoints of %s, and its pages without TLS', (name, id) => {
  expect(discover(name)).toMatchObject({
    status: 200,
    issuer: `https://authority/${id}/v2.0`,
    authorization_endpoint: `http://pages/${id}/oauth2/v2.0/authorize`,
    token_endpoint: `https://authority/${id}/oauth2/v2.0/token`,
    device_authorization_endpoint: `http://pages/${id}/oauth2/v2.0/devicecode`,
    end_session_endpoint: `http://pages/${id}/oauth2/v2.0/logout`,
    jwks_uri: `https://authority/${id}/discovery/v2.0/keys`,
  });
});

test.each(['adfs', 'ADFS'])('%s is a server of its own kind, without versions', (name) => {
  expect(discover(name)).toMatchObject({
    issuer: 'https://authority/adfs',
    authorization_endpoint: 'http://pages/adfs/oauth2/authorize',
    token_endpoint: 'https://authority/adfs/oauth2/token',
    device_authorization_endpoint: 'http://pages/adfs/oauth2/devicecode',
    end_session_endpoint: 'http://pages/adfs/oauth2/logout',
    jwks_uri: `https://authority/${tenantId}/discovery/v2.0/keys`,
  });
});

test('a client reads what it may ask for', () => {
  expect(discover('common')).toMatchObject({
    token_endpoint_auth_methods_supported: ['client_secret_post', 'private_key_jwt', 'client_secret_basic'],
    response_modes_supported: ['query', 'fragment', 'form_post'],
    subject_types_supported: ['pairwise'],
    id_token_signing_alg_values_supported: ['RS256'],
    response_types_supported: ['code'],
    scopes_supported: ['openid', 'profile', 'email', 'offline_access'],
    code_challenge_methods_supported: ['plain', 'S256'],
    claims_supported: expect.arrayContaining(['sub', 'iss', 'aud', 'exp', 'nonce', 'tid']) as string[],
    request_uri_parameter_supported: false,
    http_logout_supported: true,
  });
});

test('an unknown tenant has no documents', () => {
  expect(discover('fabrikam.example')).toMatchObject({ status: 400, error_codes: [90_002] });
});

test('the clouds are this authority', () => {
  const { body = '' }: PlainResponse = answerInstanceDiscovery(directory, 'https://localhost:8443');
  expect(JSON.parse(body)).toEqual({
    tenant_discovery_endpoint: `https://localhost:8443/${tenantId}/v2.0/.well-known/openid-configuration`,
    'api-version': '1.1',
    metadata: [
      { preferred_network: 'localhost:8443', preferred_cache: 'localhost:8443', aliases: ['localhost:8443'] },
    ],
  });
});
