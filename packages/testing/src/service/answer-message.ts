import type { Clock } from '../clock.ts';
import { createRandom } from '../random.ts';
import { decideDeployment } from './decide.ts';
import { changed, failure } from './deliver.ts';
import { beginExchange } from './exchange.ts';
import { readHeaders, withHeaders, type HeaderLines } from './header-lines.ts';
import type { MessageCall, MessageOutcome } from './operation.ts';
import type { Pace } from './pace.ts';
import { settle } from './settle.ts';
import type { Turn } from './turn.ts';
import type { WireResponse } from './wire-response.ts';

/** The WebSocket that a message came over, as far as its answer needs it. */
export interface MessageLink {
  /** Aborted when it has ended. */
  readonly closed: AbortSignal;
  /** Number of the next request. */
  readonly nextSequence: () => number;
  /** Whether the caller is so slow that nothing more should be sent for now. */
  readonly isFull: () => boolean;
  /** Resolves when it is on its way, or can no longer be. */
  readonly send: (text: string) => Promise<void>;
  readonly close: (code: number) => void;
  /** Ends it without a word. */
  readonly breakOff: () => void;
  readonly reset: () => void;
}

/** Answers a message as a call of its own: metered, by script, with faults, and in the journal. */
export async function answerMessage(
  opening: Turn,
  call: MessageCall,
  link: MessageLink,
): Promise<MessageOutcome> {
  const turn = messageTurn(opening, call, link.nextSequence());
  const { service, exchange } = turn;
  service.begun?.(exchange);
  let decided: WireResponse;
  try {
    decided = await decideDeployment(turn, call.operation);
  } catch (error) {
    decided = failure(turn, error);
  }
  const change = turn.intervention?.change;
  const response = change === undefined ? decided : changed(change(decided));
  exchange.status = response.status;
  exchange.responseHeaders = hintLines(turn, response);
  // A connection that ends takes what was not sent along.
  const outcome = await sendMessage(turn, response, link).catch(() => 'lost' as const);
  settle(turn.admission, response);
  exchange.finishedAtMs = service.clock.now();
  exchange.outcome = outcome === 'lost' ? 'abandoned' : 'answered';
  service.finished?.(exchange);
  return outcome;
}

/** What is said of one request, and not of all that follow over its connection. */
const ofTheOpening: ReadonlySet<string> = new Set(['x-ms-client-request-id', 'x-stainless-retry-count']);

function messageTurn({ service: given, request, outgoing }: Turn, call: MessageCall, sequence: number): Turn {
  const { script, ...rest } = given;
  const service = call.isSilent || script === undefined ? rest : given;
  const random = createRandom(`${service.seed}/${sequence}`);
  const nowMs = service.clock.now();
  const headers = Object.entries(request.headers).filter(([name]) => !ofTheOpening.has(name));
  const own: Turn['request'] = {
    ...request,
    id: random.guid(),
    sequence,
    method: call.operation.method,
    headers: Object.fromEntries(headers),
    body: call.body,
    raw: Buffer.from(call.text),
    random,
    dateMs: service.dateOf?.(sequence) ?? nowMs,
    deployment: undefined,
    filterPolicy: undefined,
    scripted: undefined,
  };
  return { service, request: own, exchange: beginExchange(own, call.operation, nowMs), outgoing };
}

/** An answer over a WebSocket has no headers, but an error brings those along that say when to come back. */
function hintLines({ admission }: Turn, { status, headers }: WireResponse): HeaderLines {
  if (status < 400) return '';
  const lines = status === 429 ? (admission?.headers ?? '') : '';
  return headers === undefined ? lines : withHeaders(lines, headers);
}

async function sendMessage(turn: Turn, response: WireResponse, link: MessageLink): Promise<MessageOutcome> {
  const { service, request, intervention } = turn;
  const pace = intervention?.pace ?? response.pace ?? service.pace?.(request, response);
  const events = () => eventsOf(response, turn.exchange.responseHeaders);
  const signal = AbortSignal.any([link.closed, service.closing]);
  const sent: string[] = [];
  service.answered?.(turn.exchange, sent);
  const sendAll = async () => sendEvents(events(), { link, pace, signal, clock: service.clock, sent });
  if (intervention?.deliver === undefined) return sendAll();
  const { promise, resolve, reject }: PromiseWithResolvers<MessageOutcome> = Promise.withResolvers();
  const lose = (): void => {
    resolve('lost');
  };
  link.closed.addEventListener('abort', lose, { once: true });
  intervention.deliver({
    response,
    send: () => {
      sendAll().then(resolve, reject);
    },
    sendPart: (part, { isComplete, closeCode = isComplete ? 1000 : undefined }) => {
      const some = Buffer.isBuffer(part)
        ? [...events()].map((text) => text.slice(0, text.length / 2))
        : [...textsOf(part)];
      // What breaks off takes back what is not on its way yet.
      Promise.all(some.map(async (text) => link.send(text))).then(() => {
        if (closeCode === undefined) link.breakOff();
        else link.close(closeCode);
        resolve(isComplete ? 'answered' : 'lost');
      }, reject);
    },
    reset: link.reset,
  });
  try {
    return await promise;
  } finally {
    link.closed.removeEventListener('abort', lose);
  }
}

/** Events that are kept for whoever looks at the answer. */
const mostKept = 200;

interface Sending {
  readonly link: MessageLink;
  readonly pace: Pace | undefined;
  readonly signal: AbortSignal;
  readonly clock: Clock;
  /** Takes down what was sent, line by line. */
  readonly sent: string[];
}

async function sendEvents(
  events: Iterable<string>,
  { link, pace, signal, clock, sent: lines }: Sending,
): Promise<MessageOutcome> {
  const wait = async (ms: number): Promise<void> => {
    if (ms > 0) await clock.sleep(ms, signal);
  };
  if (pace !== undefined) await wait(pace.firstMs);
  let isFirst = pace?.isHeadAlone !== true;
  let last = '';
  for (const text of events) {
    if (!isFirst && pace !== undefined) await wait(pace.nextMs());
    isFirst = false;
    signal.throwIfAborted();
    last = text;
    if (lines.length < mostKept) lines.push(`${text}\n`);
    const sent = link.send(text);
    if (link.isFull()) await sent;
  }
  return /^\{"type":"(?:error|response\.failed)"/.test(last) ? 'failed' : 'answered';
}

/** The messages of an answer: the events of a stream, or one that says what is wrong. */
function* eventsOf(response: WireResponse, hints: HeaderLines): Iterable<string> {
  if (response.kind === 'stream') yield* textsOf(response.frames);
  else if (response.kind === 'bytes') yield Buffer.from(response.bytes).toString();
  else yield response.status < 400 ? response.text : errorEvent(response.status, response.text, hints);
}

/** Events without the frame of a stream over HTTP, and without its `[DONE]`. */
function* textsOf(frames: Iterable<string>): Iterable<string> {
  for (const frame of frames) {
    const data = frame
      .split('\n')
      .filter((line) => line.startsWith('data: '))
      .map((line) => line.slice('data: '.length))
      .join('\n');
    if (data !== '' && data !== '[DONE]') yield data;
  }
}

/**
 * An error as an event (learn.microsoft.com/azure/foundry/openai/how-to/websockets). That `headers` come along is known
 * from OpenAI's own service, whose clients read them (codex-rs, `WrappedWebsocketErrorEvent`).
 */
function errorEvent(status: number, text: string, hints: HeaderLines): string {
  const headers = Object.fromEntries(readHeaders(hints));
  return JSON.stringify({
    type: 'error',
    status,
    error: errorIn(text) ?? { code: String(status), message: text },
    ...(hints !== '' && { headers }),
  });
}

function errorIn(text: string): unknown {
  try {
    const body = JSON.parse(text) as { readonly error?: unknown; readonly message?: unknown } | null;
    return body?.error ?? (body?.message === undefined ? undefined : { code: null, message: body.message });
  } catch {
    // A script may answer anything.
    return undefined;
  }
}
