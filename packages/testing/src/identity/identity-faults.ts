import type { Clock } from '../clock.ts';
import { createFaultSchedule } from '../neighbour/fault.ts';
import type { FaultOptions, FaultSchedule } from '../neighbour/fault.ts';

/** Where a fault of the sign-in service strikes. */
export type IdentityPlace = 'token' | 'managed-identity' | 'discovery' | 'page' | 'in-process';

export interface IdentityFaultOptions extends FaultOptions {
  /** @default everywhere but discovery and pages */
  readonly at?: IdentityPlace | readonly IdentityPlace[];
}

export type IdentityFaults = FaultSchedule<IdentityPlace>;

/** The faults of a sign-in service. */
export function createIdentityFaults(clock: Clock): IdentityFaults {
  return createFaultSchedule(clock, {
    usual: ['token', 'managed-identity', 'in-process'],
    transient: () => ({
      error: 'temporarily_unavailable',
      error_description: 'AADSTS90033: A transient error has occurred. Please try again.',
      error_codes: [90033],
    }),
  });
}
