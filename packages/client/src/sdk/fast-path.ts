import { OpenAI } from 'openai';
import type { APIPromise } from 'openai';
import { CallPromise, withRequestId } from './call-promise.ts';
import type { Parse } from './call-promise.ts';
import { LightResponse } from '../fetch/light-response.ts';
import { onStreamEnd, sdkStream } from './sdk-stream.ts';
import { isCompared, isComparedStill } from './compared-sdk.ts';

// The way of an ordinary JSON call through the SDK, without the `Headers`, log records and timers that the SDK makes
// for its `fetch`: they cost more than the call itself. Only successes go this way: whatever else comes back is handed
// to the SDK's own code, and so is every request that has anything special about it, and every SDK that has not been
// compared (`compared-sdk.ts`).

/** A request on its way: what the SDK's `makeRequest` is given. */
interface Options {
  readonly method: string;
  readonly path: string;
  readonly body?: unknown;
  readonly headers?: unknown;
  readonly signal?: AbortSignal | null;
  readonly timeout?: number;
  readonly maxRetries?: number;
  stream?: boolean;
  readonly __metadata?: Readonly<Record<string, unknown>>;
  readonly __binaryResponse?: boolean;
  readonly __streamClass?: unknown;
  readonly __streamMode?: unknown;
  readonly __synthesizeEventData?: unknown;
}

/** What `makeRequest` gives back, and the SDK's parsing is given. */
interface Props {
  readonly response: Response;
  readonly options: Options;
  readonly controller: AbortController;
  readonly requestSignal: AbortSignal | null | undefined;
  readonly requestLogID: string;
  readonly retryOfRequestLogID: undefined;
  readonly startTime: number;
}

/** The members of the SDK that are used here and are no part of its types. */
interface Seams {
  readonly baseURL: string;
  readonly logLevel?: string;
  readonly fetchOptions?: object;
  readonly idempotencyHeader?: string;
  readonly _options: { readonly defaultHeaders?: object; readonly defaultQuery?: object };
  getUserAgent(): string;
  prepareOptions(options: Options): Promise<void>;
  makeRequest(...args: MakeRequest): Promise<Props>;
  responsePromise(request: Promise<Props>, parse: PropsParse): APIPromise<unknown>;
  parseResponseWithTimeout(client: Seams, props: Props): Promise<unknown>;
}

type MakeRequest = [options: Options | Promise<Options>, retriesRemaining: number | null, retryOf?: string];

type PropsParse = Parse<Seams, Props, unknown>;

/** Tells the answers that came this way from those of the SDK's own code. */
const shortLogId = 'log_short';

/** An ordinary request, ready to be sent. */
export interface ShortRequest {
  readonly url: string;
  readonly init: {
    readonly method: string;
    readonly headers: Readonly<Record<string, string>>;
  };
  /** The body, not yet written. */
  readonly json: object | undefined;
  readonly timeoutMs: number | undefined;
  readonly maxRetries: number | undefined;
  readonly signals: readonly (AbortSignal | null | undefined)[];
}

/** How a request went, for the SDK's own code to finish. Used up by one `fetch`. */
export interface Outcome {
  readonly response?: Response;
  readonly error?: unknown;
  used: boolean;
}

/** Where an outcome travels in the options of a request. */
export const outcomeKey: unique symbol = Symbol('aoai.outcome');

/** Opens the short way for the instances of a subclass of the SDK. `of` gives what makes their calls. */
export function openShortWay<Sdk extends OpenAI>(
  prototype: Sdk,
  baseURL: string,
  of: (sdk: Sdk) => {
    readonly call: ((request: ShortRequest) => Promise<Response>) | undefined;
    readonly maxRetries: number | undefined;
  },
): void {
  const own = OpenAI.prototype as unknown as Seams;
  const method = { writable: true, configurable: true };
  if (!isCompared) {
    // Lists come here past `request`, and would be tried again by the SDK as well.
    const makeOnce = function (this: Seams, ...[options, , retryOf]: MakeRequest): Promise<Props> {
      return own.makeRequest.call(this, options, 0, retryOf);
    };
    Object.defineProperty(prototype, 'makeRequest', { ...method, value: makeOnce });
    return;
  }

  async function makeShort(this: Seams, ...[input, , retryOf]: MakeRequest): Promise<Props> {
    const options = await input;
    const { call, maxRetries } = of(this as unknown as Sdk);
    if (
      call === undefined ||
      !isComparedStill() ||
      retryOf !== undefined ||
      this.baseURL !== baseURL ||
      !isOrdinary(this, options)
    ) {
      return own.makeRequest.call(this, options, 0, retryOf);
    }
    const { body, signal } = options;
    if (options.__metadata?.['streamFromBody'] === true) {
      options.stream = (body as { stream?: unknown }).stream === true;
    }
    if (options.stream === true) await this.prepareOptions(options);
    const startTime = Date.now();
    const controller = new AbortController();
    // The controller is what a stream is stopped with; an answer that comes as a whole needs none.
    const isStream = options.stream === true;
    const unlink = isStream && signal ? link(signal, controller) : undefined;
    let outcome: Outcome;
    try {
      const response = await call({
        url: baseURL + options.path,
        init: initOf(this, options),
        json: body as object | undefined,
        timeoutMs: options.timeout,
        maxRetries: options.maxRetries ?? maxRetries,
        signals: isStream ? [controller.signal, signal] : [signal],
      });
      outcome = { response, used: false };
    } catch (error) {
      outcome = { error, used: false };
    }
    const { response } = outcome;
    if (response?.ok !== true) {
      unlink?.();
      return own.makeRequest.call(this, withOutcome(options, outcome), 0, retryOf);
    }
    if (unlink !== undefined) onStreamEnd(controller, unlink);
    return {
      response,
      options,
      controller,
      requestSignal: signal,
      requestLogID: shortLogId,
      retryOfRequestLogID: undefined,
      startTime,
    };
  }

  async function parseShort(this: Seams, client: Seams, props: Props): Promise<unknown> {
    if (isOwnStream(this, props)) {
      const { response, controller } = props;
      return sdkStream.fromSSEResponse(response, controller, client as unknown as OpenAI);
    }
    const text = wholeJson(this, props);
    if (text === undefined) return own.parseResponseWithTimeout.call(this, client, props);
    return withRequestId(JSON.parse(text) as unknown, props.response);
  }

  function promiseOf(
    this: Seams,
    request: Promise<Props>,
    parse: PropsParse = (sdk, props) => this.parseResponseWithTimeout(sdk, props),
  ): APIPromise<unknown> {
    if (!isComparedStill()) return own.responsePromise.call(this, request, parse);
    const promise = new CallPromise<Seams, Props, unknown>(this, request, parse);
    return promise as unknown as APIPromise<unknown>;
  }

  Object.defineProperty(prototype, 'responsePromise', { ...method, value: promiseOf });
  Object.defineProperty(prototype, 'makeRequest', { ...method, value: makeShort });
  Object.defineProperty(prototype, 'parseResponseWithTimeout', { ...method, value: parseShort });
}

/** Whether the SDK would make a stream of it with `sdkStream`; on the way there it would ask for a body that nobody reads. */
function isOwnStream({ logLevel }: Seams, { response, options, requestLogID }: Props): boolean {
  if (requestLogID !== shortLogId || logLevel === 'debug') return false;
  return (
    options.stream === true &&
    response instanceof LightResponse &&
    options.__streamClass === sdkStream &&
    options.__streamMode === undefined &&
    options.__synthesizeEventData === undefined
  );
}

/** The text of an answer that is JSON and here as a whole; `undefined` when it is for the SDK to read. */
function wholeJson({ logLevel }: Seams, { response, options }: Props): string | undefined {
  if (!(response instanceof LightResponse) || logLevel === 'debug') return undefined;
  if (options.stream === true || options.__binaryResponse === true || options.signal?.aborted === true)
    return undefined;
  if (response.headers.get('content-type')?.includes('application/json') !== true) return undefined;
  return response.takeText();
}

/** Whether there is nothing about a request that this way would miss. */
function isOrdinary(sdk: Seams, options: Options): boolean {
  if (sdk.logLevel === 'debug' || sdk.logLevel === 'info') return false;
  if (sdk.fetchOptions !== undefined || sdk.idempotencyHeader !== undefined) return false;
  if (sdk._options.defaultHeaders !== undefined || sdk._options.defaultQuery !== undefined) return false;
  for (const key of Object.keys(options)) {
    if (!isOrdinaryOption(key, options)) return false;
  }
  return options.path.startsWith('/');
}

function isOrdinaryOption(key: string, options: Options): boolean {
  switch (key) {
    case 'method':
    case 'path':
    case 'stream':
    case 'maxRetries':
    case '__security':
    case '__streamClass':
      return true;
    case 'body':
      return isPlainObject(options.body) && !('toJSON' in options.body);
    case 'signal':
      return options.signal?.aborted !== true;
    case 'timeout':
      return options.timeout === undefined || (Number.isInteger(options.timeout) && options.timeout > 0);
    case 'headers':
      return options.headers === undefined || isRecordOfStrings(options.headers);
    case '__metadata':
      return Object.keys(options.__metadata ?? {}).every(
        (name) => name === 'streamFromBody' || name === 'helperMethod',
      );
    default:
      return (options as unknown as Readonly<Record<string, unknown>>)[key] === undefined;
  }
}

function isPlainObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}

function isRecordOfStrings(value: unknown): boolean {
  return isPlainObject(value) && Object.values(value).every((part) => typeof part === 'string');
}

function initOf(sdk: Seams, options: Options): ShortRequest['init'] {
  const { body, method } = options;
  const headers = {
    accept: 'application/json',
    'user-agent': sdk.getUserAgent(),
    ...(body === undefined ? undefined : { 'content-type': 'application/json' }),
    ...(options.headers as Readonly<Record<string, string>> | undefined),
  };
  return { method, headers };
}

/** Aborts `controller` with `signal`. Returns how to end that. */
function link(signal: AbortSignal, controller: AbortController): () => void {
  const abort = () => {
    controller.abort();
  };
  signal.addEventListener('abort', abort, { once: true });
  return () => {
    signal.removeEventListener('abort', abort);
  };
}

function withOutcome(options: Options, outcome: Outcome): Options {
  return Object.assign({ ...options }, { fetchOptions: { [outcomeKey]: outcome } });
}
