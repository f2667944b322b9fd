import { APIPromise } from 'openai';

/** How an answer is read. */
export type Parse<Sdk, Props, T> = (sdk: Sdk, props: Props) => Promise<T>;

/**
 * The SDK's `APIPromise`, without its WeakMaps: each of them keeps the promise, the answer and all that belongs to them
 * until the next full garbage collection, which was a fifth of the CPU of a call.
 *
 * Libraries that watch the SDK (Sentry, Datadog, OpenLLMetry) read and replace `responsePromise` and `parseResponse`, and
 * make another promise by `new promise.constructor(sdk, responsePromise, parse)`: both are as in the SDK.
 */
export class CallPromise<Sdk, Props extends { readonly response: Response }, T> extends Promise<T> {
  responsePromise: Promise<Props>;
  parseResponse: Parse<Sdk, Props, T>;
  readonly #sdk: Sdk;
  #parsed: Promise<T> | undefined;

  constructor(sdk: Sdk, responsePromise: Promise<Props>, parse: Parse<Sdk, Props, T>) {
    // As in the SDK: the answer is read on the first `then`, not before.
    super((resolve) => {
      resolve(undefined as never);
    });
    this.#sdk = sdk;
    this.responsePromise = responsePromise;
    this.parseResponse = parse;
  }

  /** What `then` and its like make are ordinary promises. */
  static override get [Symbol.species](): PromiseConstructor {
    return Promise;
  }

  parse(): Promise<T> {
    return (this.#parsed ??= this.responsePromise.then((props) => this.parseResponse(this.#sdk, props)));
  }

  asResponse(): Promise<Response> {
    return this.responsePromise.then(({ response }) => response);
  }

  /** Reads the answer first: the SDK's code may put another response in the place of one that it cannot read. */
  async withResponse(): Promise<{ data: T; response: Response; request_id: string | null }> {
    const data = await this.parse();
    const response = await this.asResponse();
    return { data, response, request_id: response.headers.get('x-request-id') };
  }

  _thenUnwrap<U>(transform: (data: T, props: Props) => U): CallPromise<Sdk, Props, U> {
    return new CallPromise<Sdk, Props, U>(this.#sdk, this.responsePromise, async (sdk, props) => {
      const data = await this.parseResponse(sdk, props);
      const value = transform(data, props);
      return (value as unknown) === data ? value : withRequestId(value, props.response);
    });
  }

  override then<A = T, B = never>(
    onFulfilled?: ((value: T) => A | PromiseLike<A>) | null,
    onRejected?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    return this.parse().then(onFulfilled, onRejected);
  }

  override catch<B = never>(onRejected?: ((reason: unknown) => B | PromiseLike<B>) | null): Promise<T | B> {
    return this.parse().catch(onRejected);
  }

  override finally(onFinally?: (() => void) | null): Promise<T> {
    return this.parse().finally(onFinally);
  }
}

// `instanceof APIPromise` holds, also where the SDK itself asks; every member of its prototype has one here.
Object.setPrototypeOf(CallPromise.prototype, APIPromise.prototype);

/** `_request_id`, as the SDK adds it to whatever object an answer becomes. */
export function withRequestId<T>(value: T, response: Response): T {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.defineProperty(value, '_request_id', {
    value: response.headers.get('x-request-id'),
    enumerable: false,
  });
}
