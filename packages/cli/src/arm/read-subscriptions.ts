import { publicEndpoint, scopeOf, type ManagementAccess } from './management-access.ts';

/** A subscription that the signed-in identity can see. */
export interface Subscription {
  readonly id: string;
  readonly name: string;
}

interface Page {
  readonly value?: readonly {
    readonly subscriptionId?: string;
    readonly displayName?: string;
    readonly state?: string;
  }[];
  readonly nextLink?: string;
  readonly error?: { readonly code?: string; readonly message?: string };
}

/** More than anybody can choose from. It also stops at a service that always returns a next page. */
const mostPages = 50;

/**
 * Every subscription that can be used, by name.
 * Source: https://learn.microsoft.com/rest/api/resources/subscriptions/list
 * @throws Error when the Management API refuses
 */
export async function readSubscriptions(access: ManagementAccess): Promise<readonly Subscription[]> {
  const { endpoint = publicEndpoint, credential, signal } = access;
  // The pipeline of the Azure SDKs, so that proxies and retries work as they do for accounts.
  const azure = await import('@azure/core-rest-pipeline');
  const pipeline = azure.createPipelineFromOptions({ userAgentOptions: { userAgentPrefix: 'aoai' } });
  pipeline.addPolicy(azure.bearerTokenAuthenticationPolicy({ credential, scopes: scopeOf(endpoint) }));
  const client = azure.createDefaultHttpClient();
  const found: Subscription[] = [];
  let url: string | undefined = `${endpoint}/subscriptions?api-version=2022-12-01`;
  for (let pages = 0; url !== undefined && pages < mostPages; pages += 1) {
    const request = azure.createPipelineRequest({
      url,
      ...(signal !== undefined && { abortSignal: signal }),
    });
    const { status, bodyAsText } = await pipeline.sendRequest(client, request);
    const page = pageOf(bodyAsText);
    if (status !== 200) {
      const { code = '', message = '' } = page.error ?? {};
      throw new Error(
        `Cannot list subscriptions: the Management API answered ${status} ${code}. ${message}`.trimEnd(),
      );
    }
    for (const { subscriptionId, displayName, state } of page.value ?? []) {
      // `Warned` and `PastDue` still work.
      if (subscriptionId === undefined || state === 'Disabled' || state === 'Deleted') continue;
      found.push({ id: subscriptionId, name: displayName ?? subscriptionId });
    }
    url = page.nextLink;
    // The token is sent nowhere else.
    if (url !== undefined && URL.parse(url)?.origin !== URL.parse(endpoint)?.origin) break;
  }
  return found.toSorted((a, b) => a.name.localeCompare(b.name));
}

function pageOf(text: string | null | undefined): Page {
  try {
    return (JSON.parse(text ?? '') ?? {}) as Page;
  } catch {
    return {};
  }
}
