import { catalog } from '@aoai/config';
import type { TokenCredential } from '@azure/core-auth';

/** Where the Management API is, and who reads it. */
export interface ManagementAccess {
  readonly credential: TokenCredential;
  /** @default that of the public cloud */
  readonly endpoint?: string;
  readonly signal?: AbortSignal;
}

export const publicEndpoint: string = catalog.clouds.entries.public.management.endpoint;

/** The scope of a known cloud; elsewhere, such as at a mock, the public one. */
export function scopeOf(endpoint: string): string {
  const clouds = Object.values(catalog.clouds.entries);
  const { scope } = (
    clouds.find(({ management }) => management.endpoint === endpoint) ?? catalog.clouds.entries.public
  ).management;
  return scope;
}
