/** What the store gave a replica to use without asking. */
interface LeaseTerms {
  readonly tokens: number;
  readonly calls: number;
  readonly untilMs: number;
}

/** Attempts of one moment, for the next report to the store. */
export interface LeaseUse {
  readonly atMs: number;
  tokens: number;
  calls: number;
}

/** What is told to the store: everything that was used since the last report. */
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

/** The lease of one target, what was used of it, and how much is used in general. */
export interface Lease {
  /** Takes an attempt from the lease; `undefined` when it does not fit. */
  take(tokens: number, nowMs: number): LeaseUse | undefined;
  /** An attempt of the lease was not counted by the service. */
  giveBack(use: LeaseUse, given: { readonly tokens: number; readonly calls: number }): void;
  /** The store has given another lease in place of this one. */
  renew(terms: LeaseTerms): void;
  /** Stops using it: what is left goes back with the next report. */
  end(): void;
  /** An attempt was made, on the lease or not: for the rates. */
  note(tokens: number, nowMs: number): void;
  rates(nowMs: number): Rates;
  report(nowMs: number): LeaseReport;
  /** Whether the store is to be told something when the lease is over. */
  hasNews(): boolean;
}

/** Rates are averages over about so long. */
const rateMs = 15_000;

/** A burst is no rate: what is used has to go on for so long. */
const leastMs = 2_000;

/** Attempts that are closer together than this are one use, as of the last of them. */
const momentMs = 250;

const none: LeaseTerms = { tokens: 0, calls: 0, untilMs: 0 };

/** A target without a lease. */
export function createLease(): Lease {
  let left = { ...none };
  let given: LeaseTerms = none;
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
      given = terms;
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
      const told = uses;
      uses = [];
      const text = told
        .filter(({ tokens, calls }) => tokens !== 0 || calls !== 0)
        .map(({ atMs, tokens, calls }) => `${Math.max(0, Math.round(nowMs - atMs))}:${tokens}:${calls}`)
        .join(',');
      return {
        text,
        end: (hasArrived) => {
          if (!hasArrived) uses = [...told.filter(({ atMs }) => atMs > nowMs - 60_000), ...uses];
        },
      };
    },
    hasNews: () => uses.length > 0 || given.calls > 0,
  };
}
