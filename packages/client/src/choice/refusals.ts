/** Refusals of one target that the other targets of its tier would not have given. */
export interface Refusals {
  /** The target has refused a call. `true` when that shows a problem of the target. */
  refused(refusal: Refusal, nowMs: number): boolean;
  /** The target has answered. `true` when that ended the problem. */
  accepted(): boolean;
  /** The status of the refusals while the target gets no calls because of them. */
  readonly status: number | undefined;
  readonly openUntilMs: number;
  /** A probe begins: the target gets no other call before it ends. */
  probe(): void;
  lostProbe(): void;
  state(nowMs: number): 'closed' | 'open' | 'probe-due' | 'half-open';
}

interface Refusal {
  readonly status: number;
  /** Calls that the other targets have ever answered. */
  readonly othersAnswered: number;
}

/** How long a refusing target gets no calls before a probe. Each refused probe doubles this time. */
interface RefusalRules {
  readonly openMs: number;
  readonly maxOpenMs: number;
}

/** After this many refusals in a row, while other targets answer, the problem is the target's. */
const mostRefusals = 3;
/** As above, for statuses that usually speak of the request: a caller may send several bad requests in a row. */
const mostRefusalsOfRequests = 8;

/** Statuses that usually speak of the request, not of the target. */
const ofRequests = new Set([400, 405, 406, 411, 413, 414, 415, 422, 431]);

/** Starts without refusals. */
export function refusals({ openMs, maxOpenMs }: RefusalRules): Refusals {
  let row = 0;
  let answeredBefore = 0;
  let status: number | undefined;
  let openUntilMs = 0;
  let openings = 0;
  let isProbing = false;

  function open(nowMs: number): void {
    openings += 1;
    isProbing = false;
    openUntilMs = nowMs + Math.min(maxOpenMs, openMs * 2 ** Math.min(30, openings - 1));
  }

  return {
    refused: (refusal, nowMs) => {
      if (row === 0) answeredBefore = refusal.othersAnswered;
      row += 1;
      if (status !== undefined) {
        // Refusals of calls that were under way when the target was left out say nothing new.
        if (isProbing) open(nowMs);
        return false;
      }
      const most = ofRequests.has(refusal.status) ? mostRefusalsOfRequests : mostRefusals;
      const leastOk = ofRequests.has(refusal.status) ? mostRefusalsOfRequests : 1;
      if (row < most || refusal.othersAnswered - answeredBefore < leastOk) return false;
      ({ status } = refusal);
      open(nowMs);
      return true;
    },
    accepted: () => {
      const was = status !== undefined;
      row = 0;
      status = undefined;
      openUntilMs = 0;
      openings = 0;
      isProbing = false;
      return was;
    },
    get status() {
      return status;
    },
    get openUntilMs() {
      return openUntilMs;
    },
    probe: () => {
      isProbing = true;
    },
    lostProbe: () => {
      isProbing = false;
    },
    state: (nowMs) => {
      if (status === undefined) return 'closed';
      if (isProbing) return 'half-open';
      return nowMs >= openUntilMs ? 'probe-due' : 'open';
    },
  };
}
