import type { Answer } from '../answer/answer.ts';
import type { HeadersInput } from '../request/read-headers.ts';
import { readRequest } from '../request/read-request.ts';
import type { CallRequest } from '../request/call-request.ts';
import type { RequestInput } from '../request/read-request.ts';
import { untilAborted } from '../waiting/until-aborted.ts';
import { standardResponse } from './standard-response.ts';

/** A standard `fetch` over a call. Host and credentials of the request are of no account: the config has them. */
export function standardFetch(
  send: (request: CallRequest, signals: readonly (AbortSignal | null | undefined)[]) => Promise<Answer>,
  allowHeaders?: ReadonlySet<string>,
): typeof globalThis.fetch {
  return async (input, init) => {
    // The SDK asks in this way whether a `fetch` can send forms.
    if (typeof input === 'string' && input.startsWith('data:')) return globalThis.fetch(input, init);
    const { url, signal, ...request } = partsOf(input, init);
    const reading = readRequest(url, request, allowHeaders);
    const read = reading instanceof Promise ? await whole(reading, signal) : reading;
    return standardResponse(await send(read, [signal]), String(url));
  };
}

/** A stream of the caller may take its time: an abort does not wait for it. */
function whole(reading: Promise<CallRequest>, signal: AbortSignal | null | undefined): Promise<CallRequest> {
  return signal ? untilAborted(reading, signal) : reading;
}

/** What is sent, looked at once. */
function partsOf(
  input: string | URL | Request,
  init: RequestInit | undefined,
): RequestInput & { readonly url: string | URL; readonly signal: AbortSignal | null | undefined } {
  const isRequest = input instanceof Request;
  const { method, headers, body, signal } = isRequest ? new Request(input, init) : (init ?? {});
  return { url: isRequest ? input.url : input, method, headers: headers as HeadersInput, body, signal };
}
