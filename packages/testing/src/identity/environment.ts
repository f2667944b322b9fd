import { createClientCertificate } from '../neighbour/certificate.ts';
import type { App, FederatedCredential } from './directory.ts';
import { appServicePath } from './managed-identity.ts';
import { createWorkloadIssuer } from './workload.ts';

/** How a client that reads the environment signs in. */
export type IdentityFlow =
  'managed-identity' | 'imds' | 'client-secret' | 'client-certificate' | 'workload-identity';

/** The inputs of the environment of a client. */
export interface EnvironmentFacts {
  readonly tenantId: string;
  readonly clientId: string;
  readonly secret: string | undefined;
  readonly authority: string;
  readonly managedIdentityOrigin: string;
  readonly identityHeader: string;
  /** Paths of files with these contents. */
  readonly files: {
    readonly authorityCertificate: () => string;
    readonly clientCertificate: () => string;
    readonly federatedToken: () => string;
  };
}

/** The variables that make `DefaultAzureCredential` and its parts sign in here (docs/wire/entra.md#10). */
export function environment(facts: EnvironmentFacts, flow: IdentityFlow): Record<string, string> {
  const common = {
    AZURE_CLIENT_ID: facts.clientId,
    AZURE_AUTHORITY_HOST: facts.authority,
    NODE_EXTRA_CA_CERTS: facts.files.authorityCertificate(),
  };
  const managed = {
    ...common,
    AZURE_TENANT_ID: facts.tenantId,
    AZURE_TOKEN_CREDENTIALS: 'ManagedIdentityCredential',
  };
  // MSAL asks login.microsoftonline.com about any authority that is not Microsoft's, and no variable turns that off. It
  // does trust the authority host when the tenant is called `adfs`.
  const environmental = {
    ...common,
    AZURE_TENANT_ID: 'adfs',
    AZURE_TOKEN_CREDENTIALS: 'EnvironmentCredential',
  };
  const secret: Record<string, string> =
    facts.secret === undefined ? {} : { AZURE_CLIENT_SECRET: facts.secret };
  switch (flow) {
    case 'managed-identity':
      // Without a secret: a chain that tries the environment first would use it.
      return {
        ...managed,
        IDENTITY_ENDPOINT: facts.managedIdentityOrigin + appServicePath,
        IDENTITY_HEADER: facts.identityHeader,
      };
    case 'imds':
      return { ...managed, AZURE_POD_IDENTITY_AUTHORITY_HOST: facts.managedIdentityOrigin };
    case 'client-secret':
      return { ...environmental, ...secret };
    case 'client-certificate':
      return { ...environmental, AZURE_CLIENT_CERTIFICATE_PATH: facts.files.clientCertificate() };
    case 'workload-identity':
      return { ...managed, AZURE_FEDERATED_TOKEN_FILE: facts.files.federatedToken() };
  }
}

/** Text of a PEM file that the app can sign in with. Registers a new certificate when it has none with a key. */
export function certificateFileOf(app: App): string {
  const own = app.certificates.find((text) => text.includes('PRIVATE KEY'));
  if (own !== undefined) return own;
  const { certificate, privateKey } = createClientCertificate(app.name);
  app.certificates.push(certificate);
  return privateKey + certificate;
}

/** A token that a workload of the app would find in its file. Registers the mock's cluster as a federated credential. */
export function federatedTokenOf(app: App, nowMs: number): string {
  const cluster = createWorkloadIssuer('https://cluster.aoai.invalid/');
  const record: FederatedCredential = {
    issuer: cluster.issuer,
    subject: `system:serviceaccount:default:${app.name}`,
    jwks: cluster.jwks,
  };
  app.federatedCredentials.unshift(record);
  return cluster.token({ subject: record.subject, audience: 'api://AzureADTokenExchange', nowMs });
}
