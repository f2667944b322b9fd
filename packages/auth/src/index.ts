export { apiKey } from './key/api-key.ts';
export type { ApiKeyOptions, KeyPair, KeySource } from './key/api-key.ts';
export { credentialFromEnv } from './credential-from-env.ts';
export type { CredentialFromEnvOptions } from './credential-from-env.ts';
export type { AuthHeaders, Credential, HeadersRequest, RefreshRequest } from './credential.ts';
export { describeToken } from './token/describe-token.ts';
export type { TokenDescription } from './token/describe-token.ts';
export { diagnoseAuth } from './diagnosis/diagnose-auth.ts';
export type { AuthDiagnosis, DiagnoseAuthOptions } from './diagnosis/auth-diagnosis.ts';
export type { AuthProblem } from './diagnosis/auth-problems.ts';
export { entraId } from './entra/entra-id.ts';
export type { EntraIdOptions } from './entra/entra-id.ts';
export type {
  AzureCliSource,
  ClientCertificateSource,
  ClientSecretSource,
  EntraIdSource,
  ManagedIdentitySource,
  WorkloadIdentitySource,
} from './entra/entra-source.ts';
export { CredentialError } from './errors.ts';
export type { TriedCredential } from './errors.ts';
export { identityOf } from './entra/identity-of.ts';
export type { Identity, IdentityOptions } from './entra/identity-of.ts';
export { inTenant } from './in-tenant.ts';
export { onBehalfOf } from './entra/on-behalf-of.ts';
export type { OnBehalfOfOptions } from './entra/on-behalf-of.ts';
export type { UserToken } from './entra/per-user.ts';
export { scopeFor } from './scope.ts';
export type { CloudName } from './scope.ts';
export { tokenProvider } from './entra/token-provider.ts';
export type { TokenProviderOptions } from './entra/token-provider.ts';
