import { isFields } from '../fields.ts';
import { expectedAnswer } from './expected-answer.ts';
import type { ExpectedAnswer } from './expected-answer.ts';

/** Why an answer cannot be used, and what to do. */
export interface AnswerDiagnosis {
  /** What came in place of what: a part of a sentence. */
  readonly cause: string;
  /** What usually is behind it, and what to do: a sentence. */
  readonly fix: string;
}

/** An answer of success, as it came. */
export interface ReceivedAnswer {
  readonly method: string;
  /** Below `/openai/v1`: `/chat/completions`. */
  readonly path: string;
  readonly status: number;
  readonly contentType: string | null;
  readonly body: Uint8Array | string;
}

/**
 * What is wrong with an answer of success (status 2xx) to a request that did not ask for a stream, or `undefined` when it
 * is one. Answers to operations that this client does not know are not judged.
 */
export function diagnoseAnswer(answer: ReceivedAnswer): AnswerDiagnosis | undefined {
  const expected = expectedAnswer(answer.method.toUpperCase(), answer.path);
  if (expected === undefined || isUsable(answer, expected)) return undefined;
  return diagnosis({ ...answer, expected: expected.what });
}

function isUsable({ status, contentType, body }: ReceivedAnswer, expected: ExpectedAnswer): boolean {
  const type = mediaType(contentType);
  if (status >= 600) return false;
  if (expected.form === 'bytes') return !isForeign(type, expected);
  if (expected.form === 'text' && !isJsonType(type)) return !isForeign(type, expected);
  if (body.length === 0) return !isOwed(status);
  const json = parseJson(body);
  return isFields(json) && expected.fits(json);
}

/** Whether a successful answer without a body is none: 202 and 204 have none to give. */
export function isOwed(status: number): boolean {
  return status === 200 || status === 201;
}

/** Whether an answer of this type is not the service's: a page, or JSON in place of sound. */
export function isForeign(type: string, { what, form }: ExpectedAnswer): boolean {
  if (what === 'sound') return type === 'text/html' || isJsonType(type);
  return form === 'text' && type === 'text/html';
}

/** What is known of an answer that cannot be used. */
export interface UnusableAnswer {
  readonly status: number;
  readonly contentType: string | null;
  readonly body: Uint8Array | string;
  /** What would have been one: `a chat completion`. */
  readonly expected: string;
  /** The encoding of a body that cannot be read. */
  readonly encoding?: string | null;
}

/** Says what came in place of an answer, and what usually causes it. */
export function diagnosis(answer: UnusableAnswer): AnswerDiagnosis {
  const { status, contentType, expected } = answer;
  const start = firstCharacters(answer.body);
  const type = contentType === null ? 'without a content type' : JSON.stringify(plain(contentType, 60));
  const begins = start === '' ? 'without a body' : `that begins ${JSON.stringify(start)}`;
  return { cause: `${status} ${type} ${begins}, in place of ${expected}`, fix: fixFor(answer, start) };
}

function fixFor({ status, contentType, body, encoding, expected }: UnusableAnswer, start: string): string {
  const type = mediaType(contentType);
  if (status >= 600) return 'HTTP has no such status: see what stands between this machine and the endpoint.';
  if (encoding !== undefined && encoding !== null) {
    return `Its encoding ${JSON.stringify(plain(encoding, 30))} was not asked for: turn off compression in the gateway.`;
  }
  if (type.includes('html') || start.startsWith('<')) {
    return 'A sign-in page, a proxy or a firewall answers like this, and so does an `endpoint` or `basePath` that leads to something else: open the endpoint from this machine.';
  }
  if (start === '') {
    return 'A gateway that loses patience answers like this: see its time limits, and whether it hides an error.';
  }
  const isCutStream = expected.startsWith('a stream');
  if (isCutStream || (/^[[{]/.test(start) && parseJson(body) === undefined)) {
    return 'It was cut: a gateway that loses patience or limits the size of answers does that. See its limits, and make the call again.';
  }
  if (/^(?:data|event|id|retry)?:/.test(start)) {
    return 'A stream was not asked for: see whether a gateway makes every call a stream.';
  }
  return 'Something else than Azure OpenAI answers here: see `endpoint` and `basePath`, and what stands between.';
}

/** The beginning of a body as one plain line: no control characters, no marks that turn text around. */
function firstCharacters(body: Uint8Array | string): string {
  const text =
    typeof body === 'string' ? body.slice(0, 400) : new TextDecoder().decode(body.subarray(0, 400));
  return plain(text, 80);
}

function plain(text: string, length: number): string {
  const line = text.replaceAll(/[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}\s]+/gu, ' ').trim();
  const characters = Array.from(line);
  return characters.length <= length ? line : `${characters.slice(0, length).join('')}…`;
}

/** `application/json` of `Application/JSON; charset=utf-8`. */
export function mediaType(contentType: string | null): string {
  // What nearly every answer has.
  if (contentType === 'application/json' || contentType === 'text/event-stream') return contentType;
  return contentType?.split(';', 1)[0]?.trim().toLowerCase() ?? '';
}

export function isJsonType(type: string): boolean {
  return type === 'application/json' || type === 'text/json' || type.endsWith('+json');
}

/** The value of a JSON text; `undefined` when it is none. */
export function parseJson(body: Uint8Array | string): unknown {
  const text =
    typeof body === 'string' ? body : Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString();
  try {
    return JSON.parse(text.codePointAt(0) === 0xfeff ? text.slice(1) : text);
  } catch {
    return undefined;
  }
}
