import OpenAI from 'openai';
import { afterAll, expect, test } from 'vitest';
import { manualClock } from '../clock.ts';
import type { CredentialOptions } from '../identity/mock-credential.ts';
import { startMockAzure } from '../start-mock-azure.ts';

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
