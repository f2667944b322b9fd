import type { Answer } from '../answer/answer.ts';
import { classify, classifyStreamError } from '../answer/classify.ts';
import { diagnosis, isForeign, isJsonType, isOwed, mediaType, parseJson } from '../answer/diagnose-answer.ts';
import { isFields } from '../fields.ts';
import { expectedAnswer } from '../answer/expected-answer.ts';
import type { ExpectedAnswer } from '../answer/expected-answer.ts';
import { openStream } from '../answer/open-stream.ts';
import type { FailedStream } from '../answer/open-stream.ts';
import { serviceError, statusOf } from '../answer/service-error.ts';
import { withHeaders } from '../answer/with-headers.ts';
import type { Attempt, AttemptResult } from './attempt.ts';
import type { Call } from '../engine/call.ts';
import type { Engine } from '../engine/engine.ts';
import { AnswerTooLargeError, UnexpectedAnswerError } from '../errors.ts';
import { readBytes, readStart } from '../transport/transport.ts';
import type { TransportResponse } from '../transport/transport.ts';

type Failed = Extract<AttemptResult, { kind: 'failed' }>;

interface Reading {
  readonly engine: Engine;
  readonly call: Call;
  readonly attempt: Attempt;
  readonly response: TransportResponse;
}

/** Bytes of an error that are read: more than any error of the service has. */
const maxErrorBytes = 1 << 20;

/** Bytes of a page that is not the service’s that are read, to say in the error what it was. */
const pageBytes = 4_096;

/** Reads as much of an answer as it takes to know what it means. */
export async function readAnswer(reading: Reading): Promise<AttemptResult> {
  const { status } = reading.response;
  if (status >= 600) return readForeign(reading, undefined);
  if (status >= 300) return readFailure(reading);
  const { method, path, stream, query } = reading.call.request;
  const expected = expectedAnswer(method, path);
  const { headers } = reading.response;
  if (headers.get('content-encoding') !== null && expected !== undefined && expected.form !== 'bytes') {
    return readForeign(reading, expected);
  }
  const type = mediaType(headers.get('content-type'));
  const wantsStream = stream || /(?:^|&)stream=true(?:&|$)/.test(query);
  return isStream(type, { expected, wantsStream })
    ? readStream(reading, expected)
    : readWhole(reading, { expected, type });
}

/** Whether the body is read as events. Gateways mislabel them: where a stream was asked for, the body itself tells. */
function isStream(
  type: string,
  { expected, wantsStream }: { expected: ExpectedAnswer | undefined; wantsStream: boolean },
): boolean {
  if (type === 'text/event-stream') return expected === undefined || expected.form === 'bytes' || wantsStream;
  if (!wantsStream || expected === undefined || expected.form === 'bytes') return false;
  return expected.streams || !isJsonType(type);
}

async function readWhole(
  reading: Reading,
  { expected, type }: { expected: ExpectedAnswer | undefined; type: string },
): Promise<AttemptResult> {
  const { response, call } = reading;
  const isJson = isJsonType(type) || response.status === 204;
  if (expected === undefined ? !isJson : expected.form === 'bytes' || (expected.form === 'text' && !isJson)) {
    return expected !== undefined && isForeign(type, expected)
      ? readForeign(reading, expected)
      : { kind: 'bytes', response };
  }
  const body = await readBytes(response.body, call.settings.maxAnswerBytes);
  if (body === undefined) throw tooLarge(reading);
  return judge(reading, { expected, body });
}

/** What a body that is here as a whole means. */
function judge(
  reading: Reading,
  { expected, body }: { expected: ExpectedAnswer | undefined; body: Buffer },
): AttemptResult {
  const { response } = reading;
  if (body.byteLength === 0) {
    return expected !== undefined && isOwed(response.status)
      ? unexpected(reading, { expected: expected.what, body })
      : { kind: 'whole', response, body, json: undefined };
  }
  const json = parseJson(body);
  if (json === undefined) return unexpected(reading, { expected: expected?.what ?? 'JSON', body });
  if (expected === undefined) return { kind: 'whole', response, body, json };
  if (isFields(json) && expected.fits(json)) {
    return failedResponse(reading, json, body) ?? { kind: 'whole', response: asJson(response), body, json };
  }
  return errorIn(reading, json, body) ?? unexpected(reading, { expected: expected.what, body });
}

/** A gateway may say that JSON is text: the SDK goes by the type. */
function asJson(response: TransportResponse): TransportResponse {
  if (isJsonType(mediaType(response.headers.get('content-type')))) return response;
  return { ...response, headers: withHeaders(response.headers, { 'content-type': 'application/json' }) };
}

/** An error that came with a status of success, as the answer that it would have been with its own. */
function errorIn(reading: Reading, json: unknown, body: Buffer): Failed | undefined {
  const error = serviceError(json);
  return error === undefined ? undefined : failure(reading, statusOf(error), body);
}

/** A response that failed before it said anything may well work elsewhere, as it does in a stream. */
function failedResponse(
  reading: Reading,
  json: Readonly<Record<string, unknown>>,
  body: Buffer,
): Failed | undefined {
  const { request } = reading.call;
  const { status, output } = json;
  if (request.path !== '/responses' || status !== 'failed' || !Array.isArray(output) || output.length > 0)
    return;
  const error = serviceError(json);
  if (error === undefined) return undefined;
  const failed = failure(reading, statusOf(error), body);
  const { response } = reading;
  // A call without another target gets the response, whose `status` is `failed`.
  return { ...failed, status: response.status, answer: answerOf(response, body) };
}

async function readStream(reading: Reading, expected: ExpectedAnswer | undefined): Promise<AttemptResult> {
  const { engine, call, attempt, response } = reading;
  const { attemptTimeoutMs, firstTokenTimeoutMs, idleTimeoutMs, maxAnswerBytes } = call.settings;
  const leftMs =
    firstTokenTimeoutMs === undefined
      ? undefined
      : Math.max(0, firstTokenTimeoutMs - (engine.now() - attempt.startedMs));
  // Once its headers are here only silence ends a stream. A model that thinks may be silent as long as without a stream.
  const patienceMs = idleTimeoutMs === undefined ? undefined : Math.max(idleTimeoutMs, attemptTimeoutMs);
  attempt.scope.limit(leftMs, 'content');
  const opened = await openStream(response, {
    choices: choicesOf(call),
    holdsNothing: call.request.method === 'GET',
    idle: (hasContent) =>
      attempt.scope.idleTimer(hasContent ? idleTimeoutMs : patienceMs, 'more of the stream'),
    maxBytes: maxAnswerBytes,
    tooLarge: () => tooLarge(reading),
  });
  attempt.scope.limit(undefined, 'content');
  if (opened.kind === 'open') return { kind: 'stream', response: asEvents(response), stream: opened };
  response.destroy();
  if (opened.kind === 'failed') return failedStream(reading, opened);
  if (opened.body === undefined) throw tooLarge(reading);
  if (expected?.streams !== true) return judge(reading, { expected, body: opened.body });
  return (
    errorIn(reading, parseJson(opened.body), opened.body) ??
    unexpected(reading, { expected: `${expected.what} as a stream`, body: opened.body })
  );
}

function asEvents(response: TransportResponse): TransportResponse {
  if (mediaType(response.headers.get('content-type')) === 'text/event-stream') return response;
  return { ...response, headers: withHeaders(response.headers, { 'content-type': 'text/event-stream' }) };
}

function choicesOf({ request: { json } }: Call): number {
  const n = json?.['n'];
  return typeof n === 'number' && n > 1 ? n : 1;
}

function failedStream(reading: Reading, { error, body, answer }: FailedStream): AttemptResult {
  if (error === undefined) {
    return unexpected(reading, { expected: 'a stream that comes to its content', body });
  }
  const { retryAfterMs, limitHit } = failure(reading, statusOf(error), body).classified;
  return {
    kind: 'failed',
    classified: {
      outcome: classifyStreamError(error),
      ...(error.code === '' ? undefined : { code: error.code }),
      ...(retryAfterMs === undefined ? undefined : { retryAfterMs }),
      ...(limitHit === undefined ? undefined : { limitHit }),
    },
    status: 200,
    answer,
  };
}

async function readFailure(reading: Reading): Promise<AttemptResult> {
  const { response } = reading;
  return failure(reading, response.status, await readStart(response.body, maxErrorBytes));
}

function failure({ engine, response }: Reading, status: number, body: Buffer): Failed {
  const { headers } = response;
  const classified = classify({ status, headers }, body.toString('utf8'), engine.now());
  return { kind: 'failed', classified, status, answer: { ...answerOf(response, body), status } };
}

function answerOf({ status, headers }: TransportResponse, body: Buffer): Answer {
  return { status, headers, body, destroy: () => undefined };
}

/** An answer that is not the service's, whatever is in it. */
async function readForeign(reading: Reading, expected: ExpectedAnswer | undefined): Promise<AttemptResult> {
  const body = await readStart(reading.response.body, pageBytes);
  return unexpected(reading, { expected: expected?.what ?? 'an answer', body });
}

function unexpected(
  { attempt, response }: Reading,
  { expected, body }: { expected: string; body: Buffer },
): Failed {
  const { status, headers } = response;
  const contentType = headers.get('content-type');
  const encoding = headers.get('content-encoding');
  const shown = withoutSecrets(body.subarray(0, pageBytes).toString('utf8'), attempt.signed.headers);
  const { cause, fix } = diagnosis({ status, contentType, encoding, expected, body: shown });
  const error = new UnexpectedAnswerError({
    deployment: attempt.admission.target.name,
    status,
    contentType,
    cause,
    fix,
    isPage: shown.trimStart().startsWith('<'),
  });
  return { kind: 'failed', classified: { outcome: 'unavailable', code: error.code }, status, error };
}

/** What answers in place of the service may repeat what it was sent. */
function withoutSecrets(text: string, signed: Readonly<Record<string, string>>): string {
  let shown = text;
  for (const value of Object.values(signed)) {
    const secret = value.replace(/^Bearer /i, '');
    if (secret.length > 0) shown = shown.replaceAll(secret, '***');
  }
  return shown;
}

function tooLarge({ attempt, call }: Reading): AnswerTooLargeError {
  return new AnswerTooLargeError({
    deployment: attempt.admission.target.name,
    maxAnswerBytes: call.settings.maxAnswerBytes,
  });
}
