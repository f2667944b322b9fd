import type { Clock } from '../clock.ts';
import { createFaultSchedule } from '../neighbour/fault.ts';
import type { FaultOptions, FaultSchedule, NeighbourFault } from '../neighbour/fault.ts';
import { refusalAnswer } from './refusal-fault.ts';
import type { RefusalFault } from './refusal-fault.ts';

/** The place that a fault of the sign-in service applies to. */
export type IdentityPlace = 'token' | 'managed-identity' | 'discovery' | 'page' | 'in-process';

export interface IdentityFaultOptions extends FaultOptions {
  /** @default everywhere but discovery and pages; an `'aadsts'` only where Entra ID itself gives tokens */
  readonly at?: IdentityPlace | readonly IdentityPlace[];
}

/** What goes wrong with a sign-in. */
export type IdentityFault = NeighbourFault | RefusalFault;

/** The faults that are set, in order. */
export interface IdentityFaults extends Pick<FaultSchedule<IdentityPlace>, 'clear' | 'strike'> {
  add(fault: IdentityFault, options?: IdentityFaultOptions): void;
}

/** The faults of a sign-in service. */
export function createIdentityFaults(clock: Clock): IdentityFaults {
  const schedule = createFaultSchedule<IdentityPlace>(clock, {
    usual: ['token', 'managed-identity', 'in-process'],
    transient: () => ({
      error: 'temporarily_unavailable',
      error_description: 'AADSTS90033: A transient error has occurred. Please try again.',
      error_codes: [90033],
    }),
  });
  return {
    ...schedule,
    add(fault, options) {
      if (fault.kind !== 'aadsts') schedule.add(fault, options);
      else schedule.add(refusalAnswer(fault, clock.now()), { at: ['token', 'in-process'], ...options });
    },
  };
}
