import type { Admission } from './admit.ts';
import type { AttemptScope } from '../waiting/attempt-scope.ts';
import { bodyOf } from './fitted-body.ts';
import { attemptScope } from '../waiting/attempt-scope.ts';
import { withNotHere } from './bound-call.ts';
import type { AttemptResult } from './attempt-result.ts';
import type { Call } from './call.ts';
import { connectionFailed } from '../answer/connection-failure.ts';
import { classify, classifyStreamError } from '../answer/classify.ts';
import type { Engine } from './engine.ts';
import { withLeadOn } from './lead-on.ts';
import { DeadlineExceededError, TransportLoadError } from '../errors.ts';
import { openStream } from '../answer/open-stream.ts';
import type { OpenedStream } from '../answer/open-stream.ts';
import type { ObservedQuota } from '../quota/quota.ts';
import { isOfCaller } from '../request/callers-stream.ts';
import type { FormBytes } from '../request/form-body.ts';
import { isUnderDeployment, urlOf } from '../route/target.ts';
import type { Target } from '../route/target.ts';
import { proxyErrorCode } from '../transport/proxy.ts';
import { readBytes } from '../transport/transport.ts';
import type { TransportRequest, TransportResponse } from '../transport/transport.ts';
import { untilAborted } from '../waiting/until-aborted.ts';

export type { AttemptResult };

export interface Attempt {
  readonly admission: Admission;
  readonly number: number;
  readonly startedMs: number;
  readonly scope: AttemptScope;
  /** Headers that signed the attempt. */
  readonly signed: { headers: Readonly<Record<string, string>> };
  /** What the answer says of the quota. */
  observed: ObservedQuota | undefined;
  /** Quota and circuit know how it ended. */
  settled: boolean;
}

/** Opens an attempt: its own signal and its own timers. */
export function openAttempt(engine: Engine, call: Call, admission: Admission): Attempt {
  const startedMs = engine.now();
  call.attempts += 1;
  const attempts = call.attempts;
  const scope = attemptScope(call.cancellation, {
    inMs: Math.max(0, call.deadlineAtMs - startedMs),
    // A hedge may have been added since.
    error: () => deadlineExceeded(call, call.attempts),
  });
  scope.limit(call.settings.attemptTimeoutMs, call.request.stream ? 'headers' : 'answer');
  return {
    admission,
    number: attempts,
    startedMs,
    scope,
    signed: { headers: {} },
    observed: undefined,
    settled: false,
  };
}

export function deadlineExceeded(call: Call, attempts: number): DeadlineExceededError {
  return new DeadlineExceededError({
    call: call.route.name,
    deadlineMs: call.settings.deadlineMs,
    attempts,
    cause: call.last !== undefined && 'error' in call.last ? call.last.error : undefined,
  });
}

/** Sends one attempt and reads as much of the answer as it takes to know what it means. */
export async function runAttempt(engine: Engine, call: Call, attempt: Attempt): Promise<AttemptResult> {
  const { scope } = attempt;
  const ready = await prepare(engine, call, attempt).catch((error: unknown) => {
    // The time of the attempt was over before anything was sent: for the caller a time-out like any other.
    const isTimeout = error instanceof DOMException && error === scope.signal.reason;
    throw isTimeout && !call.cancellation.aborted ? connectionFailed(error) : error;
  });
  try {
    const response = await engine.transport(ready);
    const isSuccess = response.status >= 200 && response.status < 300;
    const result = isSuccess
      ? await readSuccess(engine, call, { attempt, response })
      : await readFailure(engine, response);
    return withLeadOn(call, withNotHere(call, result));
  } catch (error) {
    // The caller's wish and the deadline end the call, not only this attempt.
    call.cancellation.throwIfAborted();
    if (error instanceof DeadlineExceededError) throw error;
    scope.abort(error);
    if (isOfCaller(error)) throw error;
    if (error instanceof TransportLoadError || proxyErrorCode(error) === 'PROXY_UNUSABLE') throw error;
    if (isUnsendable(error)) throw unsendable(error);
    return failedConnection(error);
  }
}

/** The transport would send it to nobody: no deployment is to blame, and no other one will do better. */
function isUnsendable(error: unknown): error is Error {
  return error instanceof Error && 'code' in error && error.code === 'UND_ERR_INVALID_ARG';
}

function unsendable(cause: Error): TypeError {
  return new TypeError(
    `Cannot send the request: ${cause.message}. Leave out line breaks, and encode what is no plain text.`,
    { cause },
  );
}

/** What needs no answer of the service. What fails here is not the target's fault, and reaches the caller as it is. */
async function prepare(engine: Engine, call: Call, attempt: Attempt): Promise<TransportRequest> {
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
    ...call.request.headers,
    ...call.request.headersFor?.(target),
    'x-ms-client-request-id': call.id,
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

async function readSuccess(
  engine: Engine,
  call: Call,
  { attempt, response }: { attempt: Attempt; response: TransportResponse },
): Promise<AttemptResult> {
  const { scope } = attempt;
  const type = response.headers.get('content-type') ?? '';
  if (type.includes('text/event-stream')) {
    const { firstTokenTimeoutMs } = call.settings;
    if (firstTokenTimeoutMs !== undefined) {
      scope.limit(Math.max(0, firstTokenTimeoutMs - (engine.now() - attempt.startedMs)), 'content');
    }
    const stream = await openStream(response);
    if (stream.kind === 'open') return { kind: 'stream', response, stream };
    response.destroy();
    return failedStream(stream);
  }
  if (type.includes('json') || response.status === 204) {
    const body = await readBytes(response.body);
    // A gateway that loses patience ends an answer in the middle, or before its beginning, and calls it whole.
    const isCut = !endsLikeJson(body) || (body.byteLength === 0 && isOwed(call, response.status));
    if (isCut) return failedConnection(new TypeError('The answer ended in the middle.'));
    if (mustStream(call))
      return failedConnection(new TypeError('The answer is not the stream that was asked for.'));
    return { kind: 'whole', response, body };
  }
  return { kind: 'bytes', response };
}

/** Whether an answer without a body is none. */
function isOwed({ request }: Call, status: number): boolean {
  return status === 200 && isUnderDeployment(request.path);
}

/** The SDK would read JSON as a stream without events. A model that hears may ignore that a stream is wanted. */
function mustStream({ request: { stream, operation } }: Call): boolean {
  return stream && (operation === 'chat' || operation === 'responses' || operation === 'text_completion');
}

/** The last byte of a JSON object or array; nothing at all is the service's own choice. */
function endsLikeJson(body: Buffer): boolean {
  let end = body.length;
  while (end > 0 && (body[end - 1] ?? 0) <= 0x20) end -= 1;
  const last = body[end - 1];
  return last === undefined || last === 0x7d || last === 0x5d;
}

function failedStream(stream: Exclude<Awaited<ReturnType<typeof openStream>>, OpenedStream>): AttemptResult {
  const { error } = stream;
  if (error === undefined)
    return failedConnection(new TypeError('The stream ended before it had any content.'));
  const outcome = classifyStreamError(error.code, error.message);
  return { kind: 'failed', classified: { outcome, code: error.code }, status: 200, answer: stream.answer };
}

async function readFailure(engine: Engine, response: TransportResponse): Promise<AttemptResult> {
  const body = await readBytes(response.body);
  const classified = classify(response, body.toString('utf8'), engine.now());
  return {
    kind: 'failed',
    classified,
    status: response.status,
    answer: { status: response.status, headers: response.headers, body, destroy: () => undefined },
  };
}

function failedConnection(error: unknown): AttemptResult {
  const { code } = (error ?? {}) as { code?: unknown };
  return {
    kind: 'failed',
    classified: { outcome: 'unavailable', ...(typeof code === 'string' ? { code } : undefined) },
    error,
  };
}
