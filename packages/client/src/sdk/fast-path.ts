import type { APIPromise, OpenAI } from 'openai';
import { LightResponse } from '../fetch/light-response.ts';
import { CallPromise, withRequestId } from './call-promise.ts';
import { isComparedStill } from './compared-sdk.ts';
import { initOf, isOrdinary } from './ordinary-request.ts';
import type { SdkCall } from './sdk-call.ts';
import type { MakeRequest, ParseResponse, RequestOptions, ResponseProps, Seams } from './sdk-seams.ts';
import { addsFinishReasons, eventStream, onStreamEnd, sdkStream } from './sdk-stream.ts';

// The fast path of an ordinary JSON call through the SDK, without the `Headers`, log records and timers that the SDK
// makes for its `fetch`: they cost more than the call itself. Only successes take it: whatever else comes back is handed
// to the SDK's own code, and so is every request that has anything special about it. Without this file, and with
// `isFastPathOpen` always `false`, everything works (docs/decisions/0017-an-errors-way-through-the-sdk.md).

/** What the fast path needs to know of the instance that makes a call. */
interface Sender {
  readonly call: SdkCall | undefined;
  readonly timeoutMs: number | undefined;
  readonly maxRetries: number | undefined;
  readonly baseURL: string;
  /** The options with what has become of the request: the SDK's code gets it instead of sending. */
  readonly finished: (options: RequestOptions, how: () => Promise<Response>) => RequestOptions;
}

/** Tells the answers that came this way from those of the SDK's own code. */
const fastLogId = 'log_fast';

/** Puts the fast path before the members of `prototype`, a subclass of the SDK. `senderOf` gives what makes its calls. */
export function openFastPath<Sdk extends OpenAI>(prototype: Sdk, senderOf: (sdk: Sdk) => Sender): void {
  const makeRequest = Reflect.get(prototype, 'makeRequest') as Seams['makeRequest'];
  const sdk = Object.getPrototypeOf(prototype) as Seams;

  async function makeFast(this: Seams, ...[input, retries, retryOf]: MakeRequest): Promise<ResponseProps> {
    const options = await input;
    const { call, timeoutMs, maxRetries, baseURL, finished } = senderOf(this as unknown as Sdk);
    const isFast = isComparedStill('sending') && retryOf === undefined && this.baseURL === baseURL;
    if (call === undefined || !isFast || !isOrdinary(this, options)) {
      return makeRequest.call(this, options, retries, retryOf);
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
    let response: Response;
    try {
      response = await call({
        url: baseURL + options.path,
        init: initOf(this, options),
        json: body as object | undefined,
        timeoutMs: options.timeout ?? timeoutMs,
        maxRetries: options.maxRetries ?? maxRetries,
        signals: isStream ? [controller.signal, signal] : [signal],
      });
    } catch (error) {
      unlink?.();
      const failed = finished(options, async () => {
        throw error;
      });
      return makeRequest.call(this, failed, retries, retryOf);
    }
    if (!response.ok) {
      unlink?.();
      const refused = finished(options, async () => response);
      return makeRequest.call(this, refused, retries, retryOf);
    }
    if (unlink !== undefined) onStreamEnd(controller, unlink);
    return {
      response,
      options,
      controller,
      requestSignal: signal,
      requestLogID: fastLogId,
      retryOfRequestLogID: undefined,
      startTime,
    };
  }

  async function parseFast(this: Seams, client: Seams, props: ResponseProps): Promise<unknown> {
    const stream = streamIn(this, props);
    if (stream !== undefined) return stream;
    const json = wholeJson(this, props);
    if (json === undefined) return sdk.parseResponseWithTimeout.call(this, client, props);
    return withRequestId(json, props.response);
  }

  function fastPromise(
    this: Seams,
    request: Promise<ResponseProps>,
    parse: ParseResponse = (client, props) => this.parseResponseWithTimeout(client, props),
  ): APIPromise<unknown> {
    if (!isComparedStill('promises')) return sdk.responsePromise.call(this, request, parse);
    return new ResourcePromise(this, request, parse) as unknown as APIPromise<unknown>;
  }

  const members = {
    makeRequest: makeFast,
    parseResponseWithTimeout: parseFast,
    responsePromise: fastPromise,
  };
  for (const [name, value] of Object.entries(members)) {
    Object.defineProperty(prototype, name, { value, writable: true, configurable: true });
  }
}

/**
 * What a resource of the SDK is given. All that `chat.completions.create` does with a stream is to add `finish_reason`
 * to its chunks, in a generator around it; the stream does that without one.
 */
class ResourcePromise<T> extends CallPromise<Seams, ResponseProps, T> {
  override _thenUnwrap<U>(
    transform: (data: T, props: ResponseProps) => U,
  ): CallPromise<Seams, ResponseProps, U> {
    return super._thenUnwrap((data, props) =>
      addsFinishReasons(data) ? (data as unknown as U) : transform(data, props),
    );
  }
}

function isOfChat({ path, __metadata }: RequestOptions): boolean {
  return path === '/chat/completions' && __metadata?.['streamFromBody'] === true;
}

/** The stream of an answer that came this way; `undefined` when it is for the SDK to make. */
function streamIn({ logLevel }: Seams, props: ResponseProps): object | undefined {
  const { response, options, controller, requestLogID } = props;
  if (requestLogID !== fastLogId || logLevel === 'debug' || !(response instanceof LightResponse)) return;
  const isPlain =
    options.stream === true &&
    options.__streamClass === sdkStream &&
    options.__streamMode === undefined &&
    options.__synthesizeEventData === undefined;
  return isPlain ? eventStream(response, controller, { addsFinishReason: isOfChat(options) }) : undefined;
}

/** The value of an answer that is JSON and here as a whole; `undefined` when it is for the SDK to read. */
function wholeJson({ logLevel }: Seams, { response, options }: ResponseProps): unknown {
  if (!(response instanceof LightResponse) || logLevel === 'debug') return undefined;
  if (options.stream === true || options.__binaryResponse === true || options.signal?.aborted === true)
    return undefined;
  if (response.headers.get('content-type')?.includes('application/json') !== true) return undefined;
  return response.takeJson();
}

/** Aborts `controller` when `signal` aborts. Returns a function that ends this. */
function link(signal: AbortSignal, controller: AbortController): () => void {
  const abort = () => {
    controller.abort();
  };
  signal.addEventListener('abort', abort, { once: true });
  return () => {
    signal.removeEventListener('abort', abort);
  };
}
