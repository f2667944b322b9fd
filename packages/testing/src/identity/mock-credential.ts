import type { IdentityFaults } from './identity-faults.ts';
import { targetOfScope } from './service.ts';
import type { Tenant } from './token-endpoint.ts';
import type { PlainResponse } from '../neighbour/listener.ts';

/** The identity of a credential. @default the app `default` */
export interface CredentialOptions {
  /** Key of an app in the directory. */
  readonly app?: string;
  /** Key of a user: the token is a delegated one. */
  readonly user?: string;
  /** Tenant that issues the tokens. @default the tenant of the mock */
  readonly tenantId?: string;
}

/** An access token in the shape of `@azure/core-auth`. */
export interface MockAccessToken {
  readonly token: string;
  readonly expiresOnTimestamp: number;
  readonly tokenType: 'Bearer';
}

/** A credential in the shape of `@azure/core-auth`, for any Azure client and for `entraId()`. */
export interface MockCredential {
  getToken(
    scopes: string | string[],
    options?: {
      readonly abortSignal?: { readonly aborted: boolean };
      readonly tenantId?: string;
      readonly claims?: string;
    },
  ): Promise<MockAccessToken>;
}

/** A credential that signs a real token for each call, without a request. */
export function createMockCredential(
  tenant: Tenant,
  faults: IdentityFaults,
  options: CredentialOptions = {},
): MockCredential {
  const { directory } = tenant;
  const app = options.app === undefined ? directory.defaultApp : directory.app(options.app);
  const user = options.user === undefined ? undefined : directory.user(options.user);
  if (app === undefined)
    throw unknown(
      'app',
      options.app,
      directory.apps.map(({ name }) => name),
    );
  if (options.user !== undefined && user === undefined)
    throw unknown(
      'user',
      options.user,
      directory.users.map(({ key }) => key),
    );
  return {
    async getToken(scopes, request = {}) {
      const signal = request.abortSignal instanceof AbortSignal ? request.abortSignal : undefined;
      signal?.throwIfAborted();
      const fault = await faults.strike('in-process', signal);
      signal?.throwIfAborted();
      if (fault !== undefined) throw failed(fault);
      const scope = typeof scopes === 'string' ? scopes : scopes.join(' ');
      const target = targetOfScope(scope, directory);
      if (target === undefined)
        throw authenticationError(
          400,
          `AADSTS500011: The resource principal of ${scope} was not found in the tenant.`,
        );
      const { token, expiresAtMs } = await tenant.issuer.access({
        tenantId: request.tenantId ?? options.tenantId ?? directory.tenantId,
        app,
        target,
        clientProof: user === undefined ? 1 : 0,
        ...tenant.settings,
        ...(user === undefined ? {} : { user }),
      });
      return { token, expiresOnTimestamp: expiresAtMs, tokenType: 'Bearer' };
    },
  };
}

function unknown(option: string, value: string | undefined, known: readonly string[]): TypeError {
  const names = known.map((name) => JSON.stringify(name)).join(', ');
  return new TypeError(
    `Cannot make a credential: \`${option}\` is ${JSON.stringify(value)}, which the directory does not hold. Known names: ${names}.`,
  );
}

function failed(fault: PlainResponse | 'reset'): Error {
  if (fault === 'reset') return authenticationError(0, 'socket hang up');
  return authenticationError(fault.status, fault.body ?? '');
}

/** Looks like the error of `@azure/identity`, without the package. */
function authenticationError(statusCode: number, message: string): Error {
  return Object.assign(new Error(message), { name: 'AuthenticationError', statusCode });
}
