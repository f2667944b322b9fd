import { withNewest } from './newest.ts';
import type { Observation } from './newest.ts';

/** When a target counts as slow. The terms are those of resilience4j. */
export interface SlowCallRules {
  /** A call is slow when it takes longer; `'auto'`: three times as long as is usual for its target and kind. */
  readonly durationMs: number | 'auto';
  /** The circuit opens when this share of the last `window` calls was slow. */
  readonly rate: number;
  readonly window: number;
  /** How long it stays open before one probe. */
  readonly openMs: number;
}

/** Slow calls of one target, and the circuit that they open. */
export interface SlowCalls {
  /** Counts an answer. `true` when it closed the circuit. */
  add(isSlow: Observation<boolean>, wasProbe: boolean, nowMs: number): boolean;
  /** Counts the calls under way that are slow already. `true` when they opened the circuit. */
  addUnderWay(slowUnderWay: readonly Observation<true>[], nowMs: number): boolean;
  /** The one probe of an open circuit begins. */
  probe(): void;
  /** The probe ended without an answer. */
  lostProbe(nowMs: number): void;
  state(nowMs: number): 'closed' | 'open' | 'probe-due' | 'half-open';
  /** `0` while the circuit is closed. */
  readonly openUntilMs: number;
  /** How long ago the circuit was last closed; `0` while it is closed. */
  openForMs(nowMs: number): number;
  close(): void;
}

/** Fewer calls than this do not open the circuit. */
const leastCalls = 5;

/** Creates a closed circuit. Without `rules` it never opens. */
export function slowCalls(rules: SlowCallRules | undefined): SlowCalls {
  let recent: readonly Observation<boolean>[] = [];
  let state: 'closed' | 'open' | 'half-open' = 'closed';
  let untilMs = 0;
  let openedAtMs = 0;

  function open(nowMs: number): void {
    state = 'open';
    untilMs = nowMs + (rules?.openMs ?? 0);
  }

  function close(): void {
    state = 'closed';
    untilMs = 0;
    recent = [];
  }

  function addUnderWay(slowUnderWay: readonly Observation<true>[], nowMs: number): boolean {
    if (rules === undefined) return false;
    if (state === 'half-open' && slowUnderWay.length > 0) open(nowMs);
    if (state !== 'closed') return false;
    let seen = recent;
    for (const slow of slowUnderWay) seen = withNewest(seen, slow, rules.window);
    if (seen.length < Math.min(leastCalls, rules.window)) return false;
    if (seen.filter(({ value }) => value).length < seen.length * rules.rate) return false;
    openedAtMs = nowMs;
    open(nowMs);
    return true;
  }

  return {
    add: (isSlow, wasProbe, nowMs) => {
      if (rules === undefined) return false;
      if (state === 'closed') {
        recent = withNewest(recent, isSlow, rules.window);
        return false;
      }
      if (isSlow.value) {
        if (wasProbe && state === 'half-open') open(nowMs);
        return false;
      }
      // Calls that began before the circuit opened may end later: only probes count now.
      if (!wasProbe) return false;
      close();
      return true;
    },
    addUnderWay,
    probe: () => {
      state = 'half-open';
    },
    lostProbe: (nowMs) => {
      if (state !== 'half-open') return;
      state = 'open';
      untilMs = nowMs;
    },
    state: (nowMs) => (state === 'open' && nowMs >= untilMs ? 'probe-due' : state),
    get openUntilMs() {
      return untilMs;
    },
    openForMs: (nowMs) => (state === 'closed' ? 0 : nowMs - openedAtMs),
    close,
  };
}
