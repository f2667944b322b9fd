import type { RefusalProblem } from './auth-problems.ts';
import type { TokenDescription } from '../token/describe-token.ts';
import { scopeFor } from '../scope.ts';

/** What is known about the call beside its answer. */
export interface FixContext {
  readonly endpoint: string | undefined;
  readonly token: TokenDescription | undefined;
  readonly text: string;
  /** Claims of the challenge, as the service encoded them. */
  readonly claims?: string | undefined;
  readonly scope?: string | undefined;
}

/** The command or step that fixes `problem`. Unknown values are written as `<name>`. */
export function fixOf(problem: RefusalProblem, context: FixContext): string {
  return fixes[problem](context);
}

const fixes: Readonly<Record<RefusalProblem, (context: FixContext) => string>> = {
  'wrong-key': ({ endpoint }) =>
    `az cognitiveservices account keys list --name ${accountOf(endpoint)} --resource-group <group>`,
  'key-auth-disabled': (context) =>
    `Sign in with \`entraId()\` instead of a key. Role: ${assignment(context)}`,
  'no-role': assignment,
  'wrong-tenant': ({ text, token }) =>
    token?.subject === 'user'
      ? `az login --tenant ${resourceTenantOf(text)}`
      : `Sign in to the tenant of the account: set \`AZURE_TENANT_ID\` to ${resourceTenantOf(text)}`,
  'no-custom-subdomain': ({ endpoint }) =>
    `az cognitiveservices account update --name ${accountOf(undefined)} --resource-group <group> --custom-domain <subdomain>, then use "https://<subdomain>.openai.azure.com" instead of ${JSON.stringify(endpoint ?? 'the regional host')}`,
  firewall: ({ endpoint }) =>
    `az cognitiveservices account network-rule add --name ${accountOf(endpoint)} --resource-group <group> --ip-address <your-address>`,
  'public-access-disabled': ({ endpoint }) =>
    `Call from the virtual network, and see that its DNS answers with the private address: nslookup ${hostOf(endpoint) ?? '<host>'}`,
  'bad-token': () =>
    'Ask with the scope that `scopeFor(endpoint, api)` gives, and send the token as "Authorization: Bearer <token>". `describeToken` shows audience and expiry.',
  'expired-token': () =>
    'Get a token for each attempt (`credential.headers`, `tokenProvider`) instead of keeping one, and check the clock: `timedatectl`',
  'wrong-audience': ({ endpoint, text }) => {
    const named = audienceNamedIn(text, endpoint);
    return named === undefined
      ? askFor(endpoint)
      : `Ask for tokens with the scope ${JSON.stringify(`${named}/.default`)}`;
  },
  'claims-challenge': ({ claims, scope, token, endpoint }) =>
    token?.subject === 'app'
      ? 'Pass the claims on: `createClient` does so by itself; with another client call `credential.refresh({ scope, claims })` and send the call again.'
      : `az login --claims-challenge ${claims ?? '<claims>'} --scope ${scope ?? scopeFor(endpoint ?? 'https://contoso.openai.azure.com', '2024-10-21')}${token?.tenantId === undefined ? '' : ` --tenant ${token.tenantId}`}`,
  'gateway-key-missing': () =>
    'Give the subscription key as `credential: apiKey(…)`, and name the header that the gateway reads it from in `resources.*.keyHeader`, by default "Ocp-Apim-Subscription-Key".',
  'gateway-key-wrong': () =>
    'Copy the key of a subscription that is active and has this API in its scope: API Management, Subscriptions, Show/hide keys.',
  'gateway-token': ({ token }) =>
    `Compare what the policy \`validate-jwt\` (or \`validate-azure-ad-token\`) of the API demands with the token${token?.audience === undefined ? '' : `, which is for ${JSON.stringify(token.audience)}`}: header, audience, issuer, roles. \`describeToken\` shows them.`,
  'gateway-quota': () =>
    'Wait until the quota is renewed, as the message says, or raise `quota` or `quota-by-key` in the policy of the API.',
  unauthorized: ({ text, endpoint }) =>
    `${inBetween(text, endpoint)}Check that the key is one of this account, or the audience and expiry of the token (\`describeToken\`); of a gateway, which header it reads (\`resources.*.keyHeader\`).`,
  forbidden: ({ text, endpoint }) =>
    `${inBetween(text, endpoint)}Check the role of the principal ("Cognitive Services OpenAI User"), the firewall and private endpoints of the account (Networking), and the policies of a gateway.`,
};

function askFor(endpoint: string | undefined): string {
  return `Ask with the scope that \`scopeFor(endpoint, api)\` gives, here ${JSON.stringify(scopeFor(endpoint ?? 'https://contoso.openai.azure.com', '2024-10-21'))}`;
}

/** The audience that the service asks for, unless it belongs to another cloud than the endpoint. */
export function audienceNamedIn(text: string, endpoint: string | undefined): string | undefined {
  const named = /audience is incorrect \((https:\/\/[\w.-]+)\/?\)/i.exec(text)?.[1];
  const cloudOf = (url: string | undefined) => /\.azure\.(com|us|cn)$/.exec(hostOf(url) ?? '')?.[1];
  const cloud = cloudOf(endpoint);
  return cloud === undefined || cloud === cloudOf(named) ? named : undefined;
}

/** Azure answers in JSON: a page comes from a proxy, a firewall or a gateway. */
function inBetween(text: string, endpoint: string | undefined): string {
  if (!/<!doctype|<html/i.test(text)) return '';
  return `The answer is a web page, which Azure OpenAI does not send: see what stands between here and ${hostOf(endpoint) ?? 'the account'}. `;
}

function assignment(context: FixContext): string {
  const { endpoint, token, text } = context;
  const objectId =
    /(?:principal|object id) [`']?([0-9a-f-]{36})[`']?/i.exec(text)?.[1] ??
    token?.objectId ??
    '<principal-object-id>';
  const type = token?.subject === 'user' ? 'User' : 'ServicePrincipal';
  const scope =
    /over scope '([^']+)'/i.exec(text)?.[1] ??
    `$(az cognitiveservices account list --query "[?name=='${accountOf(endpoint)}'].id" --output tsv)`;
  return `az role assignment create --assignee-object-id ${objectId} --assignee-principal-type ${type} --role "${roleFor(text)}" --scope "${scope}" (it takes effect after up to five minutes)`;
}

function roleFor(text: string): string {
  const action = /perform action '([^']+)'/i.exec(text)?.[1];
  if (action !== undefined) return action.endsWith('/read') ? 'Reader' : 'Cognitive Services Contributor';
  return /accounts\/AIServices\/agents/i.test(text) ? 'Azure AI User' : 'Cognitive Services OpenAI User';
}

/** The name of the account, which its custom subdomain usually has. */
function accountOf(endpoint: string | undefined): string {
  const host = hostOf(endpoint);
  return host !== undefined && /\.azure\.(?:com|us|cn)$/.test(host)
    ? (host.split('.')[0] ?? '<account>')
    : '<account>';
}

function hostOf(endpoint: string | undefined): string | undefined {
  return endpoint === undefined ? undefined : URL.parse(endpoint)?.hostname;
}

function resourceTenantOf(text: string): string {
  return /resource tenant ([0-9a-f-]{36})/i.exec(text)?.[1] ?? '<tenant-of-the-account>';
}
