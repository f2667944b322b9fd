import { APIError, OpenAIError } from 'openai';
import type { OpenAI } from 'openai';
import { Stream } from 'openai/streaming';
import { LightResponse } from '../fetch/light-response.ts';
import { bareError } from '../answer/service-error.ts';
import { isFields } from '../fields.ts';
import type { SseEvent } from '../answer/sse.ts';

type Arguments = [
  response: Response,
  controller: AbortController,
  client?: OpenAI,
  withNames?: boolean,
  mode?: 'legacy' | 'events',
];

/**
 * What the SDK calls to make its `Stream` from a response. With a response of ours the stream reads events that are
 * already decoded, otherwise the SDK's own code runs. What a caller sees is the same (`sdk-stream.test.ts` compares
 * the two over the installed SDK).
 */
export const sdkStream = {
  fromSSEResponse<Item>(...args: Arguments): Stream<Item> {
    const [response, controller, client, withNames, mode] = args;
    const stream =
      response instanceof LightResponse
        ? eventStream<Item>(response, controller, { client, mode: modeOf(mode, withNames) })
        : undefined;
    return stream ?? Stream.fromSSEResponse(...(args as Parameters<typeof Stream.fromSSEResponse>));
  },
};

interface StreamOptions {
  readonly client?: OpenAI | undefined;
  readonly mode?: Mode;
  /** Adds `finish_reason: null` to chunks without one, as the SDK does for chat completions. */
  readonly addsFinishReason?: boolean;
}

/** A stream of the events of `response`; `undefined` when they were taken before, or are no events. */
export function eventStream<Item>(
  response: LightResponse,
  controller: AbortController,
  { client, mode = 'legacy', addsFinishReason = false }: StreamOptions,
): Stream<Item> | undefined {
  const events = response.takeEvents();
  if (events === undefined) return undefined;
  // eslint-disable-next-line @typescript-eslint/no-unsafe-class-instance-assignment -- `LightHeaders` has the prototype.
  const headers: Headers = response.headers;
  const reading: Reading = { events, controller, headers, mode, addsFinishReason };
  let consumed = false;
  const iterate = (): AsyncIterator<Item> => {
    if (consumed) return consumedIterator();
    consumed = true;
    return itemsOf<Item>(reading);
  };
  return new CallStream(iterate, controller, { client, addsFinishReason }) as unknown as Stream<Item>;
}

/** Whether a value is a stream of ours that adds what is missing of `finish_reason`. */
export function addsFinishReasons(value: unknown): boolean {
  return CallStream.addsFinishReasons(value);
}

/** The SDK's `Stream` over events that are already decoded. */
class CallStream<Item> {
  readonly controller: AbortController;
  /** As in the SDK, whose instrumentations put their own in its place. */
  iterator: () => AsyncIterator<Item>;
  readonly #client: OpenAI | undefined;
  readonly #addsFinishReason: boolean;
  #own: Stream<Item> | undefined;

  constructor(
    iterator: () => AsyncIterator<Item>,
    controller: AbortController,
    { client, addsFinishReason = false }: Pick<StreamOptions, 'client' | 'addsFinishReason'>,
  ) {
    this.iterator = iterator;
    this.controller = controller;
    this.#client = client;
    this.#addsFinishReason = addsFinishReason;
  }

  static addsFinishReasons(value: unknown): boolean {
    return value instanceof CallStream && value.#addsFinishReason;
  }

  tee(): [Stream<Item>, Stream<Item>] {
    return this.#sdkStream().tee();
  }

  toReadableStream(): ReadableStream {
    return this.#sdkStream().toReadableStream();
  }

  #sdkStream(): Stream<Item> {
    const iterate = () => (this as unknown as Stream<Item>)[Symbol.asyncIterator]();
    return (this.#own ??= new Stream(iterate, this.controller, this.#client));
  }
}

// `instanceof Stream` holds. Its constructor is left out: its WeakMaps would keep the stream, and all that belongs to
// the call, until a full collection.
Object.setPrototypeOf(CallStream.prototype, Stream.prototype);

function ownIterator(this: CallStream<unknown>): AsyncIterator<unknown> {
  return this.iterator();
}

// On the prototype: V8 keeps the accessors of a single object, and the stream with them, until a full collection.
Object.defineProperty(CallStream.prototype, Symbol.asyncIterator, {
  configurable: true,
  enumerable: false,
  get: () => ownIterator,
  set(this: CallStream<unknown>, value: () => AsyncIterator<unknown>) {
    Object.defineProperty(this, Symbol.asyncIterator, { value, writable: true, configurable: true });
  },
});

/** As `normalizeChatCompletionChunk` of the SDK, in place. */
function addFinishReason(chunk: unknown): void {
  const { choices } = (chunk ?? {}) as { readonly choices?: readonly { finish_reason?: unknown }[] };
  if (!Array.isArray(choices)) return;
  for (const choice of choices as { finish_reason?: unknown }[]) choice.finish_reason ??= null;
}

/** What to do when a stream has ended, however it ends. */
const endings = new WeakMap<AbortController, () => void>();

/** Runs `end` when the stream of `controller` has ended. */
export function onStreamEnd(controller: AbortController, end: () => void): void {
  endings.set(controller, end);
}

type Mode = 'legacy' | 'legacy-named' | 'events' | 'events-named';

function modeOf(mode: 'legacy' | 'events' = 'legacy', withNames = false): Mode {
  return withNames ? `${mode}-named` : mode;
}

interface Reading {
  readonly events: AsyncIterator<readonly SseEvent[]>;
  readonly controller: AbortController;
  readonly headers: Headers;
  readonly mode: Mode;
  readonly addsFinishReason: boolean;
}

/** Written out instead of an async generator, which would cost a third more for each chunk. */
function itemsOf<Item>(reading: Reading): AsyncIterator<Item> {
  const { events, controller, headers, mode } = reading;
  const { signal } = controller;
  const end: IteratorResult<Item, undefined> = { value: undefined, done: true };
  let batch: readonly SseEvent[] = [];
  let at = 0;
  let finished = false;
  let pending = 0;
  let last: Promise<IteratorResult<Item, undefined>> | undefined;

  function finish(): void {
    finished = true;
    batch = [];
    at = 0;
    endings.get(controller)?.();
    endings.delete(controller);
  }

  /** The next item of the batch, `undefined` when the batch is used up. */
  function take(): IteratorResult<Item, undefined> | undefined {
    const event = batch[at];
    if (event === undefined) return undefined;
    at += 1;
    if (event.data === '[DONE]') {
      finish();
      close();
      return end;
    }
    const item = itemOf(event, mode, headers);
    if (reading.addsFinishReason) addFinishReason(item);
    return { value: item as Item, done: false };
  }

  function close(): void {
    void Promise.resolve(events.return?.()).catch(() => undefined);
  }

  /** Ends the stream before its end: the request goes with it. */
  function abandon(): void {
    finish();
    controller.abort();
    close();
  }

  async function read(): Promise<IteratorResult<Item, undefined>> {
    try {
      for (;;) {
        if (finished) return end;
        if (signal.aborted) {
          finish();
          return end;
        }
        const item = take();
        if (item !== undefined) return item;
        const result = await events.next();
        if (result.done === true) {
          finish();
          return end;
        }
        batch = result.value;
        at = 0;
      }
    } catch (error) {
      const stopped = isAbort(error) || (signal.aborted && error === signal.reason);
      abandon();
      if (stopped) return end;
      throw error;
    } finally {
      pending -= 1;
    }
  }

  return {
    next() {
      if (pending === 0 && !finished && !signal.aborted) {
        const event = batch[at];
        if (event !== undefined && mode === 'legacy' && isPlain(event)) {
          at += 1;
          if (reading.addsFinishReason) addFinishReason(event.json);
          return Promise.resolve({ value: event.json as Item, done: false });
        }
      }
      pending += 1;
      // Callers may ask again before the last answer is there: one after the other.
      last = pending === 1 || last === undefined ? read() : last.then(read, read);
      return last;
    },
    return() {
      if (!finished) abandon();
      return Promise.resolve(end);
    },
  };
}

/** A chunk with nothing about it: not the end, no failure, no named event of the Assistants. */
function isPlain({ event, json }: SseEvent): boolean {
  return (
    event === null &&
    typeof json === 'object' &&
    json !== null &&
    !('error' in json) &&
    !('statusCode' in json)
  );
}

function itemOf({ event, json }: SseEvent, mode: Mode, headers: Headers): unknown {
  if (json === undefined) {
    throw new SyntaxError('Error reading response: malformed server-sent event JSON.');
  }
  const named = { event, data: json };
  if (mode === 'events') return json;
  if (mode === 'events-named') return named;
  if (event?.startsWith('thread.') === true) return named;
  const { error } = (json ?? {}) as { readonly error?: object | null };
  if (event === 'error') throw new APIError(undefined, error ?? (json as object), undefined, headers);
  if (error) throw new APIError(undefined, error, undefined, headers);
  // The SDK would give the gateway's own envelope to the caller, as a chunk without `choices`.
  if (isFields(json) && bareError(json) !== undefined)
    throw new APIError(undefined, json, undefined, headers);
  return mode === 'legacy-named' ? named : json;
}

function isAbort(error: unknown): boolean {
  return !(error instanceof APIError) && error instanceof Error && error.name === 'AbortError';
}

function consumedIterator<Item>(): AsyncIterator<Item> {
  return {
    next: () =>
      Promise.reject(
        new OpenAIError('Cannot iterate over a consumed stream, use `.tee()` to split the stream.'),
      ),
  };
}
