import { expect, test } from 'vitest';
import { createDirectory } from './directory.ts';
import type { Claims, TokenIssuer } from './token.ts';
import { verify, type Demand } from './verify.ts';

const directory = createDirectory({
  users: { ada: { groups: ['finance'] } },
  roleAssignments: [
    { principal: 'finance', role: 'Reader' },
    { principal: 'default', role: 'Cognitive Services OpenAI User', resource: 'sweden' },
  ],
});
const { defaultApp: app, tenantId } = directory;
const [ada] = directory.users;
const nowMs = 1_000_000;
const audience = 'https://cognitiveservices.azure.com';
const good: Claims = {
  aud: audience,
  tid: tenantId,
  oid: app.objectId,
  appid: app.clientId,
  exp: 1_001,
  uti: 'one',
};
const chat = 'Microsoft.CognitiveServices/accounts/OpenAI/deployments/chat/action';

/** What a service says to a token with these claims: a principal, or what is wrong. */
function check(claims: Claims | undefined, demand: Partial<Demand> = {}) {
  const issuer = { claims: () => claims } as Partial<TokenIssuer> as TokenIssuer;
  const context = { directory, issuer, now: () => nowMs, revoked: new Set(['revoked']) };
  const found = verify(context, 'token', { service: 'openai', ...demand });
  return found.ok ? found.principal : found.problem;
}

test.each<[string, Claims | undefined, Partial<Demand>, string]>([
  ['one that is not signed here', undefined, {}, 'invalid-token'],
  ['one that ends now', { ...good, exp: 1_000 }, {}, 'invalid-token'],
  ['one without an end', { aud: audience, tid: tenantId, oid: app.objectId }, {}, 'invalid-token'],
  ['one that begins later', { ...good, nbf: 1_001 }, {}, 'invalid-token'],
  ['one that was revoked', { ...good, uti: 'revoked' }, {}, 'invalid-token'],
  ['one for another service', { ...good, aud: 'https://search.azure.com' }, {}, 'invalid-token'],
  [
    'one for another address',
    { ...good, aud: 'http://127.0.0.1:2' },
    { origin: 'http://127.0.0.1:1' },
    'invalid-token',
  ],
  ['one of nobody here', { ...good, oid: 'nobody' }, {}, 'invalid-token'],
  ['one of another tenant', { ...good, tid: 'other' }, {}, 'wrong-tenant'],
  ['one for a resource of another tenant', good, { tenantId: 'other' }, 'wrong-tenant'],
  ['one of another tenant that has ended', { ...good, tid: 'other', exp: 1 }, {}, 'invalid-token'],
  ['one of an app without a role there', good, { dataAction: chat, resource: 'france' }, 'no-role'],
  [
    'one of an app without a role at all',
    good,
    { action: 'Microsoft.Search/searchServices/read' },
    'no-role',
  ],
])('a token is refused: %s', (_, claims, demand, problem) => {
  expect(check(claims, demand)).toBe(problem);
});

test.each<[string, Claims, Partial<Demand>]>([
  ['one that ends in a second', good, {}],
  ['one that begins now', { ...good, nbf: 1_000 }, {}],
  [
    'one for the address of the service',
    { ...good, aud: 'http://127.0.0.1:1' },
    { origin: 'http://127.0.0.1:1' },
  ],
  ['one whose resource writes its tenant in capitals', good, { tenantId: tenantId.toUpperCase() }],
  ['one with a role there', good, { dataAction: chat, resource: 'sweden' }],
  [
    'one with the role of a group',
    { ...good, oid: ada?.objectId },
    { action: 'Microsoft.Search/searchServices/read' },
  ],
])('a token is accepted: %s', (_, claims, demand) => {
  expect(check(claims, demand)).toMatchObject({ tenantId });
});

test('the principal of a token is an app or a person, with its permissions', () => {
  expect(check({ ...good, roles: ['Approver'] })).toEqual({
    kind: 'app',
    objectId: app.objectId,
    name: 'default',
    tenantId,
    clientId: app.clientId,
    permissions: ['Approver'],
  });
  const person = {
    ...good,
    oid: ada?.objectId,
    appid: undefined,
    azp: 'client',
    scp: 'Files.Read  User.Read',
    roles: ['x'],
  };
  expect(check(person as Claims)).toEqual({
    kind: 'user',
    objectId: ada?.objectId,
    name: 'ada',
    tenantId,
    clientId: 'client',
    permissions: ['Files.Read', 'User.Read'],
  });
  expect(check(good)).toMatchObject({ permissions: [] });
});
