import type { IncomingHttpHeaders } from 'node:http';
import { expect, test } from 'vitest';
import { manualClock } from '../clock.ts';
import { aResource } from './a-resource.fake.ts';
import { authenticate, type TokenCheck } from './authenticate.ts';
import { keepEphemeralKey } from './ephemeral-keys.ts';
import type { OperationRequest } from './operation.ts';

const clock = manualClock(0);
const person = { kind: 'entra-id', objectId: 'ada' } as const;
const checkToken: TokenCheck = (token) => (token === 'token' ? person : { ...person, objectId: token });

interface Asked {
  readonly surface?: 'v1' | 'dated';
  readonly takesKeys?: boolean;
  readonly path?: string;
  readonly check?: TokenCheck | undefined;
}

/** Who asks with these headers, or the status and the reason of the answer that it gets. */
function who(
  headers: IncomingHttpHeaders,
  { surface = 'v1', takesKeys = true, path = '/x', ...more }: Asked = {},
) {
  const { resource } = aResource();
  keepEphemeralKey({ resource }, 'ek_1', { expiresAtMs: 1_000, session: {} });
  const own = { ...resource, takesKeys, apiKeys: new Set(['key']), config: { keyHeader: 'X-Gateway-Key' } };
  const request = { headers, surface, path, clock, resource: own };
  const found = authenticate(
    request as unknown as OperationRequest,
    'check' in more ? more.check : checkToken,
  );
  if (!('status' in found)) return found;
  return [
    found.status,
    found.kind === 'json' ? /"(?:code|message)": ?"([^"]{0,24})/.exec(found.text)?.[1] : '',
  ];
}

const key = { kind: 'api-key' };
const wrongKey = [401, '401'];
const invalidToken = [401, 'Unauthorized. Access tok'];
const keysDisabled = [403, 'AuthenticationTypeDisabl'];

test.each<[string, IncomingHttpHeaders, unknown, Asked?]>([
  ['a key', { 'api-key': 'key' }, key],
  ['a key in the header of API Management', { 'ocp-apim-subscription-key': 'key' }, key],
  ['a key in the header of the config', { 'x-gateway-key': 'key' }, key],
  ['a wrong key', { 'api-key': 'KEY' }, wrongKey],
  ['a wrong key beside a good token', { 'api-key': 'x', authorization: 'Bearer token' }, wrongKey],
  ['nothing', {}, invalidToken],
  ['a key as a token, on v1', { authorization: 'Bearer key' }, key],
  [
    'a key as a token, on dated paths',
    { authorization: 'Bearer key' },
    { ...person, objectId: 'key' },
    { surface: 'dated' },
  ],
  ['a token', { authorization: 'Bearer token' }, person],
  ['a token, in small letters', { authorization: 'bearer  token' }, person],
  ['another scheme', { authorization: 'Basic token' }, invalidToken],
  ['no token after the scheme', { authorization: 'Bearer ' }, invalidToken],
  ['a token where there is no tenant', { authorization: 'Bearer token' }, invalidToken, { check: undefined }],
  ['a key where keys are off', { 'api-key': 'key' }, keysDisabled, { takesKeys: false }],
  ['a wrong key where keys are off', { 'api-key': 'x' }, keysDisabled, { takesKeys: false }],
  [
    'a key as a token where keys are off',
    { authorization: 'Bearer key' },
    keysDisabled,
    { takesKeys: false },
  ],
  ['a token where keys are off', { authorization: 'Bearer token' }, person, { takesKeys: false }],
  ['an ephemeral key', { 'api-key': 'ek_1' }, key, { path: '/openai/v1/realtime' }],
  [
    'an ephemeral key where keys are off',
    { 'api-key': 'ek_1' },
    key,
    { path: '/openai/v1/realtime', takesKeys: false },
  ],
  ['an ephemeral key for something else', { 'api-key': 'ek_1' }, wrongKey],
  [
    'a token at the host of a region',
    { host: 'swedencentral.api.cognitive.microsoft.com', authorization: 'Bearer token' },
    [400, 'BadRequest'],
  ],
  [
    'a key at the host of a region',
    { host: 'swedencentral.api.cognitive.microsoft.com', 'api-key': 'key' },
    key,
  ],
])('%s: %j', (_, headers, expected, options) => {
  expect(who(headers, options)).toEqual(expected);
});
