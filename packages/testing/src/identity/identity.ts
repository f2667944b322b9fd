import { randomBytes } from 'node:crypto';
import process from 'node:process';
import { realClock } from '../clock.ts';
import type { Clock } from '../clock.ts';
import { createDirectory } from './directory.ts';
import type { App, Directory, DirectoryOptions } from './directory.ts';
import { certificateFileOf, environment, federatedTokenOf } from './environment.ts';
import type { IdentityFlow } from './environment.ts';
import { createIdentityFaults } from './identity-faults.ts';
import type { IdentityFault, IdentityFaultOptions } from './identity-faults.ts';
import { createGrantStore } from './grant-store.ts';
import { createListener } from '../neighbour/listener.ts';
import { certificateAuthority, trustLoopback } from '../neighbour/loopback-certificate.ts';
import { trustedCertificates } from './trusted-certificates.ts';
import { createMockCredential } from './mock-credential.ts';
import type { CredentialOptions, MockCredential } from './mock-credential.ts';
import { createRouter } from './router.ts';
import type { IdentityRequest } from './router.ts';
import { temporaryFiles } from './temporary-files.ts';
import { signInEnvironment } from './sign-in-environment.ts';
import { createTokenIssuer } from './token.ts';
import type { Tenant } from './token-endpoint.ts';
import { verify } from './verify.ts';
import type { Demand, Verification } from './verify.ts';

/** Settings of the sign-in service beside the directory. */
export interface IdentityOptions extends DirectoryOptions {
  /** How long access tokens live, in the caller's time, independent of the time scale. @default 3_599_000 */
  readonly tokenLifetimeMs?: number;
  /** Port of the authority, its pages and the managed identities. @default 0, any free port */
  readonly port?: number;
  /** Address it listens on. @default '127.0.0.1' */
  readonly host?: string;
  /** Where the mock's time comes from. */
  readonly clock?: Clock;
  /** Origin of Microsoft Graph, which has the groups that do not fit into a token. @default Microsoft's own */
  readonly graphOrigin?: () => string;
}

/** An Entra ID tenant with its managed-identity endpoints, on loopback. */
export interface Identity {
  readonly tenantId: string;
  readonly directory: Directory;
  /** Origin of the HTTPS authority: what `authorityHost` and `AZURE_AUTHORITY_HOST` take. */
  readonly authority: string;
  /** Origin of the HTTP endpoints for managed identities. */
  readonly managedIdentityOrigin: string;
  /** Origin of the sign-in pages, HTTP so that a browser shows no warning. The discovery document names it. */
  readonly signInOrigin: string;
  /** Certificate of the issuer of every HTTPS address of the mock, PEM: what `NODE_EXTRA_CA_CERTS` points at. */
  readonly ca: string;
  /** Makes this process trust that certificate. Call it before the first HTTPS request. */
  trust(): void;
  start(): Promise<void>;
  close(): Promise<void>;
  /** Checks a bearer token for a service. */
  verify(token: string, demand: Demand): Verification;
  /** A credential that gives signed tokens without a request. */
  credential(options?: CredentialOptions): MockCredential;
  /** Environment variables that make `DefaultAzureCredential` sign in here. @default flow 'managed-identity' */
  env(options?: { readonly flow?: IdentityFlow; readonly app?: string }): Record<string, string>;
  /**
   * Environment variables with which a web app signs people in here: `SIGN_IN_AUTHORITY`, `SIGN_IN_CLIENT_ID`,
   * `SIGN_IN_CLIENT_SECRET`, `SIGN_IN_SCOPE`. @default app the first of `apps`
   */
  signInEnv(options?: { readonly app?: string }): Record<string, string>;
  /** Makes the next sign-ins fail. */
  fail(fault: IdentityFault, options?: IdentityFaultOptions): void;
  /** Ends all faults. */
  restore(): void;
  /** Changes the tokens that are issued from now on: their lifetime, or a clock that is off by `skewMs`. */
  issue(settings: { readonly lifetimeMs?: number; readonly skewMs?: number }): void;
  /**
   * Signs tokens with a new key from now on. The keys before it stay published and valid, as in Entra ID, unless they are
   * `revoked`.
   */
  rotateKeys(options?: { readonly revoked?: boolean }): Promise<void>;
  /** Makes a token invalid, or every refresh token of the user of that name. */
  revoke(tokenOrUser: string): void;
  /** Requests the authority and the managed-identity endpoints have had, oldest first, without secrets. */
  requests(): readonly IdentityRequest[];
}

/** An identity service that listens after `start`. */
export function createIdentity(options: IdentityOptions = {}): Identity {
  const { clock = realClock(), tokenLifetimeMs = 3_599_000, port = 0, host } = options;
  const directory = createDirectory(options);
  const faults = createIdentityFaults(clock);
  const files = temporaryFiles();
  const revoked = new Set<string>();
  const identityHeader = randomBytes(16).toString('hex');
  // Callers and their own services check tokens with their own clock, which has another speed.
  const now = clock.timeScale === 1 ? () => clock.now() : Date.now;
  const authority = () => listener.secureOrigin;
  const issuer = createTokenIssuer(directory, {
    now,
    authority,
    graph: options.graphOrigin ?? (() => 'https://graph.microsoft.com'),
  });
  const settings = { lifetimeMs: tokenLifetimeMs, skewMs: 0 };
  const tenant: Tenant = { directory, issuer, grants: createGrantStore(), now, authority, settings };
  const router = createRouter({ tenant, faults, identityHeader, signInOrigin: () => listener.origin });
  const listener = createListener({ handle: router.handle, port, ...(host === undefined ? {} : { host }) });
  const [firstAppName = 'default'] = Object.keys(options.apps ?? {});
  const appNamed = (name: string): App => {
    const app = directory.app(name);
    if (app !== undefined) return app;
    throw new TypeError(
      `Cannot make an environment: \`app\` is ${JSON.stringify(name)}, which the directory does not hold.`,
    );
  };
  return {
    tenantId: directory.tenantId,
    directory,
    get authority() {
      return listener.secureOrigin;
    },
    get managedIdentityOrigin() {
      return listener.origin;
    },
    get signInOrigin() {
      return listener.origin;
    },
    get ca() {
      return certificateAuthority().certificate;
    },
    trust: trustLoopback,
    async start() {
      await listener.start();
    },
    async close() {
      await listener.close();
      files.remove();
    },
    verify: (token, demand) => verify({ directory, issuer, now, revoked }, token, demand),
    credential: (who) => createMockCredential(tenant, faults, who),
    env({ flow = 'managed-identity', app: name = 'default' } = {}) {
      const app = appNamed(name);
      return environment(
        {
          tenantId: directory.tenantId,
          clientId: app.clientId,
          secret: app.secrets[0],
          authority: listener.secureOrigin,
          managedIdentityOrigin: listener.origin,
          identityHeader,
          files: {
            authorityCertificate: () => files.write('ca.pem', trustedCertificates(process.env)),
            clientCertificate: () => files.write(`${app.name}.pem`, certificateFileOf(app)),
            federatedToken: () => files.write(`${app.name}.jwt`, federatedTokenOf(app, now())),
          },
        },
        flow,
      );
    },
    signInEnv: ({ app: name = firstAppName } = {}) =>
      signInEnvironment(appNamed(name), `${listener.secureOrigin}/${directory.tenantId}/v2.0`),
    fail: (fault, schedule) => {
      faults.add(fault, schedule);
    },
    restore: () => {
      faults.clear();
      Object.assign(settings, { lifetimeMs: tokenLifetimeMs, skewMs: 0 });
    },
    issue: (changes) => {
      Object.assign(settings, changes);
    },
    rotateKeys: (how) => issuer.rotateKeys(how),
    revoke(tokenOrUser) {
      const user = directory.user(tokenOrUser);
      if (user !== undefined) tenant.grants.revokeUser(user);
      else revoked.add(String(issuer.claims(tokenOrUser)?.['uti']));
    },
    requests: () => router.requests(),
  };
}
