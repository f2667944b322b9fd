/** The Azure cloud of an endpoint. */
export type CloudName = 'public' | 'us-gov' | 'china';

interface Scopes {
  readonly v1: string;
  readonly dated: string;
}

// docs/wire/urls.md#1.4 and docs/wire/authentication.md#3; azure-sdk-for-net#44021 for US Government.
const scopes: Readonly<Record<CloudName, Scopes>> = {
  public: {
    v1: 'https://ai.azure.com/.default',
    dated: 'https://cognitiveservices.azure.com/.default',
  },
  'us-gov': both('https://cognitiveservices.azure.us/.default'),
  china: both('https://cognitiveservices.azure.cn/.default'),
};

/**
 * The scope of the tokens that `endpoint` accepts on the surface `api` (`'v1'` or a dated api-version).
 *
 * The public cloud has `https://ai.azure.com/.default` for v1 and `https://cognitiveservices.azure.com/.default` for
 * dated api-versions; US Government and China have one scope for both. A host that does not name its cloud (a gateway, a
 * private domain, loopback) counts as public unless `cloud` says otherwise.
 *
 * @throws TypeError when `endpoint` is not a URL.
 */
export function scopeFor(
  endpoint: string | URL,
  api = 'v1',
  { cloud }: { readonly cloud?: CloudName } = {},
): string {
  const host = URL.parse(String(endpoint))?.hostname.replace(/\.$/, '');
  if (host === undefined) {
    throw new TypeError(
      `Cannot tell the scope: \`endpoint\` is ${JSON.stringify(endpoint)}. Give a URL such as "https://contoso.openai.azure.com".`,
    );
  }
  const { v1, dated } = scopes[cloud ?? cloudOf(host)];
  return api === 'v1' || api === 'preview' ? v1 : dated;
}

function cloudOf(host: string): CloudName {
  if (host.endsWith('.azure.us')) return 'us-gov';
  return host.endsWith('.azure.cn') ? 'china' : 'public';
}

function both(scope: string): Scopes {
  return { v1: scope, dated: scope };
}
