/** One way to sign in that was tried, why it did not work, and what to do to make it work. */
export interface TriedCredential {
  readonly credential: string;
  readonly problem: string;
  readonly fix: string;
  /** It was available and was asked, but gave no token. The others could not be asked. */
  readonly wasAsked?: true;
}

/**
 * No token or key is available. The message tells the operator what to do.
 * @remedy Do what the message says: each way to sign in that was tried comes with its `fix`. On your machine it is
 * mostly `az login`.
 */
export class CredentialError extends Error {
  override readonly name = 'CredentialError';
  readonly code = 'CREDENTIAL_FAILED';
  /** The scope of the token; `undefined` for an API key. */
  readonly scope: string | undefined;
  /** Every way to sign in that the default chain tried, in its order. */
  readonly tried: readonly TriedCredential[];

  constructor(
    message: string,
    options: {
      readonly scope?: string;
      readonly tried?: readonly TriedCredential[];
      readonly cause?: unknown;
    } = {},
  ) {
    super(message, 'cause' in options ? { cause: options.cause } : undefined);
    this.scope = options.scope;
    this.tried = options.tried ?? [];
  }
}
