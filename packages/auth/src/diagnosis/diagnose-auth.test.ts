import { AggregateAuthenticationError, CredentialUnavailableError } from '@azure/identity';
import OpenAI from 'openai';
import { describe, expect, test } from 'vitest';
import { describeToken } from '../token/describe-token.ts';
import { diagnoseAuth } from './diagnose-auth.ts';
import { CredentialError } from '../errors.ts';
import { explainSignIn } from '../entra/sign-in-error.ts';
import { safeCause } from '../redact.ts';

const endpoint = 'https://contoso.openai.azure.com';
const oid = '11111111-2222-4333-8444-555555555555';
const tenants = {
  token: 'aaaaaaaa-2222-4333-8444-555555555555',
  resource: 'bbbbbbbb-2222-4333-8444-555555555555',
};

function jwt(claims: object): string {
  const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part({ alg: 'RS256' })}.${part(claims)}.c2ln`;
}

/** Every row of docs/wire/authentication.md#3.1, as the service sends it. */
const bodies = {
  'wrong-key': [
    401,
    '{"error":{"code":"401","message":"Access denied due to invalid subscription key or wrong API endpoint. Make sure to provide a valid key for an active subscription and use a correct regional API endpoint for your resource."}}',
  ],
  'bad-token': [
    401,
    '{ "statusCode": 401, "message": "Unauthorized. Access token is missing, invalid, audience is incorrect (https://cognitiveservices.azure.com), or have expired." }',
  ],
  'bad-token (2026)': [
    401,
    '{ "statusCode": 401, "message": "Unauthorized. Access token is missing, invalid, audience is incorrect (urn:ms.scopedToken or urn:ms.faceSessionToken), or have expired." }',
  ],
  'no-role': [
    401,
    '{"error":{"code":"PermissionDenied","message": "Principal does not have access to API/Operation."}}',
  ],
  'no-role (Foundry)': [
    401,
    `{"error":{"code":"PermissionDenied","message":"The principal \`${oid}\` lacks the required data action \`Microsoft.CognitiveServices/accounts/AIServices/agents/read\` to perform \`GET /api/projects/p\` operation. For instructions on granting the necessary permissions, see https://aka.ms/FoundryPermissions."}}`,
  ],
  'key-auth-disabled': [
    403,
    '{"error":{"code":"AuthenticationTypeDisabled","message": "Key based authentication is disabled for this resource."}}',
  ],
  'wrong-tenant': [
    400,
    `{"error":{"code":"Tenant provided in token does not match resource token","message":"Token tenant ${tenants.token} does not match resource tenant ${tenants.resource}."}}`,
  ],
  'wrong-tenant (short)': [
    400,
    '{"error":{"code":"Tenant provided in token does not match resource token","message":"Token tenant <guid> does not match resource tenant."}}',
  ],
  'no-custom-subdomain': [
    400,
    '{"error":{"code":"BadRequest","message":"Please provide a custom subdomain for token authentication, otherwise API key is required."}}',
  ],
  firewall: [
    403,
    '{"error":{"code":"403","message":"Access denied due to Virtual Network/Firewall rules."}}',
  ],
  'public-access-disabled': [
    403,
    '{"error":{"code":"403","message":"Public access is disabled. Please configure private endpoint."}}',
  ],
} as const;

type Case = keyof typeof bodies;

function answered(name: Case): Response {
  const [status, body] = bodies[name];
  return new Response(body, { status, headers: { 'content-type': 'application/json' } });
}

test.each<[Case, string]>([
  ['wrong-key', 'az cognitiveservices account keys list --name contoso --resource-group <group>'],
  ['bad-token', 'Ask with the scope that `scopeFor(endpoint, api)` gives'],
  ['bad-token (2026)', 'Ask with the scope that `scopeFor(endpoint, api)` gives'],
  ['no-role', 'az role assignment create --assignee-object-id <principal-object-id>'],
  [
    'no-role (Foundry)',
    `az role assignment create --assignee-object-id ${oid} --assignee-principal-type ServicePrincipal --role "Azure AI User"`,
  ],
  ['key-auth-disabled', 'Sign in with `entraId()` instead of a key.'],
  ['wrong-tenant', `set \`AZURE_TENANT_ID\` to ${tenants.resource}`],
  ['wrong-tenant (short)', 'set `AZURE_TENANT_ID` to <tenant-of-the-account>'],
  ['no-custom-subdomain', 'az cognitiveservices account update --name <account>'],
  ['firewall', 'az cognitiveservices account network-rule add --name contoso'],
  ['public-access-disabled', 'nslookup contoso.openai.azure.com'],
])('%s has a cause, evidence and a fix', async (name, fix) => {
  const [status, body] = bodies[name];
  const diagnosis = await diagnoseAuth(answered(name), { endpoint });
  expect(diagnosis?.problem).toBe(name.replace(/ \(.*$/, ''));
  expect(diagnosis?.fix).toContain(fix);
  expect(diagnosis?.cause).toMatch(/\.$/);
  const { message, error } = JSON.parse(body) as { message?: string; error?: { message: string } };
  expect(diagnosis?.evidence[0]).toBe(`${status}: ${message ?? error?.message ?? ''}`);
});

test.each(Object.keys(bodies) as Case[])('%s is recognised in the error of the openai SDK', async (name) => {
  const client = new OpenAI({
    apiKey: 'k',
    baseURL: `${endpoint}/openai/v1/`,
    maxRetries: 0,
    fetch: async () => answered(name),
  });
  const error: unknown = await client.models.list().catch((thrown: unknown) => thrown);
  expect(await diagnoseAuth(error, { endpoint })).toMatchObject({ problem: name.replace(/ \(.*$/, '') });
});

test('a plain `{ status, body }` will do', async () => {
  const [status, body] = bodies['wrong-key'];
  expect(await diagnoseAuth({ status, body })).toMatchObject({ problem: 'wrong-key' });
  expect(await diagnoseAuth({ status, body: JSON.parse(body) as unknown })).toMatchObject({
    problem: 'wrong-key',
  });
});

test('the code alone is telling when the words change', async () => {
  const body = '{"error":{"code":"PermissionDenied","message":"Nope."}}';
  expect(await diagnoseAuth({ status: 401, body })).toMatchObject({
    problem: 'no-role',
    evidence: ['401: Nope.'],
  });
});

test('the response can still be read', async () => {
  const response = answered('no-role');
  await diagnoseAuth(response);
  expect(await response.json()).toMatchObject({ error: { code: 'PermissionDenied' } });
  expect(await diagnoseAuth(response)).toMatchObject({ problem: 'unauthorized' });
});

test('the token sharpens what the service leaves open', async () => {
  const at = (claims: object): ReturnType<typeof describeToken> => describeToken(jwt(claims));
  const expired = at({ aud: 'https://cognitiveservices.azure.com', exp: 1_763_773_200 });
  expect(await diagnoseAuth(answered('bad-token'), { token: expired })).toMatchObject({
    problem: 'expired-token',
    cause: 'The token expired at 2025-11-22T01:00:00.000Z.',
  });
  const graph = at({ aud: 'https://graph.microsoft.com', exp: 4e9 });
  expect(await diagnoseAuth(answered('bad-token'), { token: graph })).toMatchObject({
    problem: 'wrong-audience',
    cause: 'The token is for "https://graph.microsoft.com", not for Azure OpenAI in this cloud.',
  });
  const publicToken = at({ aud: 'https://ai.azure.com', exp: 4e9 });
  expect(
    await diagnoseAuth(answered('bad-token'), {
      token: publicToken,
      endpoint: 'https://contoso.openai.azure.us',
    }),
  ).toMatchObject({
    problem: 'wrong-audience',
    fix: expect.stringContaining('cognitiveservices.azure.us') as string,
  });
  const version2 = at({ aud: '7d312290-28c8-473c-a0ed-8e53749b6d6d', exp: 4e9 });
  expect(await diagnoseAuth(answered('bad-token'), { token: version2, endpoint })).toMatchObject({
    problem: 'bad-token',
  });
  const asked = { scope: 'https://management.azure.com/.default' };
  expect(await diagnoseAuth(answered('bad-token'), asked)).toMatchObject({ problem: 'wrong-audience' });
  const good = at({ aud: 'https://cognitiveservices.azure.com', exp: 4e9 });
  expect(await diagnoseAuth(answered('bad-token'), { token: good })).toMatchObject({ problem: 'bad-token' });
});

test('the fix names the principal of the token, its kind and the account', async () => {
  const app = describeToken(jwt({ oid, idtyp: 'app', tid: tenants.token }));
  const diagnosis = await diagnoseAuth(answered('no-role'), { endpoint, token: app });
  expect(diagnosis?.fix).toBe(
    `az role assignment create --assignee-object-id ${oid} --assignee-principal-type ServicePrincipal --role "Cognitive Services OpenAI User" --scope "$(az cognitiveservices account list --query "[?name=='contoso'].id" --output tsv)" (it takes effect after up to five minutes)`,
  );
  expect(diagnosis?.evidence).toContain(`token: tenant ${tenants.token}, principal ${oid}`);
  const person = describeToken(jwt({ oid, scp: 'user_impersonation' }));
  expect((await diagnoseAuth(answered('no-role'), { token: person }))?.fix).toContain(
    '--assignee-principal-type User',
  );
  expect((await diagnoseAuth(answered('wrong-tenant'), { token: person }))?.fix).toBe(
    `az login --tenant ${tenants.resource}`,
  );
});

test.each([
  ['a 429', new Response('{"error":{"code":"429","message":"Too many requests"}}', { status: 429 })],
  ['a 404', new Response('{"error":{"code":"DeploymentNotFound","message":"…"}}', { status: 404 })],
  ['a wrong key in a 500', new Response(bodies['wrong-key'][1], { status: 500 })],
  ['an error of the program', new RangeError('out of range')],
  ['nothing', undefined],
])('%s is not about who calls', async (_, failure) => {
  expect(await diagnoseAuth(failure)).toBeUndefined();
});

test.each([
  ['AADSTS7000215: Invalid client secret provided.', 'client secret is wrong', 'az ad app credential reset'],
  [
    'AADSTS7000222: The provided client secret keys are expired.',
    'client secret has expired',
    'az ad app credential reset',
  ],
  ["AADSTS700016: Application with identifier 'x' was not found", 'does not know the app', 'az ad sp show'],
  ["AADSTS90002: Tenant 'x' not found.", 'no such tenant', 'az account show'],
  ['AADSTS500011: The resource principal named x was not found', 'does not know the resource', 'scopeFor'],
  [
    'AADSTS65001: The user or administrator has not consented',
    'consented',
    'az ad app permission admin-consent',
  ],
  [
    'AADSTS70021: No matching federated identity record found',
    'no federated identity credential',
    'federated-credential list',
  ],
  ['AADSTS700024: Client assertion is not within its valid time range.', 'a clock is wrong', 'timedatectl'],
  ['AADSTS50076: you must use multi-factor authentication', 'multi-factor', 'az login'],
  ['AADSTS53003: Access has been blocked by Conditional Access', 'conditional access', 'Sign-in logs'],
  ["Please run 'az login' from a command prompt", 'nobody is signed in', 'az login'],
  ['Identity not found', 'no such managed identity', 'az vm identity assign'],
  ['Multiple user assigned identities exist', 'several user-assigned', 'clientId'],
  ['getaddrinfo ENOTFOUND login.microsoftonline.com', 'cannot be found', 'HTTPS_PROXY'],
  ['connect ECONNREFUSED 10.0.0.1:443', 'does not answer', 'network'],
  ['self-signed certificate in certificate chain', 'not trusted', 'NODE_EXTRA_CA_CERTS'],
])('%s is explained by the error and by the diagnosis', async (text, cause, fix) => {
  const error = explainSignIn(new CredentialUnavailableError(text), 'https://ai.azure.com/.default');
  expect(error.message).toContain(cause);
  expect(error.message).toContain(fix);
  expect(error.message).toMatch(/^Cannot get a token for scope "https:\/\/ai\.azure\.com\/\.default": /);
  for (const failure of [error, error.cause]) {
    const diagnosis = await diagnoseAuth(failure);
    expect(diagnosis?.problem).toBe('sign-in-failed');
    expect(diagnosis?.cause.toLowerCase()).toContain(cause.toLowerCase());
    expect(diagnosis?.fix).toContain(fix);
  }
});

test.each<[string, number, string, string, string]>([
  [
    'a gateway that misses its key',
    401,
    '{ "statusCode": 401, "message": "Access denied due to missing subscription key. Make sure to include subscription key when making requests to an API." }',
    'gateway-key-missing',
    'keyHeader',
  ],
  [
    'a gateway that does not know its key',
    401,
    '{ "statusCode": 401, "message": "Access denied due to invalid subscription key. Make sure to provide a valid key for an active subscription." }',
    'gateway-key-wrong',
    'API Management, Subscriptions',
  ],
  [
    'a gateway that wants a token',
    401,
    '{ "statusCode": 401, "message": "JWT not present." }',
    'gateway-token',
    'validate-jwt',
  ],
  [
    'a gateway that refuses a token',
    401,
    '{ "statusCode": 401, "message": "Invalid JWT." }',
    'gateway-token',
    'validate-jwt',
  ],
  [
    'the quota of a gateway',
    403,
    '{ "statusCode": 403, "message": "Out of call volume quota. Quota will be replenished in 02:03:04." }',
    'gateway-quota',
    'quota-by-key',
  ],
  [
    'a call past the private endpoint',
    403,
    '{"error":{"code":"403","message":"Traffic is not from an approved private endpoint."}}',
    'public-access-disabled',
    'nslookup contoso.openai.azure.com',
  ],
  [
    'the Management API',
    403,
    `{"error":{"code":"AuthorizationFailed","message":"The client 'x' with object id '${oid}' does not have authorization to perform action 'Microsoft.CognitiveServices/accounts/read' over scope '/subscriptions/s' or the scope is invalid."}}`,
    'no-role',
    `--assignee-object-id ${oid} --assignee-principal-type ServicePrincipal --role "Reader" --scope "/subscriptions/s"`,
  ],
  [
    'the Management API, to write',
    403,
    `{"error":{"code":"AuthorizationFailed","message":"The client 'x' with object id '${oid}' does not have authorization to perform action 'Microsoft.CognitiveServices/accounts/deployments/write' over scope '/s'."}}`,
    'no-role',
    '--role "Cognitive Services Contributor"',
  ],
  [
    'a 401 in plain words',
    401,
    '{"error":{"code":"401","message":"Nope."}}',
    'unauthorized',
    'describeToken',
  ],
  ['a 401 without a body', 401, '', 'unauthorized', 'describeToken'],
  [
    'a 401 of somebody else',
    401,
    '<html>proxy</html>',
    'unauthorized',
    'see what stands between here and contoso.openai.azure.com',
  ],
  ['a 403 in plain words', 403, '{"error":{"code":"403","message":"Nope."}}', 'forbidden', 'firewall'],
  [
    'a 403 that is a page',
    403,
    '<!DOCTYPE html><title>Blocked</title>',
    'forbidden',
    'The answer is a web page',
  ],
])('%s (%i) is explained', async (_, status, body, problem, fix) => {
  for (const failure of [
    new Response(body, { status }),
    { status, body },
    { statusCode: status, responseBody: body },
  ]) {
    const diagnosis = await diagnoseAuth(failure, { endpoint });
    expect(diagnosis?.problem).toBe(problem);
    expect(diagnosis?.fix).toContain(fix);
    expect(diagnosis?.cause).toMatch(/\.$/);
    expect(diagnosis?.evidence[0]).toMatch(new RegExp(`^${status}: `));
  }
});

describe('a claims challenge', () => {
  const claims = Buffer.from('{"access_token":{"nbf":{"essential":true,"value":"1"}}}').toString('base64');
  const headers = {
    'www-authenticate': `Bearer realm="", authorization_uri="https://login.microsoftonline.com/common/oauth2/authorize", error="insufficient_claims", claims="${claims}"`,
  };
  const body =
    '{"error":{"code":"401","message":"Continuous access evaluation resulted in claims challenge."}}';
  const person = describeToken(jwt({ oid, scp: 'user_impersonation', tid: tenants.token }));
  const scope = 'https://ai.azure.com/.default';

  test('gives a person the command of the Azure CLI, complete', async () => {
    const client = new OpenAI({
      apiKey: 'k',
      baseURL: `${endpoint}/openai/v1/`,
      maxRetries: 0,
      fetch: async () => new Response(body, { status: 401, headers }),
    });
    const error: unknown = await client.models.list().catch((thrown: unknown) => thrown);
    for (const failure of [
      new Response(body, { status: 401, headers }),
      error,
      { status: 401, body, headers },
    ]) {
      expect(await diagnoseAuth(failure, { endpoint, scope, token: person })).toMatchObject({
        problem: 'claims-challenge',
        fix: `az login --claims-challenge ${claims} --scope ${scope} --tenant ${tenants.token}`,
      });
    }
  });

  test('tells an app to pass the claims on', async () => {
    const app = describeToken(jwt({ oid, idtyp: 'app' }));
    const diagnosis = await diagnoseAuth(new Response(body, { status: 401, headers }), { token: app });
    expect(diagnosis?.fix).toContain('credential.refresh');
  });

  test('is passed on as `@azure/identity` hands it out', async () => {
    const command = `az login --claims-challenge ${claims} --scope ${scope} --tenant ${tenants.token}`;
    const text = `Azure CLI does not support claims challenges. To authenticate with the required claims, please run the following command: ${command}`;
    const error = explainSignIn(safeCause(new CredentialUnavailableError(text)), scope);
    expect(error.message).toContain(`To fix it: ${command}`);
    expect(await diagnoseAuth(error)).toMatchObject({ problem: 'sign-in-failed', fix: command });
  });
});

test('the audience that the body names is the one to ask for', async () => {
  const token = describeToken(jwt({ aud: 'https://ai.azure.com', exp: 4e9 }));
  expect(await diagnoseAuth(answered('bad-token'), { endpoint, token })).toMatchObject({
    problem: 'wrong-audience',
    cause:
      'The token is for "https://ai.azure.com", the service wants one for "https://cognitiveservices.azure.com".',
    fix: 'Ask for tokens with the scope "https://cognitiveservices.azure.com/.default"',
  });
  const right = describeToken(jwt({ aud: 'https://cognitiveservices.azure.com/', exp: 4e9 }));
  expect(await diagnoseAuth(answered('bad-token'), { endpoint, token: right })).toMatchObject({
    problem: 'bad-token',
  });
  expect(await diagnoseAuth(answered('bad-token (2026)'), { endpoint, token })).toMatchObject({
    problem: 'bad-token',
  });
});

test.each([
  [
    'Invalid tenant id provided. You can locate your tenant id by following the instructions',
    'tenant id is not valid',
    'line break',
  ],
  [
    'ManagedIdentityCredential: Authentication failed. Message No User Assigned or Delegated Managed Identity found for specified ClientId/ResourceId/PrincipalId.',
    'of this id is assigned',
    'AZURE_CLIENT_ID',
  ],
  [
    'ManagedIdentityCredential: Authentication failed. Message Unable to read the secret file.',
    'Azure Arc',
    'himds',
  ],
  ["EACCES: permission denied, open '/var/opt/azcmagent/tokens/1.key'", 'Azure Arc', 'himds'],
  ['Azure Arc Managed Identities can only be system assigned.', 'system-assigned', 'AZURE_CLIENT_ID'],
  [
    'ManagedIdentityCredential: Authentication failed. Message The managed identity is not allowed in this container.',
    'does not allow',
    'identitySettings',
  ],
  [
    "ENOENT: no such file or directory, open '/var/run/secrets/azure/tokens/azure-identity-token'",
    'azure-identity-token" does not exist',
    'AZURE_FEDERATED_TOKEN_FILE',
  ],
  [
    "ENOENT: no such file or directory, open '/etc/app.pem'",
    '"/etc/app.pem" does not exist',
    'AZURE_CLIENT_CERTIFICATE_PATH',
  ],
  [
    'No content on the file /var/run/secrets/azure/tokens/azure-identity-token.',
    'is empty',
    'kubectl describe pod',
  ],
  ['AADSTS50027: JWT token is invalid or malformed.', 'not a JSON Web Token', 'AZURE_FEDERATED_TOKEN_FILE'],
  [
    'Traceback (most recent call last):\n  File "/usr/bin/az"\nModuleNotFoundError: No module named \'azure\'',
    'Azure CLI is broken',
    'aka.ms/azure-cli',
  ],
  ['Unexpected end of JSON input', 'no answer in time', 'timeoutMs'],
  [
    'AADSTS500011: The resource principal named https://cognitiveservices.azure.us was not found in the tenant',
    'does not know the resource',
    'az cloud set --name AzureUSGovernment',
  ],
  [
    'AADSTS500011: The resource principal named https://cognitiveservices.azure.cn was not found in the tenant',
    'does not know the resource',
    'https://login.chinacloudapi.cn',
  ],
])('%s gets the advice that helps, and not `az login`', async (text, cause, fix) => {
  const error = explainSignIn(
    new CredentialUnavailableError(text),
    'https://cognitiveservices.azure.com/.default',
  );
  expect(error.message).toContain(cause);
  expect(error.message).toContain(fix);
  const diagnosis = await diagnoseAuth(error);
  expect(diagnosis?.cause.toLowerCase()).toContain(cause.toLowerCase());
  expect(diagnosis?.fix).toContain(fix);
  expect(diagnosis?.fix).not.toMatch(/^az login/);
});

test('a scope of another cloud is advice enough', () => {
  const text = 'AADSTS500011: The resource principal named x was not found in the tenant';
  expect(explainSignIn(new Error(text), 'https://cognitiveservices.azure.us/.default').message).toContain(
    'AzureUSGovernment',
  );
});

test.each([
  ['Strange thing happened.', 'https://aka.ms/azsdk/js/identity/troubleshoot'],
  ['socket closed. Then it rained.', 'https://aka.ms/azsdk/js/identity/troubleshoot'],
])('what is not known (%s) is not advised to `az login`', async (text, fix) => {
  const diagnosis = await diagnoseAuth(explainSignIn(new CredentialUnavailableError(text), 's'));
  expect(diagnosis?.fix).toContain(fix);
});

test('an error of this package is advised in its own words', async () => {
  const error = new CredentialError(
    'Cannot sign in to Azure: `AZURE_TOKEN_CREDENTIALS` is "bogus". Set it to "prod", "dev" or one of "AzureCliCredential".',
  );
  expect(await diagnoseAuth(explainSignIn(error, 's'))).toMatchObject({
    cause: 'Cannot sign in to Azure: `AZURE_TOKEN_CREDENTIALS` is "bogus".',
    fix: 'Set it to "prod", "dev" or one of "AzureCliCredential".',
  });
});

test('of many ways to sign in, the one that was there and failed is advised', async () => {
  const tried = [
    { credential: 'EnvironmentCredential', problem: '`AZURE_TENANT_ID` is not set', fix: 'set it' },
    {
      credential: 'ManagedIdentityCredential',
      problem: 'no managed identity of this id is assigned to this app',
      fix: 'assign it',
      wasAsked: true as const,
    },
    { credential: 'AzureCliCredential', problem: '`az` is not installed', fix: 'install the Azure CLI' },
  ];
  expect(await diagnoseAuth(new CredentialError('Cannot sign in to Azure: …', { tried }))).toMatchObject({
    cause: 'Nothing to sign in with was found: no managed identity of this id is assigned to this app.',
    fix: 'assign it',
  });
  const nothing = tried.map(({ credential, problem, fix }) => ({ credential, problem, fix }));
  expect(
    await diagnoseAuth(new CredentialError('Cannot sign in to Azure: …', { tried: nothing })),
  ).toMatchObject({
    cause: 'Nothing to sign in with was found.',
    fix: 'install the Azure CLI',
  });
});

test('the wall of text of a chain of @azure/identity becomes a line for each credential', async () => {
  const chain = new AggregateAuthenticationError(
    [
      new CredentialUnavailableError(
        'EnvironmentCredential is unavailable. No underlying credential could be used. To troubleshoot, visit https://aka.ms/azsdk.',
      ),
      new CredentialUnavailableError('Attempted to use the IMDS endpoint, but it is not available.'),
      new CredentialUnavailableError(
        "Please run 'az login' from a command prompt to authenticate before using this credential.",
      ),
    ],
    'ChainedTokenCredential authentication failed.',
  );
  const error = explainSignIn(chain, 's');
  expect(error.tried).toEqual([
    {
      credential: 'EnvironmentCredential',
      problem: 'EnvironmentCredential is unavailable. No underlying credential could be used',
      fix: 'set `AZURE_TENANT_ID`, `AZURE_CLIENT_ID` and `AZURE_CLIENT_SECRET` or `AZURE_CLIENT_CERTIFICATE_PATH`',
    },
    {
      credential: 'ManagedIdentityCredential',
      problem: 'Attempted to use the IMDS endpoint, but it is not available',
      fix: 'on Azure, assign one: `az webapp identity assign`, `az containerapp identity assign`, `az vm identity assign`',
    },
    { credential: 'AzureCliCredential', problem: 'nobody is signed in with the Azure CLI', fix: 'az login' },
  ]);
  expect(error.scope).toBe('s');
  expect(error.cause).toMatchObject({ name: 'AggregateAuthenticationError', message: chain.message });
  expect(error.message).toMatch(
    /^Cannot sign in to Azure: nothing to sign in with was found\.\n {2}EnvironmentCredential: /,
  );
  expect(await diagnoseAuth(error)).toMatchObject({ problem: 'sign-in-failed', fix: 'az login' });
});

test('what is not known is quoted, shortly and without secrets', () => {
  const text = `Strange: client_secret=hunter2hunter2\n${'x'.repeat(500)}`;
  const error = explainSignIn(new Error(text), 's');
  expect(error.message).toBe(
    'Cannot get a token for scope "s": Strange: client_secret=[redacted]. The `cause` says more.',
  );
  expect(error).toBeInstanceOf(CredentialError);
});
