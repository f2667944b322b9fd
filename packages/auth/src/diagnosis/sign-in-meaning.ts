import { aadstsCode, meaningOf } from './aadsts.ts';
import type { Meaning } from './aadsts.ts';
import { redact } from '../redact.ts';

interface Row {
  readonly pattern: RegExp;
  readonly cause: string | ((match: RegExpExecArray) => string);
  readonly fix: string | ((match: RegExpExecArray) => string);
}

/**
 * Texts of failed sign-ins without an Entra ID code, the most specific first. Node's error codes are matched as whole
 * words.
 */
const others: readonly Row[] = [
  {
    pattern: /TOKEN_ENDPOINT_THROTTLED/,
    cause: 'the token endpoint is throttled',
    fix: 'wait as long as it says, and find out what asks so often: this process shares one token',
  },
  {
    // Commands with claims, as the credentials of developer tools print them for the person to run.
    pattern:
      /\b(?:az login --claims-challenge|Connect-AzAccount\b[^\n]*? -ClaimsChallenge|azd auth login\b[^\n]*? --claims-challenge) \S+(?: --?\w+ (?!-)\S+)*/i,
    cause: 'conditional access asks for a new sign-in with further claims',
    fix: ([command]) => command,
  },
  {
    pattern: /Invalid tenant id provided/i,
    cause: 'the tenant id is not valid',
    fix: 'check `AZURE_TENANT_ID` (or `tenantId`), also for a space or line break in it: `az account show --query tenantId`',
  },
  {
    pattern: /not configured to acquire tokens for tenant ([\w-]+)/i,
    cause: ([, tenant = '']) => `the credential is of another tenant than ${tenant}`,
    fix: ([, tenant = '']) =>
      `sign in to that tenant (\`az login --tenant ${tenant}\`, or \`AZURE_TENANT_ID\`), or name it in \`additionallyAllowedTenants\` of the credential`,
  },
  {
    pattern: /multiple user.?assigned (?:managed )?identit/i,
    cause: 'the machine has several user-assigned identities',
    fix: 'name one: `entraId({ managedIdentity: { clientId } })` or `AZURE_CLIENT_ID`',
  },
  {
    pattern: /No User Assigned or Delegated Managed Identity found/i,
    cause: 'no managed identity of this id is assigned to this app',
    fix: 'assign it (`az webapp identity assign --identities <resource-id>`), or correct `AZURE_CLIENT_ID`; without `AZURE_CLIENT_ID` the system-assigned identity is used',
  },
  {
    pattern:
      /can only be system.assigned|user-assigned managed identity is not supported|not configurable at runtime|did not confirm the requested user-assigned/i,
    cause: 'this host has a system-assigned managed identity only',
    fix: 'leave out `clientId`, `objectId` and `resourceId`, and unset `AZURE_CLIENT_ID`',
  },
  {
    pattern:
      /unable_to_read_secret_file|unable to read the secret file|the secret in the file on the file path|does not contain a \.key file|path in the WWW-Authenticate header is not|(?:EACCES|EPERM)[^\n]*\.key\b/i,
    cause: 'the key of the Azure Arc agent cannot be read',
    fix: 'add the user of this process to the group `himds` (`sudo usermod -aG himds <user>`) and start it anew; the agent: `azcmagent show`',
  },
  {
    pattern:
      /\b(?:identity|IMDS|MSI|metadata)\b[^\n]{0,200}\bnot (?:allowed|permitted)\b|\bnot (?:allowed|permitted)\b[^\n]{0,200}\b(?:identity|IMDS|MSI|metadata)\b/i,
    cause: 'the host does not allow this process to use the managed identity',
    fix: 'allow it where the process runs: Container Apps, `identitySettings` of the identity; Kubernetes, workload identity for the pod and no network policy before 169.254.169.254',
  },
  {
    pattern: /identity not found|no managed identity|identity_not_found|assigned identit/i,
    cause: 'the machine has no such managed identity',
    fix: 'assign it (`az vm identity assign`, `az webapp identity assign`, `az containerapp identity assign`) and check its client id',
  },
  {
    pattern: /No content on the file (\S+?)\.?(?:\s|$)/i,
    cause: ([, file]) => `the federated token file ${JSON.stringify(file)} is empty`,
    fix: 'see that the webhook of workload identity writes it: `kubectl describe pod <pod>`, label `azure.workload.identity/use: "true"`',
  },
  {
    pattern: /\bENOENT\b[^\n]*?\b(?:open|stat|access) '([^'\n]+)'/,
    cause: ([, file = '']) => `the file ${JSON.stringify(file)} does not exist`,
    fix: ([, file = '']) =>
      /token/i.test(file)
        ? 'see that the pod has the label `azure.workload.identity/use: "true"`, and that `AZURE_FEDERATED_TOKEN_FILE` names the file'
        : 'correct the path (`AZURE_CLIENT_CERTIFICATE_PATH`, `certificatePath`), or put the file there',
  },
  {
    pattern: /\b(?:EACCES|EPERM)\b[^\n]*?\b(?:open|stat|access) '([^'\n]+)'/,
    cause: ([, file = '']) => `the file ${JSON.stringify(file)} may not be read`,
    fix: ([, file = '']) => `let the user of this process read it: ls -l ${file}`,
  },
  {
    pattern: /\bModuleNotFoundError\b|\bImportError\b|Traceback \(most recent call last\)|bad interpreter/,
    cause: 'the Azure CLI is broken: it stops with an error of Python',
    fix: 'install the Azure CLI again (https://aka.ms/azure-cli), then `az login`',
  },
  {
    // A tool that was killed at its time limit has printed nothing.
    pattern: /Unexpected end of JSON input|no answer of `(?:az|azd|pwsh)`/i,
    cause: 'the developer tool (`az`, `azd` or `pwsh`) gave no answer in time',
    fix: 'see how long `az account get-access-token` takes by hand (`az upgrade`), and raise `timeoutMs` of `entraId` if need be',
  },
  {
    pattern: /az login/i,
    cause: 'nobody is signed in with the Azure CLI',
    fix: 'az login',
  },
  {
    pattern: /Connect-AzAccount/i,
    cause: 'nobody is signed in with Azure PowerShell',
    fix: 'Connect-AzAccount',
  },
  {
    pattern: /azd auth login/i,
    cause: 'nobody is signed in with the Azure Developer CLI',
    fix: 'azd auth login',
  },
  {
    pattern: /Az\.Accounts|Install-Module/i,
    cause: 'the PowerShell module Az.Accounts is missing',
    fix: 'Install-Module Az.Accounts',
  },
  {
    pattern:
      /SELF_SIGNED|self.signed certificate|UNABLE_TO_VERIFY|unable to (?:verify|get local issuer)|\bCERT_/i,
    cause: 'the certificate of the token endpoint is not trusted',
    fix: 'point `NODE_EXTRA_CA_CERTS` at the certificate authority of your proxy',
  },
  {
    pattern: /\b(?:ENOTFOUND|EAI_AGAIN|getaddrinfo|endpoints_resolution_error|openid_config_error)\b/,
    cause: 'the token endpoint cannot be found',
    fix: 'check the network, the proxy (`HTTPS_PROXY`) and `AZURE_AUTHORITY_HOST`',
  },
  {
    pattern:
      /\b(?:ECONNREFUSED|ECONNRESET|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|network_error|TimeoutError)\b|socket hang up|no answer within|\baborted\b/,
    cause: 'the token endpoint does not answer',
    fix: 'check the network and the proxy (`HTTPS_PROXY`), then try again',
  },
  {
    pattern: /\b(?:5\d\d|server_error|temporarily_unavailable)\b/i,
    cause: 'the token endpoint fails',
    fix: 'try again later',
  },
];

/** What is known about `text`, the message of a failed sign-in. `scope` is the scope that was asked for. */
export function meaningOfSignIn(text: string, scope = ''): Meaning | undefined {
  const known = meaningOf(text);
  if (known !== undefined) return { ...known, fix: cloudFix(text, scope) ?? known.fix };
  for (const { pattern, cause, fix } of others) {
    const match = pattern.exec(text);
    if (match === null) continue;
    return {
      cause: typeof cause === 'string' ? cause : cause(match),
      fix: typeof fix === 'string' ? fix : fix(match),
    };
  }
  return undefined;
}

const clouds: readonly (readonly [RegExp, string, string])[] = [
  [/\.azure\.us\b|usgovcloudapi/i, 'AzureUSGovernment', 'https://login.microsoftonline.us'],
  [/\.azure\.cn\b|chinacloudapi/i, 'AzureChinaCloud', 'https://login.chinacloudapi.cn'],
];

/** The tenant does not know a resource of another cloud: the sign-in has to change, not the tenant. */
function cloudFix(text: string, scope: string): string | undefined {
  if (aadstsCode(text) !== 'AADSTS500011') return undefined;
  const cloud = clouds.find(([pattern]) => pattern.test(text) || pattern.test(scope));
  if (cloud === undefined) return undefined;
  const [, name, authority] = cloud;
  return `sign in to the cloud of the resource: \`az cloud set --name ${name}\`, then \`az login\`; without the Azure CLI set \`AZURE_AUTHORITY_HOST\` to "${authority}"`;
}

/** The first sentence or line of `text` that says something, without secrets. */
export function shortened(text: string): string {
  const [line = ''] = redact(text)
    .split(/\r?\n/)
    .filter((one) => one.trim() !== '');
  const short = line
    .replace(/(?:To troubleshoot,|See the troubleshooting guide|For more information)[^]*/i, '')
    .trim();
  return (short.length > 200 ? `${short.slice(0, 200)}…` : short).replace(/[.,:;\s]+$/, '');
}
