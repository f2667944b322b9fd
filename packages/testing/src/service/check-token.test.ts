import OpenAI from 'openai';
import { afterAll, expect, test } from 'vitest';
import { manualClock } from '../clock.ts';
import type { Identity } from '../identity/identity.ts';
import type { CredentialOptions } from '../identity/mock-credential.ts';
import type { Demand } from '../identity/verify.ts';
import { startMockAzure } from '../start-mock-azure.ts';
import { checkTokenWith } from './check-token.ts';
import type { OperationRequest } from './operation.ts';

const scope = 'https://cognitiveservices.azure.com/.default';
const otherTenant = '11111111-1111-4111-8111-111111111111';
const clock = manualClock();
const azure = await startMockAzure({
  clock,
  identity: {
    otherTenants: [otherTenant],
    users: { ada: {}, bob: {} },
    roleAssignments: [
      { principal: 'default', role: 'Cognitive Services OpenAI User' },
      { principal: 'ada', role: 'Owner' },
      { principal: 'bob', role: 'Cognitive Services OpenAI Contributor' },
    ],
  },
});
afterAll(() => azure.close());

async function call(who: CredentialOptions, audience: string = scope): Promise<Response> {
  const { token } = await azure.credential(who).getToken(audience);
  return send(token);
}

async function send(token: string): Promise<Response> {
  return fetch(`${azure.endpoint}/openai/deployments/gpt-5-mini/chat/completions?api-version=2024-10-21`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: '{"messages":[{"role":"user","content":"Hi"}]}',
  });
}

const unauthorized =
  '{ "statusCode": 401, "message": "Unauthorized. Access token is missing, invalid, audience is incorrect (https://cognitiveservices.azure.com), or have expired." }';

test('the openai SDK signs in with the credential of the mock', async () => {
  const credential = azure.credential({ user: 'bob' });
  const client = new OpenAI({
    baseURL: `${azure.endpoint}/openai/v1/`,
    apiKey: async () => (await credential.getToken('https://ai.azure.com/.default')).token,
  });
  const { choices } = await client.chat.completions.create({
    model: 'gpt-5-mini',
    messages: [{ role: 'user', content: 'Hi' }],
  });
  expect(choices).toHaveLength(1);
});

test('a token for another service is refused without an error object', async () => {
  const response = await call({}, 'https://management.azure.com/.default');
  expect([response.status, await response.text()]).toEqual([401, unauthorized]);
});

test('a principal without the role is refused in 99 bytes', async () => {
  const response = await call({ user: 'ada' });
  expect([response.status, response.statusText]).toEqual([401, 'PermissionDenied']);
  expect(response.headers.get('content-length')).toBe('99');
  expect(await response.text()).toBe(
    '{"error":{"code":"PermissionDenied","message": "Principal does not have access to API/Operation."}}',
  );
});

test('a principal without the role on a Foundry project reads which data action is missing', async () => {
  const { token } = await azure.credential({ user: 'ada' }).getToken(scope);
  const response = await fetch(`${azure.endpoint}/api/projects/p/openai/v1/models`, {
    headers: { authorization: `Bearer ${token}` },
  });
  expect(response.status).toBe(401);
  expect(await response.text()).toMatch(
    /^\{"error":\{"code":"PermissionDenied","message":"The principal `[0-9a-f-]{36}` lacks the required data action `Microsoft\.CognitiveServices\/accounts\/AIServices\/models\/read` to perform `GET \/api\/projects\/p\/openai\/v1\/models` operation\. For instructions on granting the necessary permissions, see https:\/\/aka\.ms\/FoundryPermissions\."\}\}$/,
  );
});

test('a token of another tenant is a bad request', async () => {
  const response = await call({ tenantId: otherTenant });
  expect(response.status).toBe(400);
  expect(await response.json()).toEqual({
    error: {
      code: 'Tenant provided in token does not match resource token',
      message: `Token tenant ${otherTenant} does not match resource tenant.`,
    },
  });
});

const accounts = 'Microsoft.CognitiveServices/accounts/OpenAI';

test.each([
  ['POST /openai/v1/chat/completions', 'deployments/chat/action'],
  ['POST /openai/deployments/my/chat/completions', 'deployments/chat/action'],
  ['POST /openai/deployments/images/embeddings', 'deployments/embeddings/action'],
  ['POST /openai/v1/responses', 'deployments/responses/action'],
  ['GET /openai/v1/responses/resp_1', 'deployments/responses/action'],
  ['POST /openai/v1/audio/speech', 'deployments/audio/action'],
  ['POST /openai/v1/images/generations', 'deployments/images/action'],
  ['GET /openai/v1/realtime', 'deployments/realtime/action'],
  ['POST /openai/v1/completions', 'deployments/completions/action'],
  ['GET /openai/v1/files', 'files/read'],
  ['POST /openai/files', 'files/write'],
  ['DELETE /openai/v1/files/file-1', 'files/write'],
  ['GET /gateway/openai/v1/batches', 'batches/read'],
  ['POST /api/projects/p/openai/v1/chat/completions', 'deployments/chat/action'],
])('%s needs the data action %s', (asked, action) => {
  const [method = '', path = ''] = asked.split(' ');
  const demands: [string, Demand][] = [];
  const identity = {
    verify: (...demand: [string, Demand]) => {
      demands.push(demand);
      return { ok: true, principal: { objectId: 'me', tenantId: 'tenant', name: 'Me' } };
    },
  } as Partial<Identity> as Identity;
  const check = (config: object) =>
    checkTokenWith(identity)('token', {
      method,
      path,
      resource: { name: 'main', config },
    } as Partial<OperationRequest> as OperationRequest);
  expect(check({ cloud: 'public' })).toEqual({ kind: 'entra-id', objectId: 'me', tenantId: 'tenant' });
  check({ cloud: 'china', tenantId: 'other' });
  const usual = { service: 'openai', resource: 'main', dataAction: `${accounts}/${action}` };
  expect(demands).toEqual([
    ['token', { ...usual, cloud: 'public' }],
    ['token', { ...usual, cloud: 'china', tenantId: 'other' }],
  ]);
});

test('a token is refused once it has expired', async () => {
  const { token, expiresOnTimestamp } = await azure.credential().getToken(scope);
  expect((await send(token)).status).toBe(200);
  await clock.advance(expiresOnTimestamp - clock.now());
  expect(await (await send(token)).text()).toBe(unauthorized);
});

test('a revoked token is refused at once', async () => {
  const { token } = await azure.credential().getToken(scope);
  azure.identity.revoke(token);
  expect((await send(token)).status).toBe(401);
});
