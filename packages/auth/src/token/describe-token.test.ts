import { expect, test } from 'vitest';
import { describeToken } from './describe-token.ts';

function jwt(claims: unknown): string {
  const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part({ alg: 'RS256', typ: 'JWT' })}.${part(claims)}.c2lnbmF0dXJl`;
}

const app = {
  ver: '1.0',
  aud: 'https://cognitiveservices.azure.com',
  iss: 'https://sts.windows.net/tenant/',
  tid: 'tenant',
  oid: 'principal',
  appid: 'client',
  idtyp: 'app',
  roles: ['Task.Read', 7],
  xms_mirid: '/subscriptions/s/resourcegroups/g/providers/Microsoft.ManagedIdentity/userAssignedIdentities/i',
  iat: 1_763_769_600,
  exp: 1_763_773_200,
};

test('tells who an app is, what the token is for and until when', () => {
  expect(describeToken(jwt(app), { now: () => 1_763_773_199_999 })).toEqual({
    subject: 'app',
    tenantId: 'tenant',
    objectId: 'principal',
    appId: 'client',
    managedIdentity: app.xms_mirid,
    audience: 'https://cognitiveservices.azure.com',
    issuer: 'https://sts.windows.net/tenant/',
    roles: ['Task.Read'],
    scopes: [],
    issuedAt: new Date('2025-11-22T00:00:00Z'),
    expiresAt: new Date('2025-11-22T01:00:00Z'),
    isExpired: false,
  });
  expect(describeToken(jwt(app), { now: () => 1_763_773_200_000 }).isExpired).toBe(true);
});

test('tells a person by the delegated permissions, and the app of a v2.0 token by `azp`', () => {
  const token = jwt({ ver: '2.0', oid: 'ada', azp: 'client', scp: 'user_impersonation openid' });
  expect(describeToken(`Bearer ${token}`)).toMatchObject({
    subject: 'user',
    objectId: 'ada',
    appId: 'client',
    scopes: ['user_impersonation', 'openid'],
    expiresAt: undefined,
    isExpired: false,
  });
});

test.each([
  '',
  'secret-that-is-no-token',
  'a.b.c',
  'a..c',
  `a.${Buffer.from('7').toString('base64url')}.c`,
  jwt(null),
])('refuses %j without repeating it', (token) => {
  expect(() => describeToken(token)).toThrow(
    new TypeError('Cannot describe the token: it is not a JSON Web Token. Give the access token as it came.'),
  );
});

test('never repeats the token', () => {
  const token = jwt(app);
  const description = JSON.stringify(describeToken(token));
  for (const part of token.split('.')) expect(description).not.toContain(part);
});
