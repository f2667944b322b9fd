/** What the SDK reads of an answer with an error in it, and the error. */
const errors = new WeakMap<object, unknown>();

/** All errors that an answer has carried. */
const carried = new WeakSet();

/**
 * An answer that the SDK takes for a failure, and asks `makeStatusError` about, which gives `error` back: thrown by
 * `fetch`, the SDK would wrap it in an `APIConnectionError`.
 */
export function answerWith(error: unknown): Response {
  const response = new Response(null, { status: 500, headers: { 'x-should-retry': 'false' } });
  errors.set(response.headers, error);
  if (typeof error === 'object' && error !== null) carried.add(error);
  return response;
}

/** The error in the answer with these headers, in a box; `undefined` for an answer of the service. */
export function errorIn(headers: Headers): { readonly error: unknown } | undefined {
  return errors.has(headers) ? { error: errors.get(headers) } : undefined;
}

/** Whether an answer has carried `error`, so that it is not one of the SDK. */
export function wasCarried(error: unknown): boolean {
  return typeof error === 'object' && error !== null && carried.has(error);
}
