import type { Answer } from './answer.ts';
import { readRequest } from './request.ts';
import type { CallRequest } from './request.ts';
import { standardResponse } from './standard-response.ts';

/** A standard `fetch` over a call. Host and credentials of the request are of no account: the config has them. */
export function standardFetch(
  send: (request: CallRequest, signals: readonly (AbortSignal | null | undefined)[]) => Promise<Answer>,
): typeof globalThis.fetch {
  return async (input, init) => {
    // The SDK asks in this way whether a `fetch` can send forms.
    if (typeof input === 'string' && input.startsWith('data:')) return globalThis.fetch(input, init);
    if (!(input instanceof Request)) {
      const answer = await send(readRequest(input, (init ?? {}) as never), [init?.signal]);
      return standardResponse(answer, String(input));
    }
    const request = new Request(input, init);
    const body = request.body === null ? undefined : await request.bytes();
    const read = readRequest(request.url, { method: request.method, headers: request.headers, body });
    return standardResponse(await send(read, [request.signal]), request.url);
  };
}
