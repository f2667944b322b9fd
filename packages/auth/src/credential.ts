/** Headers that sign one attempt: `authorization` or `api-key`. */
export type AuthHeaders = Readonly<Record<string, string>>;

/** Who calls: an API key or an Entra ID identity. */
export interface Credential {
  readonly kind: 'entra-id' | 'api-key';
  /** Headers for one attempt. Not a promise when they are at hand. */
  headers(request: {
    readonly scope: string;
    readonly signal?: AbortSignal;
  }): AuthHeaders | Promise<AuthHeaders>;
  /** After a 401: gets another token or key. Resolves to `true` when another attempt makes sense. */
  refresh(request: {
    readonly scope: string;
    readonly claims?: string;
    readonly signal?: AbortSignal;
  }): Promise<boolean>;
}
