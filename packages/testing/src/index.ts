export type { Clock } from './clock.ts';
export { realClock } from './clock.ts';
export { createClientCertificate } from './identity/certificate.ts';
export type { Certificate } from './identity/certificate.ts';
export type {
  AppOptions,
  Directory,
  DirectoryOptions,
  FederatedCredential,
  RoleAssignment,
  UserOptions,
} from './identity/directory.ts';
export type { IdentityFlow } from './identity/environment.ts';
export type { IdentityFault, IdentityFaultOptions, IdentityPlace } from './identity/fault.ts';
export { createIdentity } from './identity/identity.ts';
export type { Identity, IdentityOptions } from './identity/identity.ts';
export type { CredentialOptions, MockAccessToken, MockCredential } from './identity/mock-credential.ts';
export type { IdentityRequest } from './identity/router.ts';
export type { Demand, Principal, Verification } from './identity/verify.ts';
export type { HeaderEra } from './limits/rate-limit-headers.ts';
export { startMockAzure } from './start-mock-azure.ts';
export type { MockAzure, MockAzureOptions } from './start-mock-azure.ts';
