/** One way to sign in that was tried, why it did not work, and what to do to make it work. */
export interface TriedCredential {
  readonly credential: string;
  readonly problem: string;
  readonly fix: string;
  /** It was there and was asked, and had no token; the others could not even be asked. */
  readonly wasAsked?: true;
}

/** No token and no key could be had. The operator must act: the message says on what. */
export class CredentialError extends Error {
  override readonly name = 'CredentialError';
  readonly code = 'CREDENTIAL_FAILED';
  /** The scope that a token was wanted for; `undefined` for an API key. */
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
