export { apiKey } from './api-key.ts';
export type { AuthHeaders, Credential, HeadersRequest, RefreshRequest } from './credential.ts';
export { entraId } from './entra-id.ts';
export type { EntraIdOptions } from './entra-id.ts';
export { CredentialError } from './errors.ts';
export { scopeFor } from './scope.ts';
export { tokenProvider } from './token-provider.ts';
export type { TokenProviderOptions } from './token-provider.ts';
