import { OpenAI } from 'openai';
import type { APIError, APIPromise, ClientOptions as SdkOptions } from 'openai';
import type { Stream } from 'openai/streaming';
import { isConnectionFailure } from '../answer/connection-failure.ts';
import { unwrapHelperErrors } from './helper-errors.ts';
import { onStreamEnd, sdkStream } from './sdk-stream.ts';
import { isComparedStill } from './compared-sdk.ts';
import { openShortWay, outcomeKey } from './fast-path.ts';
import type { Outcome } from './fast-path.ts';
import { onBodyEnd } from '../fetch/standard-response.ts';

/** A request as the SDK hands it over. */
interface SdkRequest {
  readonly url: string | URL;
  readonly init:
    RequestInit | { readonly method: string; readonly headers: Readonly<Record<string, string>> };
  /** A body that is not yet written, in place of that in `init`. */
  readonly json?: object | undefined;
  /** The SDK's `timeout` option, when the caller set one. */
  readonly timeoutMs: number | undefined;
  /** The SDK's `maxRetries` option, when the caller set one. */
  readonly maxRetries: number | undefined;
  readonly signals: readonly (AbortSignal | null | undefined)[];
}

/** Makes the call. */
export type SdkCall = (request: SdkRequest) => Promise<Response>;

/** Stands for “no time-out of the SDK”: the longest that its timers can hold. */
const noTimeoutMs = 2 ** 31 - 1;

/** Host that exists nowhere: a request that is not taken over by us goes nowhere. */
const placeholderOrigin = 'https://aoai.invalid';
const placeholderUrl: string = `${placeholderOrigin}/openai/v1`;

const makeCall = Symbol('aoai.call');
const ownRetries = Symbol('aoai.maxRetries');
const additions = Symbol('aoai.additions');
/** Where the wish of one call travels to where it is made. */
const retriesKey = Symbol('aoai.callRetries');

type FinalRequestOptions = Parameters<OpenAI['request']>[0] extends infer Options ? Awaited<Options> : never;

interface OwnOptions extends SdkOptions {
  readonly [makeCall]?: SdkCall;
  /** What `withOptions` was given: `maxRetries` alone does not say whether it is a wish or the default. */
  readonly [ownRetries]?: number | undefined;
  readonly [additions]?: object;
}

/** Errors of ours on their way through the SDK, by the headers of the answer that carries them. */
const carried = new WeakMap<object, unknown>();
/** All that have been on that way. */
const ours = new WeakSet();

/** The SDK with two of its seams used: how a request is sent, and how an answer becomes an error. */
/* eslint-disable max-params -- the signatures are the SDK's */
class AzureSdk extends OpenAI {
  constructor(options: OwnOptions = {}) {
    super(options);
    // `OPENAI_CUSTOM_HEADERS` is meant for another service.
    if (options.defaultHeaders === undefined) this._options.defaultHeaders = undefined;
    Object.assign(this, options[additions], { sdk: this });
    unwrapHelperErrors(this, (error) => typeof error === 'object' && error !== null && ours.has(error));
  }

  get call(): SdkCall | undefined {
    return (this._options as OwnOptions)[makeCall];
  }

  get retries(): number | undefined {
    return (this._options as OwnOptions)[ownRetries];
  }

  override withOptions(options: Partial<SdkOptions>): this {
    const { maxRetries = this.retries } = options;
    return super.withOptions({ ...options, [ownRetries]: maxRetries } as OwnOptions);
  }

  /** The SDK itself never tries again: retries over retries would multiply. */
  override request<Rsp>(options: Parameters<OpenAI['request']>[0]): APIPromise<Rsp> {
    return super.request<Rsp>(options, 0);
  }

  override async fetchWithTimeout(
    url: string | URL | Request,
    init: RequestInit | undefined = {},
    ms: number = noTimeoutMs,
    controller: AbortController = new AbortController(),
  ): Promise<Response> {
    const outcome = (init as { [outcomeKey]?: Outcome })[outcomeKey];
    const call = outcomeCall(outcome) ?? this.call;
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
        timeoutMs: ms === noTimeoutMs ? undefined : ms,
        maxRetries: (init as { [retriesKey]?: number })[retriesKey] ?? this.retries,
        signals: [controller.signal, init.signal],
      });
      const isStream = response.headers.get('content-type')?.includes('text/event-stream') === true;
      if (!response.ok || !isStream) unlink();
      else if (isComparedStill()) onStreamEnd(controller, unlink);
      else return onBodyEnd(response, unlink);
      return response;
    } catch (error) {
      unlink();
      if (controller.signal.aborted || isConnectionFailure(error)) throw error;
      return carrying(error);
    }
  }

  protected override async prepareOptions(options: FinalRequestOptions): Promise<void> {
    // Any other SDK reads the same response by itself.
    if (options.stream === true && isComparedStill())
      options.__streamClass ??= sdkStream as unknown as typeof Stream;
    if (options.maxRetries !== undefined) {
      options.fetchOptions = { ...options.fetchOptions, [retriesKey]: options.maxRetries } as object;
    }
    await super.prepareOptions(options);
  }

  protected override makeStatusError(
    status: number,
    error: object,
    message: string | undefined,
    headers: Headers,
  ): APIError {
    // The SDK would wrap an error of `fetch` in an APIConnectionError. What is thrown here it throws on as it is.
    if (carried.has(headers)) return carried.get(headers) as APIError;
    return super.makeStatusError(status, error, message, headers);
  }
}

/* eslint-enable max-params */

openShortWay(AzureSdk.prototype, placeholderUrl, (sdk) => ({ call: sdk.call, maxRetries: sdk.retries }));

/** Hands over what the short way came to, once. */
function outcomeCall(outcome: Outcome | undefined): SdkCall | undefined {
  if (outcome === undefined || outcome.used) return undefined;
  outcome.used = true;
  const { response, error } = outcome;
  return async () => {
    if (response === undefined) throw error;
    return response;
  };
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

/** An answer that the SDK takes for a failure, and asks `makeStatusError` about. */
function carrying(error: unknown): Response {
  const response = new Response(null, { status: 500, headers: { 'x-should-retry': 'false' } });
  carried.set(response.headers, error);
  if (typeof error === 'object' && error !== null) ours.add(error);
  return response;
}

/** The `openai` SDK over `call`, with `added` beside its own members. Nothing is read from `OPENAI_*` variables. */
export function createSdk(call: SdkCall, fetch: typeof globalThis.fetch, added: object): OpenAI {
  const options: OwnOptions = {
    apiKey: 'unused',
    adminAPIKey: null,
    organization: null,
    project: null,
    webhookSecret: null,
    baseURL: placeholderUrl,
    maxRetries: 0,
    timeout: noTimeoutMs,
    logLevel: 'warn',
    fetch,
    [makeCall]: call,
    [additions]: added,
  };
  return new AzureSdk(options);
}
