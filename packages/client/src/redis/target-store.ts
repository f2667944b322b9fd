import { QuotaStoreError } from '../errors.ts';
import type {
  Grant,
  ObservedQuota,
  QuotaTarget,
  Refusal,
  RefusalReason,
  SettledChange,
  Settlement,
  TargetState,
  TokenCount,
} from '../quota/quota.ts';
import { createLease } from './lease.ts';
import type { LeaseUse } from './lease.ts';
import type { OwnEntry } from './local-share.ts';
import type { OwnBooks } from './own-books.ts';
import type { Answer } from './protocol.ts';
import { settleQuestion } from './questions.ts';
import type { Counted } from './questions.ts';
import { storeExchange } from './store-exchange.ts';
import type { StoreContext } from './store-exchange.ts';
import type { StoreMemory } from './store-memory.ts';

/** The quota of one target in this replica: the store, a lease from it, and what is known while it does not answer. */
export interface TargetStore {
  reserve(target: QuotaTarget, tokens: TokenCount): Grant | Refusal | Promise<Grant | Refusal>;
  admitted(grant: Grant, observed: ObservedQuota | undefined): void;
  settle(grant: Grant, settlement: Settlement): SettledChange | Promise<SettledChange>;
  peek(target: QuotaTarget): TargetState;
  close(): Promise<void>;
}

/** What a grant contains for its settlement. */
interface Held {
  /** When the attempt was granted, by the server's clock; `undefined` when the store was not asked. */
  readonly atMs: number | undefined;
  readonly id: string;
  readonly poured: string;
  /** The entry of the attempt in the books of this process. */
  readonly local: Grant | undefined;
  /** What the books of the store contained at that time. */
  readonly books?: { readonly booked: number; readonly upTo: number };
  /** The entry of an attempt that used the lease. */
  readonly use?: LeaseUse;
  /** The entry of an attempt that used the local share, because the store did not answer. */
  readonly entry?: OwnEntry;
}

/** An attempt that waits for the store. */
interface Waiting extends Counted {
  readonly resolve: (answer: Grant | Refusal) => void;
  readonly reject: (error: unknown) => void;
}

/** The most attempts in one question. */
const mostAtOnce = 64;

/** A refusal also holds for larger amounts, but only for this time: something may be given back. */
const refusalHoldsMs = 1_000;

export function targetStore(
  context: StoreContext,
  { memory, own }: { readonly memory: StoreMemory; readonly own: OwnBooks },
): TargetStore {
  const { now, degrade } = context;
  const lease = createLease();
  const waiting: Waiting[] = [];
  let target: QuotaTarget | undefined;
  let refused: { readonly refusal: Refusal; readonly amount: number; readonly untilMs: number } | undefined;
  let saidLimits = '';
  let okSinceReport = 0;
  let isAsking = false;
  let isRenewalDue = false;
  const exchange = storeExchange(context, {
    memory,
    lease,
    renew: () => {
      isRenewalDue = true;
      void askForAll();
    },
  });

  const hasWindows = (of: QuotaTarget): boolean => degrade !== 'open' && !of.provisioned;
  const keepsToShare = (of: QuotaTarget): boolean => hasWindows(of) && memory.keepsToShare(now());

  function reserve(of: QuotaTarget, tokens: TokenCount): Grant | Refusal | Promise<Grant | Refusal> {
    target = of;
    const nowMs = now();
    const parkedUntilMs = exchange.state()?.parkedUntilMs ?? 0;
    // A parked target stays parked: the store need not be asked.
    if (parkedUntilMs > nowMs) return { ok: false, reason: 'parked', retryAtMs: parkedUntilMs };
    const amount = Math.ceil(tokens.input + tokens.output);
    const use = lease.take(amount, nowMs);
    if (use !== undefined) {
      lease.note(amount, nowMs);
      memory.passedBy();
      const atMs = memory.serverMs(nowMs) ?? nowMs;
      const held: Held = { atMs, id: '', poured: '0', local: own.take(of, tokens), use };
      return { ok: true, target: of, tokens, probe: false, lease: held };
    }
    if (keepsToShare(of) && !context.isDown()) {
      const early = memory.refuses(amount, nowMs);
      if (early !== undefined) return early;
    }
    if (refused !== undefined && amount >= refused.amount && nowMs < refused.untilMs) return refused.refusal;
    return new Promise((resolve, reject) => {
      waiting.push({ tokens, amount, resolve, reject });
      void askForAll();
    });
  }

  /** Sends one question at a time: attempts that arrive meanwhile go into the next one. */
  async function askForAll(): Promise<void> {
    if (isAsking) return;
    isAsking = true;
    while (target !== undefined && (waiting.length > 0 || isRenewalDue)) {
      isRenewalDue = false;
      const batch = waiting.splice(0, keepsToShare(target) ? 1 : mostAtOnce);
      waiting.unshift(...(await ask(target, batch)));
    }
    isAsking = false;
  }

  /** Asks for a batch of attempts. Returns those that must be asked for again. */
  async function ask(of: QuotaTarget, batch: readonly Waiting[]): Promise<Waiting[]> {
    const id = crypto.randomUUID();
    const takesLease = !keepsToShare(of);
    let answer: Answer<'reserve'>;
    try {
      answer = await exchange.ask(of, { id, attempts: batch, takesLease });
    } catch (cause) {
      for (const each of batch) goOnAlone(of, each, cause);
      return [];
    }
    const granted = Number(answer.granted);
    for (const each of batch.slice(0, granted)) each.resolve(grantedBy(of, each, { answer, id }));
    refused = undefined;
    const [first, ...others] = batch;
    if (first === undefined || granted > 0) return batch.slice(granted);
    const refusal = refusedBy(answer);
    const isFull = refusal.reason === 'tokens' || refusal.reason === 'requests';
    first.resolve(refusal);
    if (isFull) {
      const untilMs = Math.min(refusal.retryAtMs, now() + refusalHoldsMs);
      refused = { refusal, amount: first.amount, untilMs };
    }
    const smaller = others.filter((each) => isFull && each.amount < first.amount);
    for (const each of others) if (!smaller.includes(each)) each.resolve(refusal);
    return smaller;
  }

  function refusedBy({ reason, waitMs }: Answer<'reserve'>): Refusal {
    const retryAtMs = Number(waitMs) < 0 ? Infinity : now() + Number(waitMs);
    return { ok: false, reason: reason as RefusalReason, retryAtMs };
  }

  function grantedBy(
    of: QuotaTarget,
    { tokens, amount }: Waiting,
    { answer, id }: { answer: Answer<'reserve'>; id: string },
  ): Grant | Refusal {
    lease.note(amount, now());
    const { poured, serverMs, probe } = answer;
    const books = { booked: Number(answer.booked), upTo: Number(answer.upTo) };
    const held: Held = { atMs: Number(serverMs), id, poured, local: own.take(of, tokens), books };
    const grant: Grant = { ok: true, target: of, tokens, probe: probe === '1', lease: held };
    if (!keepsToShare(of)) return grant;
    // The store answers again, but does not know yet what other replicas have used without it.
    const late = memory.refuses(amount, now());
    if (late === undefined) memory.take(amount, now(), true);
    else void settle(grant, { result: 'cancelled', counted: false });
    return late ?? grant;
  }

  function goOnAlone(of: QuotaTarget, { tokens, amount, resolve, reject }: Waiting, cause: unknown): void {
    if (degrade === 'closed') {
      reject(new QuotaStoreError({ store: context.prefix, cause }));
      return;
    }
    const full = hasWindows(of) ? memory.refuses(amount, now()) : undefined;
    const taken = full ?? own.reserve(of, tokens);
    if (!taken.ok) {
      resolve(taken);
      return;
    }
    const entry = memory.take(amount, now(), false);
    const held: Held = { atMs: undefined, id: '', poured: '0', local: taken, entry };
    resolve({ ...taken, target: of, lease: held });
  }

  function admitted(grant: Grant, observed: ObservedQuota | undefined): void {
    const { local, books } = grant.lease as Held;
    if (local !== undefined) own.admitted(local, observed);
    const { limitTokens, remainingTokens } = observed ?? {};
    // A zero in an answer is more often wrong than right (MS Q&A 5625878).
    if (books === undefined || limitTokens === undefined || (remainingTokens ?? 0) === 0) return;
    exchange.serviceCounted({ ...books, tokens: Math.max(0, limitTokens - (remainingTokens ?? 0)) });
  }

  function settle(grant: Grant, settlement: Settlement): SettledChange | Promise<SettledChange> {
    const held = grant.lease as Held;
    const { result, counted = true, observed } = settlement;
    if (result === 'ok') admitted(grant, observed);
    const change = held.local === undefined ? {} : own.settle(held.local, settlement);
    const amount = Math.ceil(grant.tokens.input + grant.tokens.output);
    if (!counted || result === 'throttled') giveBack(held, { tokens: amount, calls: counted ? 0 : 1 });
    if (held.atMs === undefined) return change;
    if (mustReport(grant, settlement)) return settleInStore(grant, settlement, change);
    if (result === 'ok') okSinceReport += 1;
    return context.isDown() ? change : {};
  }

  function giveBack({ use, entry }: Held, back: { readonly tokens: number; readonly calls: number }): void {
    refused = undefined;
    if (use !== undefined) exchange.giveBack(use, back);
    if (entry === undefined || entry.isInReport) return;
    entry.tokens -= back.tokens;
    entry.calls -= back.calls;
  }

  /** Most attempts end like all before them. Their end is reported with the next question about the target. */
  function mustReport(
    { target: of, probe, lease: held }: Grant,
    { result, counted = true, parkUntilMs, observed }: Settlement,
  ): boolean {
    if (of.provisioned || probe || parkUntilMs !== undefined) return true;
    if (result === 'failed' || result === 'throttled') return true;
    if (result === 'ok' && (exchange.state()?.attempts ?? 0) > 0) return true;
    if (!counted && (held as Held).use === undefined) return true;
    const said = limitsOf(observed);
    return said !== undefined && said !== saidLimits;
  }

  /** The limits in an answer, and the books for which they were last reported. */
  function limitsOf({ limitTokens, limitRequests }: ObservedQuota = {}): string | undefined {
    if (limitTokens === undefined && limitRequests === undefined) return undefined;
    return `${exchange.epoch()} ${limitTokens ?? ''} ${limitRequests ?? ''}`;
  }

  async function settleInStore(
    grant: Grant,
    settlement: Settlement,
    change: SettledChange,
  ): Promise<SettledChange> {
    const { atMs = 0, id, poured, use } = grant.lease as Held;
    const okBefore = Math.min(okSinceReport, grant.target.circuit.window);
    okSinceReport = 0;
    saidLimits = limitsOf(settlement.observed) ?? saidLimits;
    const reserved = { atMs, id, poured, isLeased: use !== undefined, okBefore };
    try {
      const answer = await exchange.settle(
        grant.target,
        settleQuestion(grant, settlement, { ...reserved, nowMs: now() }),
      );
      const [nowMs, openedMs, parkedMs] = [now(), Number(answer.openedMs), Number(answer.newlyParkedMs)];
      return {
        ...(openedMs < 0 ? undefined : { circuitOpened: { untilMs: nowMs + openedMs } }),
        ...(answer.closed === '1' ? { circuitClosed: true } : undefined),
        ...(parkedMs < 0 ? undefined : { parked: { untilMs: nowMs + parkedMs } }),
      };
    } catch {
      // The reservation leaves the shared books by itself, and the books of this process have recorded the end.
      return change;
    }
  }

  function peek(of: QuotaTarget): TargetState {
    const nowMs = now();
    const state = exchange.state();
    if (context.isDown() || state === undefined) {
      return hasWindows(of) ? { ...own.peek(of), free: memory.free(nowMs) } : own.peek(of);
    }
    return {
      ...state,
      parkedUntilMs: state.parkedUntilMs > nowMs ? state.parkedUntilMs : 0,
      openUntilMs: state.openUntilMs > nowMs ? state.openUntilMs : 0,
    };
  }

  async function close(): Promise<void> {
    exchange.stop();
    if (target === undefined || context.isDown() || exchange.state() === undefined) return;
    const leaving = { id: '', attempts: [], takesLease: false, isLeaving: true };
    await exchange.ask(target, leaving).catch(() => undefined);
  }

  return { reserve, admitted, settle, peek, close };
}
