import { aborted } from '../aborted.ts';
import type { Clock } from '../clock.ts';
import type { PlainResponse } from './listener.ts';

/** A fault of a neighbour of the service: identity, Resource Manager, Search. */
export type NeighbourFault =
  /** Answers with a status of your choice, and a body of your choice if given. */
  | {
      readonly kind: 'status';
      readonly status: number;
      readonly body?: string;
      readonly retryAfterSeconds?: number;
    }
  /** Answers after `delayMs` of the mock's time. */
  | { readonly kind: 'slow'; readonly delayMs: number }
  /** Never answers. */
  | { readonly kind: 'hang' }
  /** Cuts the connection. */
  | { readonly kind: 'reset' }
  /** 200 with a wrong body. @default body '<html>Sign in to the guest network</html>' */
  | { readonly kind: 'garbage'; readonly body?: string };

export interface FaultOptions {
  /** How many requests it applies to. @default Infinity */
  readonly times?: number;
}

/** The faults that are set, in order. */
export interface FaultSchedule<Place extends string> {
  /** Without `at`, the fault applies to the usual places. */
  add(fault: NeighbourFault, options?: FaultOptions & { readonly at?: Place | readonly Place[] }): void;
  clear(): void;
  /** Takes the next fault for `place`: an answer in place of the real one, or `undefined` to go on. */
  strike(place: Place, signal: AbortSignal | undefined): Promise<PlainResponse | 'reset' | undefined>;
}

interface Scheduled {
  readonly fault: NeighbourFault;
  readonly places: readonly string[];
  left: number;
}

/** A schedule without faults. */
export function createFaultSchedule<Place extends string>(
  clock: Clock,
  options: {
    /** Places of a fault that names none. */
    readonly usual: readonly Place[];
    /** JSON of a temporary error, in the format of the service. */
    readonly transient: (status: number) => unknown;
  },
): FaultSchedule<Place> {
  const scheduled: Scheduled[] = [];
  return {
    add(fault, { times = Infinity, at = options.usual } = {}) {
      if (times > 0) scheduled.push({ fault, places: typeof at === 'string' ? [at] : at, left: times });
    },
    clear() {
      scheduled.length = 0;
    },
    async strike(place, signal) {
      const next = scheduled.find((entry) => entry.places.includes(place));
      if (next === undefined) return undefined;
      next.left -= 1;
      if (next.left <= 0) scheduled.splice(scheduled.indexOf(next), 1);
      return strike({ fault: next.fault, clock, signal, transient: options.transient });
    },
  };
}

interface Strike {
  readonly fault: NeighbourFault;
  readonly clock: Clock;
  readonly signal: AbortSignal | undefined;
  readonly transient: (status: number) => unknown;
}

async function strike({
  fault,
  clock,
  signal,
  transient,
}: Strike): Promise<PlainResponse | 'reset' | undefined> {
  switch (fault.kind) {
    case 'slow':
      await clock.sleep(fault.delayMs, signal);
      return undefined;
    case 'hang':
      await aborted(signal);
      return 'reset';
    case 'reset':
      return 'reset';
    case 'garbage':
      return html(200, fault.body ?? '<html>Sign in to the guest network</html>');
    case 'status': {
      const { status, body = JSON.stringify(transient(status)), retryAfterSeconds: seconds } = fault;
      const headers = { 'content-type': 'application/json; charset=utf-8' };
      const wait = seconds === undefined ? {} : { 'retry-after': String(seconds) };
      return { status, body, headers: { ...headers, ...wait } };
    }
  }
}

function html(status: number, body: string): PlainResponse {
  return { status, headers: { 'content-type': 'text/html; charset=utf-8' }, body };
}
