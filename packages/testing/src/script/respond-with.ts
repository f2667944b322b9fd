import { bytes, frame, done, jsonText, stream, type WireResponse } from '../service/wire-response.ts';
import type { Fault } from './fault.ts';

/** An answer that is sent byte for byte. */
export interface RawAnswer {
  /** @default 200 */
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** A text is sent as it is, anything else as JSON. */
  readonly body?: unknown;
  /** The events of a stream instead of a body: a text is sent as it is, anything else as `data: <JSON>`. `[DONE]` follows. */
  readonly events?: readonly unknown[];
}

/** Answers every request with exactly this: a recording, or an error of your own. */
export function respondWith(answer: RawAnswer): Fault {
  const response = rawResponse(answer);
  return { name: 'respondWith', intervention: () => ({ response }) };
}

function rawResponse({ status = 200, headers = {}, body, events }: RawAnswer): WireResponse {
  const options = { status, headers };
  if (events !== undefined) {
    const frames = events.map((event) => (typeof event === 'string' ? event : frame(event)));
    return stream([...frames, done], options);
  }
  if (typeof body !== 'string') return jsonText(body === undefined ? '' : JSON.stringify(body), options);
  const type = Object.entries(headers).find(([name]) => name.toLowerCase() === 'content-type')?.[1];
  const rest = Object.entries(headers).filter(([name]) => name.toLowerCase() !== 'content-type');
  if (type === undefined) return jsonText(body, options);
  return bytes(Buffer.from(body), type, { status, headers: Object.fromEntries(rest) });
}
