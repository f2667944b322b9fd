import { OpenAI } from 'openai';
import type { APIError, ClientOptions as SdkOptions } from 'openai';
import type { Stream } from 'openai/streaming';
import { isConnectionFailure } from '../answer/connection-failure.ts';
import { onBodyEnd } from '../fetch/standard-response.ts';
import { answerWith, errorIn, wasCarried } from './carried-error.ts';
import { isComparedStill, isFastPathOpen } from './compared-sdk.ts';
import { openFastPath } from './fast-path.ts';
import { unwrapHelperErrors } from './helper-errors.ts';
import type { SdkCall } from './sdk-call.ts';
import type { MakeRequest, RequestOptions, ResponseProps, Seams } from './sdk-seams.ts';
import { onStreamEnd, sdkStream } from './sdk-stream.ts';
import { longestTimerMs } from '../waiting/longest-timer.ts';

/** Host that exists nowhere: a request that is not taken over by us goes nowhere. */
const placeholderOrigin = 'https://aoai.invalid';
const placeholderUrl: string = `${placeholderOrigin}/openai/v1`;

/** Where the options of an instance, and those of a request, carry what only this client knows. */
const ours = Symbol('aoai');

interface OwnOptions extends SdkOptions {
  readonly [ours]?: InstanceParts;
}

interface InstanceParts {
  readonly call: SdkCall;
  /** Members that an instance has beside those of the SDK. */
  readonly additions: object;
  /** What `withOptions` was given: the SDK's own `maxRetries` does not say whether it is a wish or the default. */
  readonly maxRetries?: number | undefined;
}

interface OwnInit {
  readonly [ours]?: RequestParts;
}

interface RequestParts {
  /** The `maxRetries` of this request. */
  readonly maxRetries?: number | undefined;
  /** What has become of a request that was made by the fast path. */
  readonly finished?: () => Promise<Response>;
}

type FinalRequestOptions = Parameters<OpenAI['request']>[0] extends infer Options ? Awaited<Options> : never;

/** The SDK with two of its seams used: how a request is sent, and how an answer becomes an error. */
/* eslint-disable max-params -- the signatures are the SDK's */
class AzureSdk extends OpenAI {
  constructor(options: OwnOptions = {}) {
    super(options);
    // `OPENAI_CUSTOM_HEADERS` is meant for another service.
    if (options.defaultHeaders === undefined) this._options.defaultHeaders = undefined;
    Object.assign(this, options[ours]?.additions, { sdk: this });
    unwrapHelperErrors(this, wasCarried);
  }

  get parts(): InstanceParts | undefined {
    return (this._options as OwnOptions)[ours];
  }

  override withOptions(options: Partial<SdkOptions>): this {
    const { maxRetries = this.parts?.maxRetries } = options;
    return super.withOptions({ ...options, [ours]: { ...this.parts, maxRetries } } as OwnOptions);
  }

  override async fetchWithTimeout(
    url: string | URL | Request,
    init: RequestInit | undefined = {},
    ms: number = longestTimerMs,
    controller: AbortController = new AbortController(),
  ): Promise<Response> {
    const { maxRetries = this.parts?.maxRetries, finished } = (init as OwnInit)[ours] ?? {};
    const call = finished ?? this.parts?.call;
    if (call === undefined) throw new TypeError('This client was made without `createClient`.');
    // The SDK looks at the controller to tell an abort from a failure, also in the middle of a stream.
    const abort = () => {
      controller.abort();
    };
    const unlink = () => init.signal?.removeEventListener('abort', abort);
    init.signal?.addEventListener('abort', abort, { once: true });
    if (init.signal?.aborted === true) abort();
    try {
      checkPlace(url);
      const response = await call({
        url: url instanceof Request ? url.url : url,
        init,
        timeoutMs: limitOf(ms),
        maxRetries,
        signals: [controller.signal, init.signal],
      });
      const isStream = response.headers.get('content-type')?.includes('text/event-stream') === true;
      if (!response.ok || !isStream) unlink();
      else if (isComparedStill('streams')) onStreamEnd(controller, unlink);
      else return onBodyEnd(response, unlink);
      return response;
    } catch (error) {
      unlink();
      if (controller.signal.aborted || isConnectionFailure(error)) throw error;
      return answerWith(error);
    }
  }

  protected override async prepareOptions(options: FinalRequestOptions): Promise<void> {
    // Any other SDK reads the same response by itself.
    if (options.stream === true && isComparedStill('streams'))
      options.__streamClass ??= sdkStream as unknown as typeof Stream;
    if (options.maxRetries !== undefined) {
      options.fetchOptions = withParts(options.fetchOptions, { maxRetries: options.maxRetries });
    }
    await super.prepareOptions(options);
  }

  protected override makeStatusError(
    status: number,
    error: object,
    message: string | undefined,
    headers: Headers,
  ): APIError {
    const carried = errorIn(headers);
    if (carried !== undefined) return carried.error as APIError;
    return super.makeStatusError(status, error, message, headers);
  }
}

// Every request of the SDK comes through here, lists too. It never tries again: retries over retries would multiply.
// The member is private in the SDK's types.
Object.defineProperty(AzureSdk.prototype, 'makeRequest', {
  writable: true,
  configurable: true,
  value(this: Seams, ...[options, , retryOf]: MakeRequest): Promise<ResponseProps> {
    const sdk = OpenAI.prototype as unknown as Seams;
    return sdk.makeRequest.call(this, options, 0, retryOf);
  },
});

/* eslint-enable max-params */

if (isFastPathOpen) {
  const finished = (options: RequestOptions, how: () => Promise<Response>) =>
    ({ ...options, fetchOptions: withParts(undefined, { finished: how }) }) as RequestOptions;
  openFastPath(AzureSdk.prototype, ({ parts, timeout }) => ({
    call: parts?.call,
    timeoutMs: limitOf(timeout),
    maxRetries: parts?.maxRetries,
    baseURL: placeholderUrl,
    finished,
  }));
}

/** The limit that a caller has set; `undefined` for the one that the SDK is made with. */
function limitOf(timeoutMs: number): number | undefined {
  return timeoutMs === longestTimerMs ? undefined : timeoutMs;
}

/** The options of a request's `fetch`, with `parts` added. */
function withParts(fetchOptions: object | undefined, parts: RequestParts): object {
  const given = (fetchOptions as OwnInit | undefined)?.[ours];
  return { ...fetchOptions, [ours]: { ...given, ...parts } };
}

/** @throws TypeError for a URL of its own, or one below another `baseURL`. */
function checkPlace(url: string | URL | Request): void {
  const href = url instanceof Request ? url.url : String(url);
  if (href.startsWith(`${placeholderOrigin}/`)) return;
  const { origin } = new URL(href);
  throw new TypeError(
    `Cannot call ${JSON.stringify(origin)}: this client calls the resources of its config, and no other. Leave \`baseURL\` as it is and give a path, such as "/files".`,
  );
}

/** The `openai` SDK over `call`, with `additions` beside its own members. Nothing is read from `OPENAI_*` variables. */
export function createSdk(call: SdkCall, fetch: typeof globalThis.fetch, additions: object): OpenAI {
  const options: OwnOptions = {
    apiKey: 'unused',
    adminAPIKey: null,
    organization: null,
    project: null,
    webhookSecret: null,
    baseURL: placeholderUrl,
    maxRetries: 0,
    // No time-out of the SDK: calls have those of this client.
    timeout: longestTimerMs,
    logLevel: 'warn',
    fetch,
    [ours]: { call, additions },
  };
  return new AzureSdk(options);
}
