import { modelError } from '../service/envelopes.ts';
import type { OperationRequest } from '../service/operation.ts';
import { frame, type StreamResponse, type WireResponse } from '../service/wire-response.ts';
import type { Fault } from './fault.ts';

/** The answer, or one event of its stream, is not JSON. */
export function malformedJson(): Fault {
  const change = (response: WireResponse): WireResponse => {
    if (response.kind === 'bytes') return response;
    if (response.kind === 'json')
      return { ...response, text: response.text.slice(0, response.text.length / 2) };
    const whole = [...response.frames];
    const middle = Math.floor(whole.length / 2);
    const frames = whole.map((each, index) => (index === middle ? `${each.slice(0, -10)}\n\n` : each));
    return { ...response, frames };
  };
  return { name: 'malformedJson', intervention: () => ({ change }) };
}

export interface ErrorInStreamOptions {
  /** How many events are sent before. 0 is a stream that begins with the error. @default 2 */
  readonly afterChunks?: number;
  /** @default 'server_error', or 'rate_limit_exceeded' when the stream opens with it */
  readonly code?: string | number;
  /** The `choices` beside the `error` in the event of a chat completion: `[]` and `null` were both seen. @default nothing */
  readonly choices?: readonly unknown[] | null;
  /** @default the message of the service */
  readonly message?: string;
}

/** The stream was answered 200 and then reports an error. An answer without a stream becomes a 500. */
export function errorInStream(options: ErrorInStreamOptions = {}): Fault {
  const { afterChunks = 2 } = options;
  const isThrottled = afterChunks === 0;
  const {
    code = isThrottled ? 'rate_limit_exceeded' : 'server_error',
    message = isThrottled
      ? 'Your requests to the deployment have exceeded rate limit.'
      : 'The server had an error while processing your request. Sorry about that!',
  } = options;
  const type = code === 'rate_limit_exceeded' || code === 429 ? 'too_many_requests' : 'server_error';
  const error = { code, message, param: null, type };

  function change(response: WireResponse, request: OperationRequest): WireResponse {
    if (response.kind !== 'stream') return modelError(500, { ...error, code: String(code) });
    const isResponses = request.path.endsWith('/responses');
    const frames = isResponses
      ? responsesFrames(response, { afterChunks, error, id: request.random.id('resp_', 48) })
      : [...take(response.frames, afterChunks), frame({ error, choices: options.choices })];
    return { ...response, frames };
  }

  return {
    name: 'errorInStream',
    intervention: (request) => ({ change: (response) => change(response, request) }),
  };
}

interface Failure {
  readonly afterChunks: number;
  readonly error: Readonly<Record<string, unknown>>;
  readonly id: string;
}

/** The events of a refusal inside a 200 (earendil-works/pi#7983, maximhq/bifrost#6302, sozercan/vekil#266). */
function responsesFrames(response: StreamResponse, { afterChunks, error, id: otherwise }: Failure): string[] {
  const before = take(response.frames, afterChunks);
  const id = /"id":"(resp_\w+)"/.exec(before[0] ?? '')?.[1] ?? otherwise;
  // A stream that begins with its error counts from 1; in any other stream the numbers continue.
  const next = Math.max(1, before.length);
  const failed = { id, status: 'failed', error: null, incomplete_details: null, output: [], usage: null };
  return [
    ...before,
    frame({ type: 'response.failed', response: failed, sequence_number: next }),
    frame({
      type: 'error',
      error: { ...error, headers: { 'x-ms-fe-error': 'true' } },
      sequence_number: next + 1,
    }),
  ];
}

function take(frames: Iterable<string>, count: number): string[] {
  return [...frames].slice(0, count);
}
