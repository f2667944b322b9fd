export { apiKey } from './api-key.ts';
export type { ApiKeyOptions, KeyPair, KeySource } from './api-key.ts';
export { credentialFromEnv } from './credential-from-env.ts';
export type { CredentialFromEnvOptions } from './credential-from-env.ts';
export type { AuthHeaders, Credential, HeadersRequest, RefreshRequest } from './credential.ts';
export { describeToken } from './describe-token.ts';
export type { TokenDescription } from './describe-token.ts';
export { diagnoseAuth } from './diagnose-auth.ts';
export type { AuthDiagnosis, DiagnoseAuthOptions } from './diagnose-auth.ts';
export type { AuthProblem } from './auth-problems.ts';
export { entraId } from './entra-id.ts';
export type { EntraIdOptions } from './entra-id.ts';
export type {
  AzureCliSource,
  ClientCertificateSource,
  ClientSecretSource,
  EntraIdSource,
  ManagedIdentitySource,
  WorkloadIdentitySource,
} from './entra-source.ts';
export { CredentialError } from './errors.ts';
export type { TriedCredential } from './errors.ts';
export { identityOf } from './identity-of.ts';
export type { Identity, IdentityOptions } from './identity-of.ts';
export { onBehalfOf } from './on-behalf-of.ts';
export type { OnBehalfOfOptions } from './on-behalf-of.ts';
export type { UserToken } from './per-user.ts';
export { scopeFor } from './scope.ts';
export type { CloudName } from './scope.ts';
export { tokenProvider } from './token-provider.ts';
export type { TokenProviderOptions } from './token-provider.ts';
