import type { Clock } from '../clock.ts';
import type { PlainResponse } from '../neighbour/listener.ts';

/** What goes wrong with the sign-in service. */
export type IdentityFault =
  /** Answers with a status of your choice, and a body if it is to be one that no client expects. */
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
  /** 200 with a body that is not what was asked for. @default body '<html>Sign in to the guest network</html>' */
  | { readonly kind: 'garbage'; readonly body?: string };

/** Where a fault strikes. */
export type IdentityPlace = 'token' | 'managed-identity' | 'discovery' | 'page' | 'in-process';

export interface IdentityFaultOptions {
  /** How many requests it strikes. @default Infinity */
  readonly times?: number;
  /** @default everywhere but discovery and pages */
  readonly at?: IdentityPlace | readonly IdentityPlace[];
}

/** The faults that are set, in order. */
export interface FaultSchedule {
  add(fault: IdentityFault, options?: IdentityFaultOptions): void;
  clear(): void;
  /** Lets the next fault for `place` strike: an answer in place of the real one, or `undefined` to go on. */
  strike(place: IdentityPlace, signal: AbortSignal | undefined): Promise<PlainResponse | 'reset' | undefined>;
}

interface Scheduled {
  readonly fault: IdentityFault;
  readonly places: readonly IdentityPlace[];
  left: number;
}

const everywhere: readonly IdentityPlace[] = ['token', 'managed-identity', 'in-process'];

export function createFaultSchedule(clock: Clock): FaultSchedule {
  const scheduled: Scheduled[] = [];
  return {
    add(fault, { times = Infinity, at = everywhere } = {}) {
      scheduled.push({ fault, places: typeof at === 'string' ? [at] : at, left: times });
    },
    clear() {
      scheduled.length = 0;
    },
    async strike(place, signal) {
      const next = scheduled.find((entry) => entry.left > 0 && entry.places.includes(place));
      if (next === undefined) return undefined;
      next.left -= 1;
      if (next.left <= 0) scheduled.splice(scheduled.indexOf(next), 1);
      return strike({ fault: next.fault, clock, signal });
    },
  };
}

interface Strike {
  readonly fault: IdentityFault;
  readonly clock: Clock;
  readonly signal: AbortSignal | undefined;
}

async function strike({ fault, clock, signal }: Strike): Promise<PlainResponse | 'reset' | undefined> {
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
      const body =
        fault.body ??
        JSON.stringify({
          error: 'temporarily_unavailable',
          error_description: `AADSTS90033: A transient error has occurred. Please try again.`,
          error_codes: [90033],
        });
      const headers = { 'content-type': 'application/json; charset=utf-8' };
      return {
        status: fault.status,
        body,
        headers:
          fault.retryAfterSeconds === undefined
            ? headers
            : { ...headers, 'retry-after': String(fault.retryAfterSeconds) },
      };
    }
  }
}

function html(status: number, body: string): PlainResponse {
  return { status, headers: { 'content-type': 'text/html; charset=utf-8' }, body };
}

async function aborted(signal: AbortSignal | undefined): Promise<void> {
  const { promise, resolve }: PromiseWithResolvers<void> = Promise.withResolvers();
  if (signal?.aborted === true) return;
  signal?.addEventListener(
    'abort',
    () => {
      resolve();
    },
    { once: true },
  );
  await promise;
}
