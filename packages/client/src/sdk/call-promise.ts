import { APIPromise } from 'openai';

/** How the SDK reads an answer. */
export type Parse<Sdk, Props, T> = (sdk: Sdk, props: Props) => Promise<T>;

/** What a promise of a call is made of. */
export interface CallParts<Sdk, Props, T> {
  readonly sdk: Sdk;
  readonly request: Promise<Props>;
  readonly parse: Parse<Sdk, Props, T>;
  /** The SDK's own promise of the same call. */
  readonly own: (request: Promise<Props>, parse: Parse<Sdk, Props, T>) => APIPromise<T>;
  /** Whether an answer can be read without it. */
  readonly isShort: (props: Props) => boolean;
}

/**
 * The SDK's `APIPromise`, without its WeakMaps: each of them keeps the promise, the answer and all that belongs to them
 * until the next full garbage collection, which was a fifth of the CPU of a call.
 */
export class CallPromise<Sdk, Props extends { readonly response: Response }, T> extends Promise<T> {
  readonly #parts: CallParts<Sdk, Props, T>;
  #parsed: Promise<T> | undefined;

  constructor(parts: CallParts<Sdk, Props, T>) {
    // As in the SDK: the answer is read when somebody asks for it, not before.
    super((resolve) => {
      resolve(undefined as never);
    });
    this.#parts = parts;
  }

  /** What `then` and its like make are ordinary promises. */
  static override get [Symbol.species](): PromiseConstructor {
    return Promise;
  }

  parse(): Promise<T> {
    return (this.#parsed ??= this.#read());
  }

  async #read(): Promise<T> {
    const { sdk, request, parse, own, isShort } = this.#parts;
    const props = await request;
    return isShort(props) ? parse(sdk, props) : own(request, parse);
  }

  async asResponse(): Promise<Response> {
    return (await this.#parts.request).response;
  }

  async withResponse(): Promise<{ data: T; response: Response; request_id: string | null }> {
    const { request, parse, own, isShort } = this.#parts;
    if (!isShort(await request)) return own(request, parse).withResponse();
    const data = await this.parse();
    const { response } = await request;
    return { data, response, request_id: response.headers.get('x-request-id') };
  }

  _thenUnwrap<U>(transform: (data: T, props: Props) => U): CallPromise<Sdk, Props, U> {
    const { parse } = this.#parts;
    return new CallPromise<Sdk, Props, U>({
      ...(this.#parts as unknown as CallParts<Sdk, Props, U>),
      parse: async (sdk, props) => {
        const data = await parse(sdk, props);
        const value = transform(data, props);
        return (value as unknown) === data ? value : withRequestId(value, props.response);
      },
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
