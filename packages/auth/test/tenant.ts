import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { ManagedIdentityCredential } from '@azure/identity';
import { createIdentity } from '@aoai/testing';
import type { Identity, IdentityOptions } from '@aoai/testing';
import { afterAll, afterEach, beforeAll, beforeEach, vi } from 'vitest';

export const scope = 'https://cognitiveservices.azure.com/.default';

/** Nothing of the machine may sign a test in, and no test may look for the metadata service of a cloud. */
const cleared = [
  'AZURE_CLIENT_ID',
  'AZURE_CLIENT_SECRET',
  'AZURE_CLIENT_CERTIFICATE_PATH',
  'AZURE_TENANT_ID',
  'AZURE_FEDERATED_TOKEN_FILE',
  'AZURE_TOKEN_CREDENTIALS',
  'IDENTITY_ENDPOINT',
  'IDENTITY_HEADER',
  'MSI_ENDPOINT',
];

/** An Entra ID tenant for the tests of one file, trusted by this process. */
export function useTenant(options: IdentityOptions = {}): Identity {
  const identity = createIdentity(options);
  beforeAll(async () => {
    forgetManagedIdentity();
    await identity.start();
    trust(identity);
  });
  beforeEach(() => {
    for (const name of cleared) vi.stubEnv(name, undefined);
    vi.stubEnv('AZURE_AUTHORITY_HOST', identity.authority);
    // Port 9 (discard) answers nobody: a test that forgets to say where the metadata service is finds none.
    vi.stubEnv('AZURE_POD_IDENTITY_AUTHORITY_HOST', 'http://127.0.0.1:9');
  });
  afterEach(() => {
    identity.restore();
    vi.unstubAllEnvs();
    vi.unstubAllGlobals();
  });
  afterAll(() => identity.close());
  return identity;
}

/** This process trusts the certificates of the tenant from now on. */
export function trust({ ca }: Identity): void {
  setDefaultCACertificates([...getCACertificates(), ca]);
}

/** MSAL keeps for a whole process where it has found a managed identity, and its tokens: each file begins anew. */
function forgetManagedIdentity(): void {
  const { managedIdentityApp: app } = new ManagedIdentityCredential() as unknown as MsalCredential;
  app.constructor.nodeStorage = undefined;
  app.managedIdentityClient.constructor.identitySource = undefined;
}

/** Where MSAL keeps it. */
interface MsalCredential {
  readonly managedIdentityApp: {
    readonly constructor: { nodeStorage?: unknown };
    readonly managedIdentityClient: { readonly constructor: { identitySource?: unknown } };
  };
}

/** Sets the variables that a platform would set. */
export function setEnv(env: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value);
}

/** Azure's libraries wait for 0.25 to 2 s before they ask again. No test waits for that. */
export function skipPauses(): void {
  const start = globalThis.setTimeout;
  vi.stubGlobal('setTimeout', (run: () => void, ms = 0) => start(run, ms >= 200 && ms <= 2000 ? 1 : ms));
}

/** The token in `Authorization: Bearer …`. */
export function bearerOf(headers: Readonly<Record<string, string>>): string {
  return headers['authorization']?.replace(/^Bearer /, '') ?? '';
}

/** How many tokens the endpoints of the tenant were asked for. */
export function asked(identity: Identity): number {
  return identity.requests().filter(({ path }) => path.includes('token')).length;
}
