/** No token and no key could be had. The operator must act: the message says on what. */
export class CredentialError extends Error {
  override readonly name = 'CredentialError';
  readonly code = 'CREDENTIAL_FAILED';
  /** The scope that a token was wanted for; `undefined` for an API key. */
  readonly scope: string | undefined;

  constructor(message: string, options: { readonly scope?: string; readonly cause?: unknown } = {}) {
    super(message, 'cause' in options ? { cause: options.cause } : undefined);
    this.scope = options.scope;
  }
}
