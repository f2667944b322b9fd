import type { Buffer } from 'node:buffer';
import { readHeaders } from '../service/header-lines.ts';
import type { Entry } from './entry.ts';
import { isSecret, maskField, masked, maskHeader } from './mask.ts';

/**
 * A request as it arrived, with its secrets masked. A turn of the Responses API over a WebSocket is one of its own, as if it
 * had come by POST: its body is the `response.create` that was sent.
 */
export interface RecordedRequest {
  /** 1 for the first request that the mock received. */
  readonly number: number;
  /** Milliseconds since 1970 in the mock's time. */
  readonly receivedAtMs: number;
  readonly method: string;
  /** Path without the query. */
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, string>>;
  /** The parsed JSON or form, the text, or the bytes; `undefined` when there was none. */
  readonly body: unknown;
  /** Text of the last thing that the user says in it; `''` when it is not a conversation. */
  readonly prompt: string;
  /** Key of the resource in the config. */
  readonly resource: string;
  /** Key of the deployment in the config; absent where the request named none. */
  readonly deployment?: string;
  /** Name of the operation, for example `ChatCompletions_Create`; absent for an unknown URL. */
  readonly operation?: string;
  /** The credential that the caller sent, accepted or not. */
  readonly credential: 'api-key' | 'bearer' | 'none';
  /** Its answer; absent while nothing has been sent. */
  readonly response?: RecordedResponse;
}

/** The answer to a recorded request. */
export interface RecordedResponse {
  readonly status: number;
  /** What scripted it: the name of a fault, or `'reply'`; absent for an answer of the mock's own. */
  readonly cause?: string;
  readonly headers: Readonly<Record<string, string>>;
  /** `'abandoned'`: the connection ended before the answer did. */
  readonly outcome: 'pending' | 'answered' | 'abandoned';
  readonly finishedAtMs?: number;
}

/** A frozen copy of an exchange for tests. */
export function recordedRequest({ request, ...exchange }: Entry): RecordedRequest {
  const body = bodyOf(request.raw, request.headers['content-type'] ?? '');
  return deepFreeze({
    number: request.sequence,
    receivedAtMs: exchange.receivedAtMs,
    method: request.method,
    path: request.path,
    query: Object.fromEntries([...request.query].map(([name, value]) => [name, maskField(name, value)])),
    headers: headersOf(request.headers),
    body,
    prompt: promptOf(body),
    resource: request.resource.name,
    ...(exchange.deployment && { deployment: exchange.deployment.key }),
    ...(exchange.operation && { operation: exchange.operation.name }),
    credential: credentialOf(request.headers),
    ...(exchange.status !== 0 && { response: responseOf(exchange) }),
  });
}

function responseOf(exchange: Omit<Entry, 'request'>): RecordedResponse {
  const headers: Record<string, string> = {};
  for (const [name, value] of readHeaders(exchange.responseHeaders)) headers[name.toLowerCase()] = value;
  return {
    status: exchange.status,
    ...(exchange.cause !== undefined && { cause: exchange.cause }),
    headers,
    outcome: exchange.outcome,
    ...(exchange.finishedAtMs !== undefined && { finishedAtMs: exchange.finishedAtMs }),
  };
}

type Headers = Entry['request']['headers'];

function headersOf(headers: Headers): Record<string, string> {
  const result: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) result[name] = maskHeader(name, Array.isArray(value) ? value.join(', ') : value);
  }
  return result;
}

function credentialOf(headers: Headers): RecordedRequest['credential'] {
  if (headers['api-key'] !== undefined) return 'api-key';
  return headers.authorization === undefined ? 'none' : 'bearer';
}

function bodyOf(raw: Buffer, type: string): unknown {
  if (raw.length === 0) return undefined;
  if (type.includes('x-www-form-urlencoded')) {
    const fields = [...new URLSearchParams(raw.toString())];
    return Object.fromEntries(fields.map(([name, value]) => [name, maskField(name, value)]));
  }
  // Bytes cannot be frozen, so the caller gets a copy.
  if (/^(?:multipart|audio|image|application\/octet-stream)/.test(type)) return new Uint8Array(raw);
  const text = raw.toString();
  try {
    return maskJson(JSON.parse(text));
  } catch {
    return text;
  }
}

function maskJson(value: unknown, parent = ''): unknown {
  if (Array.isArray(value)) return value.map((item) => maskJson(item, parent));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, member]: [string, unknown]) => [
      name,
      typeof member === 'string' && isSecret(name, parent) ? masked : maskJson(member, name),
    ]),
  );
}

interface Said {
  readonly role?: unknown;
  readonly content?: unknown;
}

/** Chat has `messages`, Responses and embeddings have `input`, completions have `prompt`. */
function promptOf(body: unknown): string {
  if (typeof body !== 'object' || body === null) return '';
  const { messages, input, prompt } = body as { messages?: unknown; input?: unknown; prompt?: unknown };
  const said = messages ?? input ?? prompt;
  if (!Array.isArray(said)) return textOf(said);
  const last = said.findLast(
    (item: unknown) => typeof item === 'string' || (item as Said | null)?.role === 'user',
  ) as string | Said | undefined;
  return typeof last === 'object' ? textOf(last.content) : (last ?? '');
}

function textOf(content: unknown): string {
  if (typeof content === 'string') return content;
  if (!Array.isArray(content)) return '';
  return content
    .map((part: unknown) => (part as { text?: unknown } | null)?.text)
    .filter((text) => typeof text === 'string')
    .join('\n');
}

function deepFreeze<Value>(value: Value): Value {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return value;
  for (const member of Object.values(value)) deepFreeze(member);
  return Object.freeze(value);
}
