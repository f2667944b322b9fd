import type { GetTokenOptions, TokenCredential } from '@azure/identity';
import { boundedCache } from './bounded-cache.ts';
import { identityCredential, toolOptions } from './identity-credential.ts';
import type { AuthorityOptions } from './identity-credential.ts';
import type { LazyCredential } from './lazy-credential.ts';

/** The identity that Azure gives the machine, container or function. `true` is the system-assigned one. */
export type ManagedIdentitySource =
  true | { readonly clientId: string } | { readonly objectId: string } | { readonly resourceId: string };

/** Federation with Kubernetes or another issuer. Missing values come from `AZURE_*`, which the webhook sets. */
export interface WorkloadIdentitySource {
  readonly tenantId?: string;
  readonly clientId?: string;
  readonly tokenFilePath?: string;
}

/** An app registration with a secret. */
export interface ClientSecretSource {
  readonly tenantId: string;
  readonly clientId: string;
  readonly clientSecret: string;
}

/** An app registration with a certificate: a PEM file, or its text, with the private key in it. */
export interface ClientCertificateSource {
  readonly tenantId: string;
  readonly clientId: string;
  readonly certificatePath?: string;
  readonly certificate?: string;
  readonly certificatePassword?: string;
  /** Lets the app trust a subject name and issuer rather than one certificate. */
  readonly sendCertificateChain?: boolean;
}

/** The person who ran `az login`. `true` takes its default tenant and subscription. */
export type AzureCliSource = true | { readonly tenantId?: string; readonly subscription?: string };

/** One way to sign in. Exactly one property may be there. */
export type EntraIdSource =
  | { readonly managedIdentity: ManagedIdentitySource }
  | { readonly workloadIdentity: true | WorkloadIdentitySource }
  | { readonly clientSecret: ClientSecretSource }
  | { readonly clientCertificate: ClientCertificateSource }
  | { readonly azureCli: AzureCliSource };

const ways = [
  'managedIdentity',
  'workloadIdentity',
  'clientSecret',
  'clientCertificate',
  'azureCli',
] as const;

/** What a credential reads from the environment, apart from secrets. */
const variables = [
  'AZURE_AUTHORITY_HOST',
  'AZURE_CLIENT_CERTIFICATE_PATH',
  'AZURE_CLIENT_ID',
  'AZURE_FEDERATED_TOKEN_FILE',
  'AZURE_POD_IDENTITY_AUTHORITY_HOST',
  'AZURE_TENANT_ID',
  'AZURE_TOKEN_CREDENTIALS',
  'IDENTITY_ENDPOINT',
] as const;

/** The same options in the same environment give the same credential: all clients of the process share its tokens. */
const known = boundedCache<LazyCredential>(1000);

/** The credential for `source`, or the default chain. @throws TypeError when `source` is not one complete way to sign in. */
export function credentialFor(source: EntraIdSource | undefined, options: AuthorityOptions): LazyCredential {
  const key = JSON.stringify([source, options, variables.map((name) => process.env[name])]);
  return known(key, () =>
    source === undefined ? machineCredential(options) : create(checked(source), options),
  );
}

/** What the machine has. The chain is kept after a failure: it remembers that asking again at once is useless. */
function machineCredential(options: AuthorityOptions): LazyCredential {
  let chain: Promise<TokenCredential> | undefined;
  return Object.freeze({
    async getToken(scopes: string | string[], asked?: GetTokenOptions) {
      chain ??= import('./default-chain.ts').then(({ defaultChain }) => defaultChain(options));
      return (await chain).getToken(scopes, asked);
    },
    renew() {
      chain = undefined;
    },
  });
}

function checked(source: EntraIdSource): EntraIdSource {
  const given = Object.keys(source);
  const names = ways.map((way) => `\`${way}\``).join(', ');
  if (given.length !== 1 || !ways.some((way) => way === given[0])) {
    throw new TypeError(
      `Cannot sign in with ${JSON.stringify(given)}: give a \`TokenCredential\` or exactly one of ${names}.`,
    );
  }
  return source;
}

function create(source: EntraIdSource, options: AuthorityOptions): LazyCredential {
  if ('managedIdentity' in source) return managedIdentity(source.managedIdentity, options);
  if ('workloadIdentity' in source) {
    const given = source.workloadIdentity === true ? {} : source.workloadIdentity;
    return identityCredential(
      ({ WorkloadIdentityCredential }, shared) => new WorkloadIdentityCredential({ ...shared, ...given }),
      options,
    );
  }
  if ('clientSecret' in source) return clientSecret(source.clientSecret, options);
  if ('clientCertificate' in source) return clientCertificate(source.clientCertificate, options);
  const given = source.azureCli === true ? {} : source.azureCli;
  return identityCredential(
    ({ AzureCliCredential }, shared) => new AzureCliCredential({ ...toolOptions(shared), ...given }),
    options,
  );
}

function managedIdentity(source: ManagedIdentitySource, options: AuthorityOptions): LazyCredential {
  const id = source === true ? {} : source;
  const given = Object.entries(id);
  if (given.length > 1) {
    throw new TypeError(
      `Cannot sign in with \`managedIdentity\`: ${JSON.stringify(Object.keys(id))} are given. Give one of \`clientId\`, \`objectId\`, \`resourceId\`.`,
    );
  }
  for (const [name, value] of given) required(value, `managedIdentity.${name}`);
  return identityCredential(
    ({ ManagedIdentityCredential }, shared) => new ManagedIdentityCredential({ ...shared, ...id }),
    options,
  );
}

function clientSecret(source: ClientSecretSource, options: AuthorityOptions): LazyCredential {
  const tenantId = required(source.tenantId, 'clientSecret.tenantId');
  const clientId = required(source.clientId, 'clientSecret.clientId');
  const secret = required(source.clientSecret, 'clientSecret.clientSecret');
  return identityCredential(
    ({ ClientSecretCredential }, shared) => new ClientSecretCredential(tenantId, clientId, secret, shared),
    { ...options, secrets: [secret] },
  );
}

function clientCertificate(source: ClientCertificateSource, options: AuthorityOptions): LazyCredential {
  const tenantId = required(source.tenantId, 'clientCertificate.tenantId');
  const clientId = required(source.clientId, 'clientCertificate.clientId');
  const { certificatePath, certificate, certificatePassword, sendCertificateChain = false } = source;
  if ((certificatePath === undefined) === (certificate === undefined)) {
    throw new TypeError(
      'Cannot sign in with `clientCertificate`: give one of `certificatePath` and `certificate` (the PEM text).',
    );
  }
  const text = required(certificate ?? certificatePath, 'clientCertificate.certificate');
  const password = certificatePassword === undefined ? {} : { certificatePassword };
  return identityCredential(
    ({ ClientCertificateCredential }, shared) => {
      const rest = { ...shared, sendCertificateChain };
      return certificatePath === undefined
        ? new ClientCertificateCredential(tenantId, clientId, { certificate: text, ...password }, rest)
        : new ClientCertificateCredential(tenantId, clientId, { certificatePath, ...password }, rest);
    },
    { ...options, secrets: [certificate, certificatePassword].filter((secret) => secret !== undefined) },
  );
}

function required(value: unknown, name: string): string {
  if (typeof value === 'string' && value.trim() !== '') return value;
  throw new TypeError(`Cannot sign in: \`${name}\` is ${value === '' ? 'empty' : 'not a string'}. Set it.`);
}
