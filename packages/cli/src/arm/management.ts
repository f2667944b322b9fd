import { describeToken, entraId } from '@aoai/auth';
import type { Credential } from '@aoai/auth';
import { catalog } from '@aoai/config';
import type { Config } from '@aoai/config';
import type { TokenCredential } from '@azure/core-auth';
import { UsageError } from '../usage-error.ts';
import type { Terminal } from '../terminal.ts';
import type { ManagementAccess } from './management-access.ts';
import type { ManagementOptions } from './read-accounts.ts';

/** Options of every command that reads the Management API. */
export interface ManagementFlags {
  readonly subscription?: string;
  readonly resourceGroup?: string;
  readonly management?: string;
}

/**
 * How a command reads the Management API. The default endpoint is that of the cloud of the config.
 * @throws UsageError when no subscription is named.
 */
export function managementFor(
  terminal: Terminal,
  flags: ManagementFlags,
  config?: Config,
): ManagementOptions {
  const subscriptionId = subscriptionOf(terminal, flags);
  if (subscriptionId === '') {
    throw new UsageError(
      'Cannot read the Management API: no subscription. Give `--subscription`, or set `AZURE_SUBSCRIPTION_ID`.',
    );
  }
  const { resourceGroup } = flags;
  return {
    ...accessFor(terminal, flags, config),
    subscriptionId,
    ...(resourceGroup !== undefined && { resourceGroup }),
  };
}

/** The subscription that the flags name, else the environment; `''` when neither does. */
export function subscriptionOf({ env }: Terminal, { subscription }: ManagementFlags): string {
  return subscription ?? env['AZURE_SUBSCRIPTION_ID'] ?? '';
}

/** The same for reads across subscriptions. */
export function accessFor(
  { env, signal }: Terminal,
  { management }: ManagementFlags,
  config?: Config,
): ManagementAccess {
  const named = management ?? env['AZURE_RESOURCE_MANAGER_ENDPOINT'] ?? '';
  const endpoint = named === '' ? endpointOf(config) : named.replace(/\/$/, '');
  return {
    credential: tokenCredential(entraId()),
    signal,
    ...(endpoint !== undefined && { endpoint }),
  };
}

/** A subscription is in one cloud: that of the resources. */
function endpointOf(config: Config | undefined): string | undefined {
  const [first] = Object.values(config?.resources ?? {});
  return first === undefined ? undefined : catalog.clouds.entries[first.cloud].management.endpoint;
}

/** One of our credentials as a `TokenCredential` for Azure's clients. */
function tokenCredential(credential: Credential): TokenCredential {
  return {
    async getToken(scopes, { abortSignal } = {}) {
      const [scope = ''] = [scopes].flat();
      // The only signals here are those of this program.
      const signal = abortSignal as AbortSignal | undefined;
      const { authorization = '' } = await credential.headers({ scope, ...(signal && { signal }) });
      const token = authorization.replace(/^Bearer /, '');
      return { token, expiresOnTimestamp: describeToken(token).expiresAt?.getTime() ?? Date.now() + 60_000 };
    },
  };
}
