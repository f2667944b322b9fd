import type { APIPromise } from 'openai';
import type { Parse } from './call-promise.ts';

// The members of the SDK that are used here and are no part of its types, as `openai` 7.57.0 has them.

/** A request on its way: what the SDK's `makeRequest` is given. */
export interface RequestOptions {
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
export interface ResponseProps {
  readonly response: Response;
  readonly options: RequestOptions;
  readonly controller: AbortController;
  readonly requestSignal: AbortSignal | null | undefined;
  readonly requestLogID: string;
  readonly retryOfRequestLogID: undefined;
  readonly startTime: number;
}

export type MakeRequest = [
  options: RequestOptions | Promise<RequestOptions>,
  retriesRemaining: number | null,
  retryOf?: string,
];

/** How the SDK reads an answer. */
export type ParseResponse = Parse<Seams, ResponseProps, unknown>;

/** An instance of the SDK. */
export interface Seams {
  readonly baseURL: string;
  readonly logLevel?: string;
  readonly fetchOptions?: object;
  readonly idempotencyHeader?: string;
  readonly _options: { readonly defaultHeaders?: object; readonly defaultQuery?: object };
  getUserAgent(): string;
  prepareOptions(options: RequestOptions): Promise<void>;
  makeRequest(...args: MakeRequest): Promise<ResponseProps>;
  responsePromise(request: Promise<ResponseProps>, parse: ParseResponse): APIPromise<unknown>;
  parseResponseWithTimeout(client: Seams, props: ResponseProps): Promise<unknown>;
}
