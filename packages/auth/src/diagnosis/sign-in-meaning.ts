import { meaningOf } from './aadsts.ts';
import type { Meaning } from './aadsts.ts';
import { redact } from '../redact.ts';

const others: readonly (Meaning & { readonly pattern: RegExp })[] = [
  {
    pattern: /wants to be left alone/,
    cause: 'the token endpoint is throttled',
    fix: 'wait as long as it says; one process shares one token, so look for what else asks so often',
  },
  {
    pattern: /multiple user.?assigned (?:managed )?identit/i,
    cause: 'the machine has several user-assigned identities',
    fix: 'name one: `entraId({ managedIdentity: { clientId } })` or `AZURE_CLIENT_ID`',
  },
  {
    pattern: /identity not found|no managed identity|identity_not_found|assigned identit/i,
    cause: 'the machine has no such managed identity',
    fix: 'assign it (`az vm identity assign`, `az webapp identity assign`, `az containerapp identity assign`) and check its client id',
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
      /SELF_SIGNED|self.signed certificate|UNABLE_TO_VERIFY|unable to (?:verify|get local issuer)|CERT_/i,
    cause: 'the certificate of the token endpoint is not trusted',
    fix: 'point `NODE_EXTRA_CA_CERTS` at the certificate authority of your proxy',
  },
  {
    pattern: /ENOTFOUND|EAI_AGAIN|getaddrinfo|endpoints_resolution_error|openid_config_error/i,
    cause: 'the token endpoint cannot be found',
    fix: 'check the network, the proxy (`HTTPS_PROXY`) and `AZURE_AUTHORITY_HOST`',
  },
  {
    pattern:
      /ECONNREFUSED|ECONNRESET|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|network_error|socket hang up|no answer within|TimeoutError|aborted/i,
    cause: 'the token endpoint does not answer',
    fix: 'check the network and the proxy (`HTTPS_PROXY`), then try again',
  },
  {
    pattern: /\b(?:5\d\d|server_error|temporarily_unavailable)\b/i,
    cause: 'the token endpoint is in trouble',
    fix: 'try again later',
  },
];

/** What is known about `text`, the message of a failed sign-in. */
export function meaningOfSignIn(text: string): Meaning | undefined {
  return meaningOf(text) ?? others.find(({ pattern }) => pattern.test(text));
}

/** The first sentence or line of `text` that says something, without secrets. */
export function shortened(text: string): string {
  const [line = ''] = redact(text)
    .split(/\r?\n/)
    .filter((one) => one.trim() !== '');
  const short = line
    .replace(/\s*(?:To troubleshoot,|See the troubleshooting guide|For more information).*$/i, '')
    .trim();
  return (short.length > 200 ? `${short.slice(0, 200)}…` : short).replace(/[.,:;\s]+$/, '');
}
