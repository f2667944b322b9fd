import { describeToken, entraId } from '@aoai/auth';
import type { Credential } from '@aoai/auth';
import type { TokenCredential } from '@azure/core-auth';
import { UsageError } from '../usage-error.ts';
import type { Terminal } from '../terminal.ts';
import type { ManagementOptions } from './read-accounts.ts';

/** Options of every command that reads the Management API. */
export interface ManagementFlags {
  readonly subscription?: string;
  readonly resourceGroup?: string;
  readonly management?: string;
}

/**
 * What a command reads the Management API with.
 * @throws UsageError when no subscription is named.
 */
export function managementFor({ env, signal }: Terminal, flags: ManagementFlags): ManagementOptions {
  const subscriptionId = flags.subscription ?? env['AZURE_SUBSCRIPTION_ID'] ?? '';
  if (subscriptionId === '') {
    throw new UsageError(
      'Cannot read the Management API: no subscription. Give `--subscription`, or set `AZURE_SUBSCRIPTION_ID`.',
    );
  }
  return {
    subscriptionId,
    credential: tokenCredential(entraId()),
    signal,
    ...(flags.resourceGroup !== undefined && { resourceGroup: flags.resourceGroup }),
    ...(flags.management !== undefined && { endpoint: flags.management.replace(/\/$/, '') }),
  };
}

/** A credential of ours as clients of Azure take one. */
function tokenCredential(credential: Credential): TokenCredential {
  return {
    async getToken(scopes) {
      const [scope = ''] = [scopes].flat();
      const { authorization = '' } = await credential.headers({ scope });
      const token = authorization.replace(/^Bearer /, '');
      return { token, expiresOnTimestamp: describeToken(token).expiresAt?.getTime() ?? Date.now() + 60_000 };
    },
  };
}
