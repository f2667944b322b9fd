import type { RefusalProblem } from './auth-problems.ts';
import type { TokenDescription } from '../token/describe-token.ts';
import { scopeFor } from '../scope.ts';

/** What is known about the call beside its answer. */
export interface FixContext {
  readonly endpoint: string | undefined;
  readonly token: TokenDescription | undefined;
  readonly text: string;
}

/** The command, or the step, that puts `problem` right. What is not known stays as `<name>`. */
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
  'wrong-audience': ({ endpoint }) =>
    `Ask with the scope that \`scopeFor(endpoint, api)\` gives, here ${JSON.stringify(scopeFor(endpoint ?? 'https://contoso.openai.azure.com', '2024-10-21'))}`,
};

function assignment({ endpoint, token, text }: FixContext): string {
  const objectId =
    /principal `?([0-9a-f-]{36})`?/i.exec(text)?.[1] ?? token?.objectId ?? '<principal-object-id>';
  const type = token?.subject === 'user' ? 'User' : 'ServicePrincipal';
  const role = /accounts\/AIServices\/agents/i.test(text)
    ? 'Azure AI User'
    : 'Cognitive Services OpenAI User';
  const scope = `$(az cognitiveservices account list --query "[?name=='${accountOf(endpoint)}'].id" --output tsv)`;
  return `az role assignment create --assignee-object-id ${objectId} --assignee-principal-type ${type} --role "${role}" --scope "${scope}" (it takes effect after up to five minutes)`;
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
