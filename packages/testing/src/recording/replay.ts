import type { Intervention } from '../service/intervention.ts';
import type { OperationRequest } from '../service/operation.ts';
import { bytes, frame, jsonText, stream, type WireResponse } from '../service/wire-response.ts';
import type { RecordedExchange, Recording } from './recording.ts';
import { createRedact } from './redact.ts';

/** Answers requests from recordings. */
export interface Replay {
  add(recording: Recording): void;
  /**
   * The recorded answer to this request. A request that was recorded several times gets its answers in that order,
   * then the last one again.
   */
  strike(request: OperationRequest): Intervention | undefined;
  clear(): void;
}

/** Without recordings at first. */
export function createReplay(): Replay {
  const plain = new Map<string, RecordedExchange[]>();
  const masked = new Map<string, RecordedExchange[]>();
  const keyWith = (mask: boolean) => {
    const redact = createRedact({ mask });
    return ({ method, path, body }: RecordedExchange['request']) =>
      `${method} ${path} ${canonical(redact(body))}`;
  };

  function find(book: Map<string, RecordedExchange[]>, key: string): RecordedExchange | undefined {
    const found = book.get(key);
    return found !== undefined && found.length > 1 ? found.shift() : found?.[0];
  }

  return {
    add({ isMasked, exchanges }) {
      const book = isMasked ? masked : plain;
      const keyOf = keyWith(isMasked);
      for (const exchange of exchanges) {
        const key = keyOf(exchange.request);
        book.set(key, [...(book.get(key) ?? []), exchange]);
      }
    },
    strike({ method, path, raw }) {
      if (plain.size === 0 && masked.size === 0) return undefined;
      const asked = { method, path, body: raw.length === 0 ? undefined : parsed(raw.toString()) };
      const found =
        find(plain, keyWith(false)(asked)) ??
        (masked.size > 0 ? find(masked, keyWith(true)(asked)) : undefined);
      return found === undefined ? undefined : { response: responseOf(found.response) };
    },
    clear() {
      plain.clear();
      masked.clear();
    },
  };
}

function responseOf({
  status,
  headers,
  body,
  events,
  bytes: encoded,
}: RecordedExchange['response']): WireResponse {
  const { 'content-type': type = 'application/json', ...others } = headers;
  const options = { status, headers: others };
  if (events !== undefined) {
    return stream(
      events.map((event) => (typeof event === 'string' ? `data: ${event}\n\n` : frame(event))),
      options,
    );
  }
  if (encoded !== undefined) return bytes(Buffer.from(encoded, 'base64'), type, options);
  if (typeof body === 'string') return bytes(Buffer.from(body), type, options);
  return jsonText(body === undefined ? '' : JSON.stringify(body), options);
}

/** JSON with its keys in order: two clients may write the same request differently. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`;
  if (typeof value !== 'object' || value === null) return value === undefined ? '' : JSON.stringify(value);
  const members = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return `{${members.map(([name, member]) => `${JSON.stringify(name)}:${canonical(member)}`).join()}}`;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}
