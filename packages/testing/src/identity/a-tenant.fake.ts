import type { Clock } from '../clock.ts';
import type { Directory } from './directory.ts';
import { createGrantStore } from './grant-store.ts';
import type { Tenant } from './token-endpoint.ts';
import { createTokenIssuer } from './token.ts';

/** A tenant that nobody has signed in to, without its listeners. */
export function aTenant(directory: Directory, clock: Clock): Tenant {
  const now = () => clock.now();
  const authority = () => 'https://authority';
  const issuer = createTokenIssuer(directory, { now, authority, graph: () => 'https://graph' });
  const settings = { lifetimeMs: 3_600_000, skewMs: 0 };
  return { directory, issuer, grants: createGrantStore(), now, authority, settings };
}
