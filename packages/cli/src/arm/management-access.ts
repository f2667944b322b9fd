import { catalog } from '@aoai/config';
import type { TokenCredential } from '@azure/core-auth';

/** The address of the Management API and the credential for it. */
export interface ManagementAccess {
  readonly credential: TokenCredential;
  /** @default that of the public cloud */
  readonly endpoint?: string;
  readonly signal?: AbortSignal;
}

export const publicEndpoint: string = catalog.clouds.entries.public.management.endpoint;

/** The scope of a known cloud; for others, such as a mock, the public one. */
export function scopeOf(endpoint: string): string {
  const clouds = Object.values(catalog.clouds.entries);
  const { scope } = (
    clouds.find(({ management }) => management.endpoint === endpoint) ?? catalog.clouds.entries.public
  ).management;
  return scope;
}
