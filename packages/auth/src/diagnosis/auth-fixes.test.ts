import { expect, test } from 'vitest';
import { audienceNamedIn, fixOf } from './auth-fixes.ts';
import type { FixContext } from './auth-fixes.ts';
import type { RefusalProblem } from './auth-problems.ts';
import { describeToken } from '../token/describe-token.ts';

const endpoint = 'https://contoso.openai.azure.com';
const oid = '11111111-2222-4333-8444-555555555555';
const account = '$(az cognitiveservices account list --query "[?name==\'contoso\'].id" --output tsv)';
const keys =
  'Check that the key is one of this account, or the audience and expiry of the token (`describeToken`); of a gateway, which header it reads (`resources.*.keyHeader`).';

function token(claims: object): ReturnType<typeof describeToken> {
  return describeToken(`e30.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.c2ln`);
}

function assign(principal: string, type: string, role: string, scope: string): string {
  return `az role assignment create --assignee-object-id ${principal} --assignee-principal-type ${type} --role "${role}" --scope "${scope}" (it takes effect after up to five minutes)`;
}

test.each<[RefusalProblem, Partial<FixContext>, string]>([
  ['wrong-key', {}, 'az cognitiveservices account keys list --name contoso --resource-group <group>'],
  [
    'firewall',
    { endpoint: undefined },
    'az cognitiveservices account network-rule add --name <account> --resource-group <group> --ip-address <your-address>',
  ],
  [
    'firewall',
    { endpoint: 'no url' },
    'az cognitiveservices account network-rule add --name <account> --resource-group <group> --ip-address <your-address>',
  ],
  [
    'firewall',
    { endpoint: 'https://contoso.openai.azure.com.example.org' },
    'az cognitiveservices account network-rule add --name <account> --resource-group <group> --ip-address <your-address>',
  ],
  [
    'firewall',
    { endpoint: 'https://contoso.openai.azure.us' },
    'az cognitiveservices account network-rule add --name contoso --resource-group <group> --ip-address <your-address>',
  ],
  [
    'public-access-disabled',
    { endpoint: undefined },
    'Call from the virtual network, and see that its DNS answers with the private address: nslookup <host>',
  ],
  [
    'no-custom-subdomain',
    { endpoint: undefined },
    'az cognitiveservices account update --name <account> --resource-group <group> --custom-domain <subdomain>, then use "https://<subdomain>.openai.azure.com" instead of "the regional host"',
  ],
  [
    'no-custom-subdomain',
    {},
    `az cognitiveservices account update --name <account> --resource-group <group> --custom-domain <subdomain>, then use "https://<subdomain>.openai.azure.com" instead of "${endpoint}"`,
  ],
  [
    'key-auth-disabled',
    {},
    `Sign in with \`entraId()\` instead of a key. Role: ${assign('<principal-object-id>', 'ServicePrincipal', 'Cognitive Services OpenAI User', account)}`,
  ],
  [
    'no-role',
    { token: token({ oid, scp: 'x' }) },
    assign(oid, 'User', 'Cognitive Services OpenAI User', account),
  ],
  [
    'no-role',
    { text: `principal ${oid} lacks it` },
    assign(oid, 'ServicePrincipal', 'Cognitive Services OpenAI User', account),
  ],
  [
    'no-role',
    { text: `object id '${oid}' over scope '/s'` },
    assign(oid, 'ServicePrincipal', 'Cognitive Services OpenAI User', '/s'),
  ],
  [
    'no-role',
    { text: `principal \`${oid}\` accounts/AIServices/agents/read` },
    assign(oid, 'ServicePrincipal', 'Azure AI User', account),
  ],
  [
    'no-role',
    { text: "perform action 'a/read'" },
    assign('<principal-object-id>', 'ServicePrincipal', 'Reader', account),
  ],
  [
    'no-role',
    { text: "perform action 'a/write'" },
    assign('<principal-object-id>', 'ServicePrincipal', 'Cognitive Services Contributor', account),
  ],
  [
    'wrong-tenant',
    {},
    'Sign in to the tenant of the account: set `AZURE_TENANT_ID` to <tenant-of-the-account>',
  ],
  [
    'wrong-tenant',
    { token: token({ scp: 'x' }), text: `resource tenant ${oid}` },
    `az login --tenant ${oid}`,
  ],
  [
    'wrong-audience',
    {},
    'Ask with the scope that `scopeFor(endpoint, api)` gives, here "https://cognitiveservices.azure.com/.default"',
  ],
  [
    'wrong-audience',
    { endpoint: 'https://contoso.openai.azure.us' },
    'Ask with the scope that `scopeFor(endpoint, api)` gives, here "https://cognitiveservices.azure.us/.default"',
  ],
  [
    'wrong-audience',
    { endpoint: undefined },
    'Ask with the scope that `scopeFor(endpoint, api)` gives, here "https://cognitiveservices.azure.com/.default"',
  ],
  [
    'claims-challenge',
    {},
    'az login --claims-challenge <claims> --scope https://cognitiveservices.azure.com/.default',
  ],
  [
    'claims-challenge',
    { endpoint: undefined },
    'az login --claims-challenge <claims> --scope https://cognitiveservices.azure.com/.default',
  ],
  [
    'claims-challenge',
    { endpoint: 'https://contoso.openai.azure.cn', claims: 'abc', token: token({ scp: 'x' }) },
    'az login --claims-challenge abc --scope https://cognitiveservices.azure.cn/.default',
  ],
  [
    'claims-challenge',
    { scope: 's', claims: 'abc', token: token({ scp: 'x', tid: 't' }) },
    'az login --claims-challenge abc --scope s --tenant t',
  ],
  [
    'gateway-token',
    {},
    'Compare what the policy `validate-jwt` (or `validate-azure-ad-token`) of the API demands with the token: header, audience, issuer, roles. `describeToken` shows them.',
  ],
  [
    'gateway-token',
    { token: token({}) },
    'Compare what the policy `validate-jwt` (or `validate-azure-ad-token`) of the API demands with the token: header, audience, issuer, roles. `describeToken` shows them.',
  ],
  [
    'gateway-token',
    { token: token({ aud: 'api://x' }) },
    'Compare what the policy `validate-jwt` (or `validate-azure-ad-token`) of the API demands with the token, which is for "api://x": header, audience, issuer, roles. `describeToken` shows them.',
  ],
  ['unauthorized', { text: 'Nope.' }, keys],
  [
    'unauthorized',
    { text: '<HTML>' },
    `The answer is a web page, which Azure OpenAI does not send: see what stands between here and contoso.openai.azure.com. ${keys}`,
  ],
  [
    'unauthorized',
    { text: '<!doctype html>', endpoint: undefined },
    `The answer is a web page, which Azure OpenAI does not send: see what stands between here and the account. ${keys}`,
  ],
])('the fix of %s with %j', (problem, known, fix) => {
  expect(fixOf(problem, { endpoint, token: undefined, text: '', ...known })).toBe(fix);
});

const named = 'audience is incorrect (https://cognitiveservices.azure.com/), or have expired';
test.each([
  [named, endpoint, 'https://cognitiveservices.azure.com'],
  [named, undefined, 'https://cognitiveservices.azure.com'],
  [named, 'https://gateway.example', 'https://cognitiveservices.azure.com'],
  [named, 'https://contoso.openai.azure.us.example.org', 'https://cognitiveservices.azure.com'],
  [named, 'https://contoso.openai.azure.us', undefined],
  ['audience is incorrect (urn:ms.scopedToken)', endpoint, undefined],
])('of %j at %s the audience is %s', (text, called, audience) => {
  expect(audienceNamedIn(text, called)).toBe(audience);
});
