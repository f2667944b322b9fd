import type { CloudName } from './catalog/clouds.ts';
import { clouds } from './catalog/clouds.ts';

/** An endpoint that credentials may be sent to, or why they may not. */
export type EndpointCheck =
  | { readonly ok: true; readonly origin: string; readonly cloud: CloudName | undefined }
  | { readonly ok: false; readonly problem: string };

/**
 * Reads an endpoint: an https origin (http on loopback) whose host is Azure's own or in `allowHosts`.
 * Problems show the origin only: a path or a query may hold a secret.
 */
export function readEndpoint(text: string, allowHosts: readonly string[]): EndpointCheck {
  const problem = (what: string) => ({ ok: false, problem: what }) as const;
  const url = URL.parse(text.trim());
  if (url === null || (url.protocol !== 'https:' && url.protocol !== 'http:') || url.hostname === '') {
    return problem(
      isHostName(text) ? 'a host without "https://" in front of it' : 'text that is not an https URL',
    );
  }
  const shown = JSON.stringify(url.origin);
  if (url.username !== '' || url.password !== '') {
    return problem(
      `a user name or password in front of the host of ${shown}. Remove it: credentials go to \`createClient\``,
    );
  }
  if (url.search !== '' || url.hash !== '' || /[?#]$/.test(text.trim())) {
    return problem(`a query after ${shown}. Remove it: the api-version goes to \`api\``);
  }
  if (url.pathname !== '/') return problem(`a path after ${shown}. Remove it${wherePathGoes(url.pathname)}`);
  if (isLoopback(url.hostname)) return { ok: true, origin: url.origin, cloud: undefined };
  if (url.protocol === 'http:') return problem(`${shown}, which is not encrypted. Use https`);
  const cloud = cloudOf(url.hostname);
  if (cloud === undefined && !allowHosts.includes(url.hostname)) {
    return problem(
      `${shown}, which is not a host of Azure OpenAI. If credentials may go there, add ${JSON.stringify(url.hostname)} to \`allowHosts\``,
    );
  }
  return { ok: true, origin: url.origin, cloud };
}

/** The cloud whose suffix the host has. */
export function cloudOf(host: string): CloudName | undefined {
  for (const name of Object.keys(clouds.entries) as CloudName[]) {
    const { hostSuffixes, regionalHostSuffixes } = clouds.entries[name];
    if ([...hostSuffixes, ...regionalHostSuffixes].some((suffix) => hasLabelBefore(host, suffix)))
      return name;
  }
  return undefined;
}

/** Whether a host is that of a region, which takes an API key only: Entra ID needs a custom subdomain. */
export function isRegionalHost(host: string): boolean {
  return Object.values(clouds.entries).some(({ regionalHostSuffixes }) =>
    regionalHostSuffixes.some((suffix) => hasLabelBefore(host, suffix)),
  );
}

/** The public name of a host of a private DNS zone, `contoso.privatelink.openai.azure.com`: certificates are for it. */
export function nameOfPrivateLink(host: string): string | undefined {
  const name = host.replace('.privatelink.', '.');
  return name === host ? undefined : name;
}

/** Whether a host answers on this machine only. */
function isLoopback(host: string): boolean {
  return (
    host === 'localhost' ||
    host === '[::1]' ||
    host.endsWith('.localhost') ||
    /^127\.\d+\.\d+\.\d+$/.test(host)
  );
}

function hasLabelBefore(host: string, suffix: string): boolean {
  return host.length > suffix.length && host.endsWith(suffix) && !host.startsWith('.');
}

/** Whether text is a host without its scheme: `contoso.openai.azure.com`. */
function isHostName(text: string): boolean {
  return cloudOf(text.trim().toLowerCase().replace(/\/.*$/s, '')) !== undefined;
}

function wherePathGoes(pathname: string): string {
  if (/^\/openai(\/|$)/.test(pathname)) return ': `/openai/…` is added for you';
  if (/^\/api\/projects(\/|$)/.test(pathname))
    return ': models are called at the account, not at a project of it';
  return ': the path of a gateway goes to `basePath` of the resource, in a config file';
}
