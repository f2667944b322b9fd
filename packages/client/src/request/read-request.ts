import { estimateTokens } from './estimate.ts';
import type { Operation } from '../events/events.ts';
import type { TokenCount } from '../quota/quota.ts';
import type { Target } from '../route/target.ts';
import { namesDeploymentInPath } from '../route/target.ts';

/** Body of one attempt. */
type Body = string | Uint8Array | ReadableStream<Uint8Array> | undefined;

/** What a call asks for, freed from the URL shape of the client that made it. */
export interface CallRequest {
  readonly method: string;
  /** Below `/openai/v1`, `/openai/deployments/{name}` or `/openai`: `/chat/completions`. */
  readonly path: string;
  /** Without `api-version`. */
  readonly query: string;
  /** Lower-case names, without credentials and without what belongs to one connection. */
  readonly headers: Readonly<Record<string, string>>;
  /** The name that was called; `undefined` for a path that takes none, such as `/files`. */
  readonly name: string | undefined;
  readonly operation: Operation;
  readonly stream: boolean;
  readonly tokens: TokenCount;
  /** Parsed JSON body. */
  readonly json: Readonly<Record<string, unknown>> | undefined;
  /** The same as it was written. */
  readonly text: string | undefined;
  /** `false` for a body that can be sent only once. */
  readonly replayable: boolean;
  /** The body for a target: with the name of its deployment, otherwise as it came. */
  bodyFor(target: Target): Body | Promise<Body>;
}

/** What is read of a `RequestInit`. `json` saves parsing when the caller still has the object. */
export interface RequestInput {
  readonly method?: string | undefined;
  readonly headers?:
    Headers | Readonly<Record<string, string>> | readonly (readonly [string, string])[] | undefined;
  readonly body?: unknown;
  readonly json?: unknown;
}

/** Reads what a client asks for, from the URL and the body that it built for `/openai/v1` or for a dated api. */
export function readRequest(url: URL | string, input: RequestInput): CallRequest {
  const { path, query, nameInPath } = readUrl(url);
  const headers = readHeaders(input.headers);
  const body = plainBody(input.body, headers);
  const json = typeof body === 'string' ? readJson(body, input.json) : undefined;
  const named = body instanceof FormData ? body.get('model') : json?.['model'];
  const name = nameInPath ?? (typeof named === 'string' ? named : undefined);
  return {
    method: (input.method ?? 'GET').toUpperCase(),
    path,
    query,
    headers,
    name,
    operation: operationOf(path),
    stream: json?.['stream'] === true || (body instanceof FormData && body.get('stream') === 'true'),
    tokens: estimateTokens(json ?? {}, typeof body === 'string' ? body.length : 0),
    json,
    text: typeof body === 'string' ? body : undefined,
    replayable: !(body instanceof ReadableStream),
    bodyFor: bodyWriter({ body, json, path, name }),
  };
}

/** A URL of the v1 surface as the SDK builds it for nearly every call: nothing in it to decode or to resolve. */
const plainUrl = /^https?:\/\/[^/?#]+\/openai\/v1((?:\/[\w-]+)+)$/;
/** What is said in another way to the resource that is called. */
const droppedParameters = new Set(['api-key', 'api-version', 'subscription-key']);

function readUrl(url: URL | string): { path: string; query: string; nameInPath?: string } {
  const plain = typeof url === 'string' ? plainUrl.exec(url)?.[1] : undefined;
  if (plain !== undefined) return { path: plain, query: '' };
  const { pathname, searchParams } = new URL(url);
  for (const name of new Set(searchParams.keys())) {
    if (droppedParameters.has(name.toLowerCase())) searchParams.delete(name);
  }
  const query = searchParams.toString();
  // A client made for OpenAI itself calls `/v1/…`. The path of a gateway may end with `/openai` as well.
  const [, below] = /\/openai(\/.*)$/.exec(pathname) ?? /^(\/v1\/.*)$/.exec(pathname) ?? [];
  const operation = below?.replace(/^(\/openai)+(?=\/)/, '').replace(/^\/v1(?=\/)/, '');
  const [, name, path = operation] = /^\/deployments\/([^/]+)(\/.*)$/.exec(operation ?? '') ?? [];
  if (path === undefined || oddPath.test(path)) throw notOurs(pathname);
  return name === undefined ? { path, query } : { path, query, nameInPath: decoded(name) };
}

/** Empty segments, and encoded ones that somebody on the way may take for a way up: no id of the service has them. */
const oddPath = /@|\/\/|%2f|%5c|%2e%2e/i;

function notOurs(pathname: string): TypeError {
  return new TypeError(
    `Cannot send ${JSON.stringify(pathname)}: it is no path of Azure OpenAI. Call one below "/openai/v1" or "/openai", such as "/openai/v1/files", with plain ids.`,
  );
}

/** A name that is no valid encoding is no name of the config either: it is left for the error that says so. */
function decoded(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}

// Credentials and tenancy of somebody else's service, and what a connection decides for itself.
const dropped = new Set([
  'accept-encoding',
  'api-key',
  'authorization',
  'connection',
  'cookie',
  'content-length',
  'expect',
  'host',
  'keep-alive',
  'openai-organization',
  'openai-project',
  'proxy-authorization',
  'transfer-encoding',
  'upgrade',
]);

function readHeaders(given: RequestInput['headers']): Record<string, string> {
  const headers: Record<string, string> = {};
  if (given === undefined) return headers;
  const entries = Symbol.iterator in given ? given : Object.entries(given);
  for (const [name, value] of entries) {
    const lower = name.toLowerCase();
    // Azure refuses requests with many headers of their own (wire.md 4: 431), and these say nothing to it.
    if (!dropped.has(lower) && !lower.startsWith('x-stainless-')) headers[lower] = value;
  }
  return headers;
}

type PlainBody = string | Uint8Array | FormData | Blob | ReadableStream<Uint8Array> | undefined;

function plainBody(body: unknown, headers: Readonly<Record<string, string>>): PlainBody {
  if (body === undefined || body === null) return undefined;
  if (typeof body === 'string' || body instanceof FormData || body instanceof Blob) return body;
  if (body instanceof ReadableStream) return callersStream(body as ReadableStream<Uint8Array>);
  if (body instanceof URLSearchParams) return body.toString();
  if (body instanceof ArrayBuffer || ArrayBuffer.isView(body)) {
    const bytes = ArrayBuffer.isView(body)
      ? new Uint8Array(body.buffer as ArrayBuffer, body.byteOffset, body.byteLength)
      : new Uint8Array(body);
    return isJson(headers) ? new TextDecoder().decode(bytes) : bytes;
  }
  if (typeof body === 'object' && Symbol.asyncIterator in body) {
    return callersStream(body as AsyncIterable<Uint8Array>);
  }
  throw new TypeError(
    `Cannot send the request: its body is a ${Object.prototype.toString.call(body)}. ` +
      'Pass a string, bytes, a FormData, a Blob or a ReadableStream.',
  );
}

/** What streams of callers have failed with. */
const brokenStreams = new WeakSet();

/** Whether a request has failed because the caller's own stream did: no deployment is to blame for that. */
export function isOfCaller(error: unknown): boolean {
  return typeof error === 'object' && error !== null && brokenStreams.has(error);
}

function callersStream(source: AsyncIterable<Uint8Array>): ReadableStream<Uint8Array> {
  async function* pieces(): AsyncGenerator<Uint8Array, void> {
    try {
      yield* source;
    } catch (error) {
      if (typeof error === 'object' && error !== null) brokenStreams.add(error);
      throw error;
    }
  }
  return ReadableStream.from(pieces());
}

function isJson(headers: Readonly<Record<string, string>>): boolean {
  return headers['content-type']?.includes('json') ?? false;
}

function readJson(text: string, given: unknown): Record<string, unknown> | undefined {
  if (typeof given === 'object' && given !== null) return given as Record<string, unknown>;
  if (!/^\s*\{/.test(text)) return undefined;
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    // Not for us to judge: the service says what is wrong with it.
    return undefined;
  }
}

interface BodySource {
  readonly body: PlainBody;
  readonly json: Readonly<Record<string, unknown>> | undefined;
  readonly path: string;
  readonly name: string | undefined;
}

function bodyWriter({ body, json, path, name }: BodySource): CallRequest['bodyFor'] {
  let written: Map<string, string> | undefined;
  return (target) => {
    const { deployment } = target.deployment;
    const named = body instanceof FormData ? body.get('model') : json?.['model'];
    const keep = name === undefined || named === deployment || namesDeploymentInPath(target.resource, path);
    if (body instanceof FormData) return encodeForm(body, keep ? undefined : deployment);
    if (body instanceof Blob) return body.bytes();
    if (typeof body !== 'string' || keep || json === undefined) return body;
    let text = written?.get(deployment);
    if (text === undefined) {
      text = renamed(body, named, deployment);
      (written ??= new Map()).set(deployment, text);
    }
    return text;
  };
}

/** The JSON text with another `model`. Where the name stands only once, the rest is not even looked at. */
function renamed(text: string, from: unknown, to: string): string {
  if (from === undefined) {
    const rest = text.slice(text.indexOf('{') + 1);
    return `{"model":${JSON.stringify(to)}${/^\s*}/.test(rest) ? '' : ','}${rest}`;
  }
  const wanted = `"model":${JSON.stringify(from)}`;
  const at = text.indexOf(wanted);
  if (at >= 0 && !text.includes(wanted, at + 1)) {
    return `${text.slice(0, at)}"model":${JSON.stringify(to)}${text.slice(at + wanted.length)}`;
  }
  return JSON.stringify({ ...(JSON.parse(text) as object), model: to });
}

/** A form as multipart bytes. The boundary is chosen anew, so the content type belongs to the bytes. */
async function encodeForm(form: FormData, model: string | undefined): Promise<Uint8Array> {
  if (model === undefined) return encode(form);
  const copy = new FormData();
  for (const [field, value] of form) {
    if (field !== 'model') copy.append(field, value);
  }
  copy.append('model', model);
  return encode(copy);
}

async function encode(form: FormData): Promise<FormBytes> {
  const response = new Response(form);
  const bytes = await response.bytes();
  return Object.assign(bytes, { contentType: response.headers.get('content-type') ?? '' });
}

/** Bytes that know their content type. */
export type FormBytes = Uint8Array & { readonly contentType: string };

function operationOf(path: string): Operation {
  if (path.startsWith('/chat/')) return 'chat';
  if (path.startsWith('/responses')) return 'responses';
  if (path.startsWith('/embeddings')) return 'embeddings';
  if (path.startsWith('/completions')) return 'text_completion';
  if (path.startsWith('/images/')) return 'image';
  if (path.startsWith('/audio/')) return 'audio';
  return path.startsWith('/realtime') ? 'realtime' : 'other';
}
