/** Names and values of headers, as a `RequestInit` has them. */
export type HeadersInput =
  Headers | Readonly<Record<string, string>> | readonly (readonly [string, string])[] | undefined;

/**
 * Headers that a caller may set. Everything else is left out: credentials and tenancy of somebody else's service, what a
 * connection decides for itself, and what a server on the way may take for another host, path or method.
 */
const allowed: ReadonlySet<string> = new Set([
  'accept',
  'accept-language',
  'aoai-evals',
  'baggage',
  'cache-control',
  'content-type',
  'correlation-context',
  'idempotency-key',
  'if-match',
  'if-modified-since',
  'if-none-match',
  'last-event-id',
  'openai-beta',
  'range',
  'request-id',
  'traceparent',
  'tracestate',
  'user-agent',
  'x-client-request-id',
  'x-correlation-id',
  'x-ms-client-request-id',
  'x-ms-oai-image-generation-deployment',
  'x-ms-useragent',
  'x-policy-id',
  'x-request-id',
]);

/** What no caller may set, whatever is allowed: credentials, the connection, and other hosts, paths and methods. */
const neverAllowed =
  /(^|-)(key|token|auth|authorization|secret|cookie|password|signature)(-|$)|^(host|connection|keep-alive|te|trailer|transfer-encoding|upgrade|expect|via|forwarded|proxy-.*|content-.*|accept-encoding|sec-.*|x-stainless-.*|openai-(organization|project)|azureml-.*)$|forwarded|original|rewrite|method|override|deployment/;

/**
 * The headers of the option `allowHeaders`.
 * @throws RangeError for one that no caller may set.
 */
export function headersAllowed(names: readonly string[] | undefined): ReadonlySet<string> | undefined {
  if (names === undefined) return undefined;
  const lower = names.map((name) => name.toLowerCase());
  const wrong = lower.find((name) => !/^[a-z0-9][\w.-]*$/.test(name) || neverAllowed.test(name));
  if (wrong === undefined) return new Set(lower);
  throw new RangeError(
    `Cannot create the client: \`allowHeaders\` has ${JSON.stringify(wrong)}, which is a credential, belongs to the connection, or names another place. Leave it out.`,
  );
}

/** The header that names the deployment of the image generation tool. */
export const imageDeploymentHeader = 'x-ms-oai-image-generation-deployment';

/**
 * Headers of a call, by their lower-case names: those that a caller may set, and those named in `allowHeaders`.
 * @throws TypeError for a header that no server would see, also where it is left out.
 */
export function readHeaders(given: HeadersInput, allowHeaders?: ReadonlySet<string>): Record<string, string> {
  const headers: Record<string, string> = {};
  if (given === undefined) return headers;
  const entries = Symbol.iterator in given ? given : Object.entries(given);
  for (const [name, value] of entries) {
    const lower = name.toLowerCase();
    if (allowed.has(lower) || allowHeaders?.has(lower) === true) headers[lower] = value;
    else checkHeader(name, value);
  }
  return headers;
}

function checkHeader(name: string, value: unknown): void {
  if (/^[\w!#$%&'*+.^`|~-]+$/.test(name) && !/[^\t\x20-\x7e\x80-\xff]/.test(String(value))) return;
  throw new TypeError(
    `Cannot send the request: invalid ${JSON.stringify(name)} header. Leave out line breaks, and encode what is no plain text.`,
  );
}
