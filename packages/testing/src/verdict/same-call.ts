import type { Entry } from '../journal/entry.ts';

/**
 * Whether a later request is another attempt of an earlier one. A client says so with
 * `x-ms-client-request-id` or with the `x-stainless-retry-count` of the openai SDK; for others it is the same bytes again.
 */
export function isSameCall(earlier: Entry, later: Entry): boolean {
  const [before, after] = [earlier.request, later.request];
  const [idBefore, idAfter] = [
    before.headers['x-ms-client-request-id'],
    after.headers['x-ms-client-request-id'],
  ];
  if (idBefore !== undefined && idAfter !== undefined) return idBefore === idAfter;
  if (after.headers['x-stainless-retry-count'] === '0') return false;
  return before.method === after.method && before.path === after.path && before.raw.equals(after.raw);
}

/** The same call for certain: retries of an openai SDK look the same for all calls with the same bytes. */
export function isSurelyRetry(earlier: Entry, later: Entry): boolean {
  const { headers } = later.request;
  const isMarked = headers['x-ms-client-request-id'] !== undefined;
  return (isMarked || headers['x-stainless-retry-count'] === undefined) && isSameCall(earlier, later);
}

/** How many times an openai SDK has tried before, by its own count; `undefined` where an id says more than a count. */
export function retryCountOf({ request }: Entry): number | undefined {
  const { 'x-stainless-retry-count': count, 'x-ms-client-request-id': id } = request.headers;
  return count === undefined || id !== undefined ? undefined : Number(count);
}

/** Whether both went to the same deployment, or to the same resource where it names none. */
export function isSameTarget(earlier: Entry, later: Entry): boolean {
  return earlier.request.resource === later.request.resource && earlier.deployment === later.deployment;
}

/**
 * Whether the request is the same, so that the answer must be the same: same resource, URL, deployment and body. A
 * call that goes on to another deployment, tries another api-version or corrects its body
 * asks something else.
 */
export function isSameQuestion(earlier: Entry, later: Entry): boolean {
  const [before, after] = [earlier.request, later.request];
  return (
    isSameTarget(earlier, later) &&
    before.method === after.method &&
    before.path === after.path &&
    before.query.get('api-version') === after.query.get('api-version') &&
    (before.raw.equals(after.raw) || isKnownForm(later))
  );
}

/** Two forms never have the same bytes: each has its own boundary. The deployment must be known. */
function isKnownForm({ request, deployment }: Entry): boolean {
  const isForm = request.headers['content-type']?.startsWith('multipart/form-data') === true;
  return isForm && deployment !== undefined;
}
