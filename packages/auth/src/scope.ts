// Hosts and audiences per cloud: wire.md 1.4 and 3 (azure-sdk-for-net#44021 for US Government).
const clouds = [
  { suffix: '.azure.us', dated: 'https://cognitiveservices.azure.us/.default' },
  { suffix: '.azure.cn', dated: 'https://cognitiveservices.azure.cn/.default' },
] as const;

/**
 * The scope of the tokens that `endpoint` accepts on the surface `api` (`'v1'` or a dated api-version).
 *
 * The public cloud has `https://ai.azure.com/.default` for v1 and `https://cognitiveservices.azure.com/.default` for
 * dated api-versions; US Government and China have one scope for both. Hosts that do not name a cloud (a gateway, a
 * private domain, loopback) count as public.
 *
 * @throws TypeError when `endpoint` is not a URL.
 */
export function scopeFor(endpoint: string | URL, api = 'v1'): string {
  const url = URL.parse(String(endpoint));
  if (url === null) {
    throw new TypeError(
      `Cannot tell the scope: \`endpoint\` is ${JSON.stringify(endpoint)}. Give a URL such as "https://contoso.openai.azure.com".`,
    );
  }
  const host = url.hostname.toLowerCase().replace(/\.$/, '');
  const sovereign = clouds.find(({ suffix }) => host.endsWith(suffix));
  if (sovereign !== undefined) return sovereign.dated;
  return api === 'v1' || api === 'preview'
    ? 'https://ai.azure.com/.default'
    : 'https://cognitiveservices.azure.com/.default';
}
