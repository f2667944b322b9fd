/** Headers that sign one attempt: `authorization` or `api-key`. */
export type AuthHeaders = Readonly<Record<string, string>>;

/** What `Credential.headers` is asked for. */
export interface HeadersRequest {
  /** Audience of the token, for example `https://cognitiveservices.azure.com/.default`; see `scopeFor`. */
  readonly scope: string;
  /** The tenant to get a token from, for an identity that can sign in to several. @default the tenant of the identity */
  readonly tenantId?: string;
  /** Ends this wait only. The token request that others wait for goes on. */
  readonly signal?: AbortSignal;
}

/** What `Credential.refresh` is told about a 401. */
export interface RefreshRequest {
  readonly scope: string;
  /** The scope that `headers` was asked for. */
  readonly tenantId?: string;
  /** Claims challenge of the `www-authenticate` header, decoded (Continuous Access Evaluation). */
  readonly claims?: string;
  /** The headers that were refused. With them, a late 401 for a token that was already replaced causes no request. */
  readonly rejected?: AuthHeaders;
  readonly signal?: AbortSignal;
}

/** Who calls: an API key or an Entra ID identity. */
export interface Credential {
  readonly kind: 'entra-id' | 'api-key';
  /** Headers for one attempt: at once when they are cached, else a promise. */
  headers(request: HeadersRequest): AuthHeaders | Promise<AuthHeaders>;
  /** After a 401: gets another token or key. Resolves to `true` when another attempt makes sense. */
  refresh(request: RefreshRequest): Promise<boolean>;
}
