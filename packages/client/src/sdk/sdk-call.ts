/** A request as the SDK passes it on. */
export interface SdkRequest {
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
