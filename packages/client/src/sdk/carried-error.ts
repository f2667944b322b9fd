/** What the SDK reads of an answer with an error in it, and the error. */
const errors = new WeakMap<object, unknown>();

/** All errors that an answer has carried. */
const carried = new WeakSet();

/**
 * An answer that the SDK takes for a failure, and asks `makeStatusError` about, which gives `error` back: thrown by
 * `fetch`, the SDK would wrap it in an `APIConnectionError`.
 */
export function answerWith(error: unknown): Response {
  const headers = new Headers({ 'x-should-retry': 'false' });
  errors.set(headers, error);
  if (typeof error === 'object' && error !== null) carried.add(error);
  // Not those of the constructor: frameworks put a `Response` of their own in the place of the global one, such as
  // @hono/node-server, whose `headers` are another object once its body was read.
  return Object.defineProperty(new Response(null, { status: 500 }), 'headers', { value: headers });
}

/** The error in the answer with these headers, in a box; `undefined` for an answer of the service. */
export function errorIn(headers: Headers): { readonly error: unknown } | undefined {
  return errors.has(headers) ? { error: errors.get(headers) } : undefined;
}

/** Whether an answer has carried `error`, so that it is not one of the SDK. */
export function wasCarried(error: unknown): boolean {
  return typeof error === 'object' && error !== null && carried.has(error);
}
