import { afterAttempt, afterProbe, closedCircuit, mayAttempt, probing } from './circuit.ts';
import type { Circuit } from './circuit.ts';
import { pace } from './slow-start.ts';
import type { Pace, PendingAttempt } from './slow-start.ts';
import type {
  Grant,
  ObservedQuota,
  QuotaStore,
  QuotaTarget,
  Refusal,
  SettledChange,
  Settlement,
  TargetState,
  TokenCount,
} from './quota.ts';
import { mirrorFor } from './mirror-for.ts';
import type { QuotaMirror } from './quota-mirror.ts';

interface Entry {
  circuit: Circuit;
  parkedUntilMs: number;
  readonly mirror: QuotaMirror;
  readonly pace: Pace;
}

/** What one grant holds, for `admitted` and `settle`. */
interface Reservation {
  /** The entry in the mirror. */
  readonly books: unknown;
  /** Missing once the attempt has an answer. */
  unanswered: PendingAttempt | undefined;
}

/** How long a call waits before it asks again for a target that must first answer earlier attempts. */
const paceMs = 100;

/** Quota, parking and circuits of this process. Every method returns its result at once, not a promise. */
export function memoryQuota({ now = Date.now }: { readonly now?: () => number } = {}): QuotaStore {
  const entries = new Map<string, Entry>();
  function entryOf(target: QuotaTarget): Entry {
    let entry = entries.get(target.key);
    if (entry === undefined) {
      entry = { circuit: closedCircuit, parkedUntilMs: 0, mirror: mirrorFor(target), pace: pace() };
      entries.set(target.key, entry);
    }
    return entry;
  }

  function reserve(target: QuotaTarget, tokens: TokenCount): Grant | Refusal {
    const entry = entryOf(target);
    const nowMs = now();
    const permission = mayAttempt(entry.circuit, nowMs);
    if (permission === 'no')
      return refusal('circuit-open', openUntil(entry.circuit) || nowMs + target.circuit.openMs);
    if (nowMs < entry.parkedUntilMs) return refusal('parked', entry.parkedUntilMs);
    const full = entry.mirror.refuses(tokens, nowMs);
    if (full !== undefined) return refusal(full.reason, full.retryAtMs);
    // An earlier attempt that the service admits makes room, and wakes the calls that wait.
    if (!entry.pace.mayStart(nowMs)) return refusal('parked', nowMs + paceMs);
    const probe = permission === 'as-probe';
    if (probe) entry.circuit = probing(entry.circuit);
    const lease: Reservation = {
      books: entry.mirror.take(tokens, nowMs),
      unanswered: entry.pace.started(nowMs),
    };
    return { ok: true, target, tokens, probe, lease };
  }

  function admitted(grant: Grant, observed: ObservedQuota | undefined): void {
    const entry = entryOf(grant.target);
    const reservation = grant.lease as Reservation;
    if (reservation.unanswered === undefined) return;
    entry.pace.admitted(reservation.unanswered);
    reservation.unanswered = undefined;
    entry.mirror.admitted(reservation.books, observed, now());
  }

  function settle(grant: Grant, settlement: Settlement): SettledChange {
    const entry = entryOf(grant.target);
    const nowMs = now();
    if (settlement.result === 'ok') admitted(grant, settlement.observed);
    const reservation = grant.lease as Reservation;
    const { unanswered } = reservation;
    reservation.unanswered = undefined;
    if (unanswered !== undefined)
      entry.pace[settlement.result === 'throttled' ? 'refused' : 'ended'](unanswered);
    const before = entry.circuit;
    entry.mirror.settle(reservation.books, { reserved: grant.tokens, settlement }, nowMs);
    entry.circuit = settledCircuit(entry.circuit, { grant, settlement, nowMs });
    const { parkUntilMs = 0 } = settlement;
    const parked = parkUntilMs > Math.max(entry.parkedUntilMs, nowMs);
    if (parked) entry.parkedUntilMs = parkUntilMs;
    return {
      ...(before.state !== 'open' && entry.circuit.state === 'open' && settlement.result === 'failed'
        ? { circuitOpened: { untilMs: entry.circuit.untilMs } }
        : undefined),
      ...(before.state !== 'closed' && entry.circuit.state === 'closed'
        ? { circuitClosed: true }
        : undefined),
      ...(parked ? { parked: { untilMs: parkUntilMs } } : undefined),
    };
  }

  function peek(target: QuotaTarget): TargetState {
    const { circuit, parkedUntilMs, mirror } = entryOf(target);
    const nowMs = now();
    const recent = circuit.state === 'closed' ? circuit.recent : [];
    return {
      circuit: circuit.state,
      attempts: recent.length,
      failures: recent.filter(Boolean).length,
      parkedUntilMs: parkedUntilMs > nowMs ? parkedUntilMs : 0,
      openUntilMs: openUntil(circuit),
      free: mirror.free(nowMs),
    };
  }

  return { reserve, admitted, settle, peek };
}

function settledCircuit(
  circuit: Circuit,
  { grant, settlement, nowMs }: { grant: Grant; settlement: Settlement; nowMs: number },
): Circuit {
  const rules = { rules: grant.target.circuit, nowMs };
  const { result } = settlement;
  // A 429 shows that the target is alive: a probe that gets one succeeds, and a closed circuit does not count it.
  if (grant.probe) {
    const verdict = result === 'failed' ? 'failed' : result === 'cancelled' ? 'unknown' : 'ok';
    return afterProbe(circuit, verdict, rules);
  }
  if (result === 'throttled' || result === 'cancelled') return circuit;
  return afterAttempt(circuit, result === 'ok', rules);
}

function openUntil(circuit: Circuit): number {
  return circuit.state === 'open' ? circuit.untilMs : 0;
}

function refusal(reason: Refusal['reason'], retryAtMs: number): Refusal {
  return { ok: false, reason, retryAtMs };
}
