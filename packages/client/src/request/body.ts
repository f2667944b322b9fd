import { formOf, readForm } from './form-body.ts';
import type { FormFields } from './form-body.ts';
import { jsonOf } from './json-body.ts';
import { callersStream } from './callers-stream.ts';

/** The body of a request, read once. */
export type RequestBody =
  | { readonly kind: 'none' }
  | { readonly kind: 'json'; readonly json: Readonly<Record<string, unknown>> }
  | { readonly kind: 'form'; readonly fields: FormFields }
  /** Passed on as it came. `unread` says why nothing can be said about it. */
  | {
      readonly kind: 'opaque';
      readonly content: string | Uint8Array | ReadableStream<Uint8Array>;
      readonly type: string;
      readonly unread: string;
    };

/** What is given to be read. */
export interface BodyInput {
  readonly body: unknown;
  /** Of the headers. */
  readonly contentType: string | undefined;
  /** Whether the request makes no sense unless its body is read: a stream is read to its end then. */
  readonly mustRead: boolean;
}

/** The body as a value. A promise only where its bytes are still to come. */
export function readBody({ body, contentType, mustRead }: BodyInput): RequestBody | Promise<RequestBody> {
  if (body === undefined || body === null) return { kind: 'none' };
  if (body instanceof FormData) return { kind: 'form', fields: formOf(body) };
  const blobType = body instanceof Blob && body.type !== '' ? body.type : undefined;
  const type = contentType ?? blobType ?? typeOf(body);
  const essence = type.split(';', 1)[0]?.trim().toLowerCase() ?? '';
  const isForm = essence === 'multipart/form-data';
  if (typeof body === 'string') return isForm ? formBody(body, type) : textBody(body, { type, essence });
  if (body instanceof URLSearchParams) return textBody(body.toString(), { type, essence });
  if (body instanceof ArrayBuffer || body instanceof SharedArrayBuffer || ArrayBuffer.isView(body)) {
    const bytes = copyOf(body);
    return isForm ? formBody(bytes, type) : bytesBody(bytes, { type, essence });
  }
  if (body instanceof Blob) {
    const reading = body.bytes();
    return reading.then((bytes) => (isForm ? formBody(bytes, type) : bytesBody(bytes, { type, essence })));
  }
  if (typeof body === 'object' && Symbol.asyncIterator in body) {
    const source = body as AsyncIterable<Uint8Array>;
    const isRead = mustRead || isForm || essence.includes('json');
    if (!isRead) {
      return { kind: 'opaque', content: callersStream(source), type, unread: 'a stream is not read' };
    }
    return bytesOf(source).then((bytes) =>
      isForm ? formBody(bytes, type) : bytesBody(bytes, { type, essence }),
    );
  }
  throw new TypeError(
    `Cannot send the request: its body is a ${Object.prototype.toString.call(body)}. ` +
      'Pass a string, bytes, a FormData, a Blob or a ReadableStream.',
  );
}

interface ContentType {
  readonly type: string;
  readonly essence: string;
}

/** What `fetch` would say of a body of which nothing is said. */
function typeOf(body: unknown): string {
  if (typeof body === 'string') return 'text/plain;charset=UTF-8';
  return body instanceof URLSearchParams ? 'application/x-www-form-urlencoded;charset=UTF-8' : '';
}

/** Types whose text may well be the JSON of somebody who said nothing of it, or not the right thing. */
const mayBeJson = /^$|json$|^text\/plain$|^application\/octet-stream$/;

function textBody(text: string, { type, essence }: ContentType): RequestBody {
  if (!mayBeJson.test(essence)) {
    return { kind: 'opaque', content: text, type, unread: `"${essence}" is not read` };
  }
  const json = jsonOf(text);
  return typeof json === 'string'
    ? { kind: 'opaque', content: text, type, unread: json }
    : { kind: 'json', json };
}

function bytesBody(bytes: Uint8Array, { type, essence }: ContentType): RequestBody {
  if (!mayBeJson.test(essence)) {
    return { kind: 'opaque', content: bytes, type, unread: `"${essence}" is not read` };
  }
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return { kind: 'opaque', content: bytes, type, unread: 'its bytes are no UTF-8' };
  }
  const read = textBody(text, { type, essence });
  return read.kind === 'opaque' ? { ...read, content: bytes } : read;
}

async function formBody(content: string | Uint8Array, type: string): Promise<RequestBody> {
  const fields = await readForm(content, type);
  return fields === undefined
    ? { kind: 'opaque', content, type, unread: 'it is no form' }
    : { kind: 'form', fields };
}

/** A copy: what is decided must not change before it is sent. */
function copyOf(body: ArrayBufferView | ArrayBuffer | SharedArrayBuffer): Uint8Array {
  const view = ArrayBuffer.isView(body)
    ? new Uint8Array(body.buffer, body.byteOffset, body.byteLength)
    : new Uint8Array(body);
  return new Uint8Array(view);
}

async function bytesOf(source: AsyncIterable<Uint8Array | string>): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  for await (const piece of source) pieces.push(Buffer.from(piece as Uint8Array));
  return Buffer.concat(pieces);
}
