import type { Answer } from '../answer/answer.ts';
import { readRequest } from '../request/read-request.ts';
import type { CallRequest } from '../request/read-request.ts';
import { standardResponse } from './standard-response.ts';

/** A standard `fetch` over a call. Host and credentials of the request are of no account: the config has them. */
export function standardFetch(
  send: (request: CallRequest, signals: readonly (AbortSignal | null | undefined)[]) => Promise<Answer>,
): typeof globalThis.fetch {
  return async (input, init) => {
    // The SDK asks in this way whether a `fetch` can send forms.
    if (typeof input === 'string' && input.startsWith('data:')) return globalThis.fetch(input, init);
    if (!(input instanceof Request) && !mustBeRead(init)) {
      const answer = await send(readRequest(input, (init ?? {}) as never), [init?.signal]);
      return standardResponse(answer, String(input));
    }
    const request = new Request(input, init);
    const { url, method, headers, signal } = request;
    signal.throwIfAborted();
    const read = readRequest(url, { method, headers, body: await bodyOf(request) });
    return standardResponse(await send(read, [signal]), url);
  };
}

/** Whether the name stands in a body that has to be read before it can be found. */
function mustBeRead(init: RequestInit | undefined): boolean {
  const body: unknown = init?.body;
  if (typeof body !== 'object' || body === null || body instanceof FormData) return false;
  const type = new Headers(init?.headers).get('content-type') ?? (body instanceof Blob ? body.type : '');
  if (type.startsWith('multipart/form-data')) return true;
  return type.includes('json') && (body instanceof Blob || Symbol.asyncIterator in body);
}

/** A form is read as one, and a text as one: the name of the deployment stands in it. */
async function bodyOf(request: Request): Promise<unknown> {
  if (request.body === null) return undefined;
  const type = request.headers.get('content-type') ?? '';
  // eslint-disable-next-line @typescript-eslint/no-deprecated -- Deprecated for servers; this form is the caller's own.
  if (type.startsWith('multipart/form-data')) return request.formData();
  return type.startsWith('text/') || type.includes('json') ? request.text() : request.bytes();
}
