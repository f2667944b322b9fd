import type { Attempt } from './attempt.ts';
import type { Call } from '../engine/call.ts';
import type { Engine } from '../engine/engine.ts';
import { bodyOf } from './fitted-body.ts';
import type { FormBytes } from '../request/form-body.ts';
import { urlOf } from '../route/target.ts';
import type { Target } from '../route/target.ts';
import type { TransportRequest } from '../transport/transport.ts';
import { untilAborted } from '../waiting/until-aborted.ts';

/** The transport would refuse it for every deployment: another attempt would fail in the same way. */
export function isUnsendable(error: unknown): error is Error {
  return error instanceof Error && 'code' in error && error.code === 'UND_ERR_INVALID_ARG';
}

export function unsendable(cause: Error): TypeError {
  return new TypeError(
    `Cannot send the request: ${cause.message}. Leave out line breaks, and encode what is no plain text.`,
    { cause },
  );
}

/** What needs no answer of the service. What fails here is not the target's fault, and reaches the caller as it is. */
export async function prepare(engine: Engine, call: Call, attempt: Attempt): Promise<TransportRequest> {
  const { scope, signed } = attempt;
  const { target } = attempt.admission;
  const body = bodyOf(engine, call, attempt);
  const headers = target.credential.headers({ scope: target.scope, signal: scope.signal });
  signed.headers = headers instanceof Promise ? await untilAborted(headers, scope.signal) : headers;
  const content = body instanceof Promise ? await body : body;
  scope.signal.throwIfAborted();
  return {
    url: urlOf(target, call.request.path, call.request.queryFor(target)),
    method: call.request.method,
    headers: headersFor(call, target, { credential: signed.headers, content }),
    ...(content === undefined ? undefined : { body: content }),
    signal: scope.signal,
  };
}

function headersFor(
  call: Call,
  target: Target,
  { credential, content }: { credential: Readonly<Record<string, string>>; content: unknown },
): Record<string, string> {
  const headers: Record<string, string> = {
    'x-ms-client-request-id': call.id,
    ...call.request.headers,
    ...call.request.headersFor?.(target),
  };
  // A header that is a credential somewhere in this estate comes from the credential, or not at all.
  for (const name of target.keyHeaders) Reflect.deleteProperty(headers, name);
  for (const [name, value] of Object.entries(credential)) {
    headers[name === 'api-key' ? target.resource.keyHeader : name] = value;
  }
  const { contentType } = (content ?? {}) as Partial<FormBytes>;
  if (contentType !== undefined) headers['content-type'] = contentType;
  return headers;
}
