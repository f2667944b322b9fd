import type { VirtualTime } from '../oracle/virtual-time.ts';

/** How a service counts, and what it says. */
export interface ServiceRules {
  readonly tpm: number;
  readonly rpm?: number;
  /** The part of the caller's estimate that the service counts. */
  readonly counts: (tokens: number) => number;
  /** @default 'sliding' */
  readonly windows?: 'fixed' | 'sliding';
  /** When its fixed windows begin. */
  readonly beginsAtMs?: number;
}

/** A deployment that counts the tokens of a minute and the calls of ten seconds, and writes down all it was sent. */
export interface FleetService {
  /** Decides about one request, as it arrives. */
  admit(estimate: number): { readonly ok: boolean; readonly headers: Readonly<Record<string, string>> };
  readonly sent: readonly Arrival[];
  readonly refused: number;
}

export interface Arrival {
  readonly atMs: number;
  /** As the service counts. */
  readonly tokens: number;
}

const minuteMs = 60_000;

/** A service on a virtual clock. */
export function fleetService(
  { tpm, rpm, counts, windows = 'sliding', beginsAtMs = 0 }: ServiceRules,
  time: Pick<VirtualTime, 'now'>,
): FleetService {
  const sent: Arrival[] = [];
  let admitted: Arrival[] = [];
  let refused = 0;
  const beginning = (): number =>
    windows === 'sliding'
      ? time.now() - minuteMs
      : time.now() - ((((time.now() - beginsAtMs) % minuteMs) + minuteMs) % minuteMs);

  return {
    admit: (estimate) => {
      const tokens = counts(estimate);
      const atMs = time.now();
      sent.push({ atMs, tokens });
      const sinceMs = beginning();
      admitted = admitted.filter((each) => each.atMs > atMs - minuteMs);
      const current = admitted.filter(
        (each) => each.atMs > sinceMs || (windows === 'fixed' && each.atMs === sinceMs),
      );
      const used = current.reduce((sum, each) => sum + each.tokens, 0);
      const calls = admitted.filter((each) => each.atMs > atMs - 10_000).length;
      const ok = used + tokens <= tpm && (rpm === undefined || calls < rpm / 6);
      if (ok) admitted.push({ atMs, tokens });
      else refused += 1;
      const remaining = Math.max(0, tpm - used - (ok ? tokens : 0));
      const headers = {
        'x-ratelimit-limit-tokens': String(tpm),
        'x-ratelimit-remaining-tokens': String(remaining),
      };
      return { ok, headers: ok ? headers : { ...headers, 'retry-after-ms': '1000' } };
    },
    sent,
    get refused() {
      return refused;
    },
  };
}

/** The most that arrived within any minute that ends between two times. */
export function highestMinute(sent: readonly Arrival[], fromMs: number, untilMs: number): number {
  let highest = 0;
  let sum = 0;
  let first = 0;
  for (const { atMs, tokens } of sent) {
    sum += tokens;
    while ((sent[first]?.atMs ?? Infinity) <= atMs - minuteMs) {
      sum -= sent[first]?.tokens ?? 0;
      first += 1;
    }
    if (atMs >= fromMs && atMs <= untilMs) highest = Math.max(highest, sum);
  }
  return highest;
}

/** What arrived between two times, a minute. */
export function perMinute(sent: readonly Arrival[], fromMs: number, untilMs: number): number {
  const within = sent.filter(({ atMs }) => atMs > fromMs && atMs <= untilMs);
  return (within.reduce((sum, { tokens }) => sum + tokens, 0) * minuteMs) / (untilMs - fromMs);
}
