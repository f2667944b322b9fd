/** The part of a limit that the store gave a replica to use without asking. */
interface LeaseTerms {
  readonly tokens: number;
  readonly calls: number;
  readonly untilMs: number;
}

/** Attempts sent at about the same time, for the next report to the store. */
export interface LeaseUse {
  readonly atMs: number;
  tokens: number;
  calls: number;
}

/** A report to the store: everything that was used since the last one. */
interface LeaseReport {
  /** `age:tokens:calls,…` */
  readonly text: string;
  end(hasArrived: boolean): void;
}

/** How fast a replica uses a target. */
interface Rates {
  readonly tokensPerSecond: number;
  readonly callsPerSecond: number;
}

/** The lease of one target, what was used of it, and the rates at which the replica uses the target. */
export interface Lease {
  /** Takes an attempt from the lease; `undefined` when it does not fit. */
  take(tokens: number, nowMs: number): LeaseUse | undefined;
  /** Gives back an attempt of the lease that the service did not count. */
  giveBack(use: LeaseUse, given: { readonly tokens: number; readonly calls: number }): void;
  /** The store has given another lease in place of this one. */
  renew(terms: LeaseTerms): void;
  /** Ends the lease. The next report gives the rest back. */
  end(): void;
  /** Counts an attempt for the rates, whether it used the lease or not. */
  note(tokens: number, nowMs: number): void;
  rates(nowMs: number): Rates;
  report(nowMs: number): LeaseReport;
}

/** Rates are averages over about this time. */
const rateMs = 15_000;

/** A rate is known only after this time: a short burst is no rate. */
const leastMs = 2_000;

/** Attempts closer together than this are reported as one, with the time of the last. */
const momentMs = 250;

const none: LeaseTerms = { tokens: 0, calls: 0, untilMs: 0 };

/** A target without a lease. */
export function createLease(): Lease {
  let left = { ...none };
  let uses: LeaseUse[] = [];
  let tokensInRate = 0;
  let callsInRate = 0;
  let ratedAtMs = 0;
  let busySinceMs = 0;

  function age(nowMs: number): void {
    const part = Math.exp(-Math.max(0, nowMs - ratedAtMs) / rateMs);
    tokensInRate *= part;
    callsInRate *= part;
    ratedAtMs = nowMs;
  }

  return {
    take: (tokens, nowMs) => {
      if (nowMs >= left.untilMs || left.calls < 1 || left.tokens < tokens) return undefined;
      left = { ...left, tokens: left.tokens - tokens, calls: left.calls - 1 };
      const atMs = Math.ceil((nowMs + 1) / momentMs) * momentMs;
      let use = uses.at(-1);
      if (use?.atMs !== atMs) uses.push((use = { atMs, tokens: 0, calls: 0 }));
      use.tokens += tokens;
      use.calls += 1;
      return use;
    },
    giveBack: (use, { tokens, calls }) => {
      if (!uses.includes(use)) uses.push((use = { atMs: use.atMs, tokens: 0, calls: 0 }));
      use.tokens -= tokens;
      use.calls -= calls;
    },
    renew: (terms) => {
      left = { ...terms };
    },
    end: () => {
      left = { ...none };
    },
    note: (tokens, nowMs) => {
      age(nowMs);
      if (callsInRate < 0.05) busySinceMs = nowMs;
      tokensInRate += tokens;
      callsInRate += 1;
    },
    rates: (nowMs) => {
      age(nowMs);
      if (nowMs - busySinceMs < leastMs) return { tokensPerSecond: 0, callsPerSecond: 0 };
      const seconds = rateMs / 1_000;
      return { tokensPerSecond: tokensInRate / seconds, callsPerSecond: callsInRate / seconds };
    },
    report: (nowMs) => {
      const reported = uses;
      uses = [];
      const text = reported
        .filter(({ tokens, calls }) => tokens !== 0 || calls !== 0)
        .map(({ atMs, tokens, calls }) => `${Math.max(0, Math.round(nowMs - atMs))}:${tokens}:${calls}`)
        .join(',');
      return {
        text,
        end: (hasArrived) => {
          if (!hasArrived) uses = [...reported.filter(({ atMs }) => atMs > nowMs - 60_000), ...uses];
        },
      };
    },
  };
}
