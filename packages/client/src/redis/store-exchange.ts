import type { QuotaTarget, TargetState } from '../quota/quota.ts';
import type { Lease, LeaseUse } from './lease.ts';
import type { Answer, Question } from './protocol.ts';
import { attemptsQuestion } from './questions.ts';
import type { Counted } from './questions.ts';
import { newsFrom, stateFrom } from './store-answer.ts';
import type { StoreMemory } from './store-memory.ts';

/** What the targets of a store share. */
export interface StoreContext {
  readonly degrade: 'local-share' | 'open' | 'closed';
  readonly prefix: string;
  /** Id of this process in the shared books. */
  readonly replica: string;
  readonly timeoutMs: number;
  readonly probeMs: number;
  readonly now: () => number;
  /** Whether the store did not answer the last question. */
  isDown(): boolean;
  reserve(target: QuotaTarget, question: Question<'reserve'>): Promise<Answer<'reserve'>>;
  settle(target: QuotaTarget, question: Question<'settle'>): Promise<Answer<'settle'>>;
}

/** The usage that the service counted when it received an attempt, and that in the books when the attempt was granted. */
interface CountedByService {
  readonly tokens: number;
  readonly booked: number;
  /** All tokens that had ever been recorded. */
  readonly upTo: number;
}

/** What a question to the store is about. */
interface Asked {
  readonly id: string;
  readonly attempts: readonly Counted[];
  /** Whether a lease is wanted. */
  readonly takesLease: boolean;
  readonly isLeaving?: boolean;
}

/** Questions to the store about one target. Each reports the usage, applies the answer, and renews the lease. */
export interface StoreExchange {
  ask(target: QuotaTarget, asked: Asked): Promise<Answer<'reserve'>>;
  /** Reports the end of an attempt. */
  settle(target: QuotaTarget, question: Question<'settle'>): Promise<Answer<'settle'>>;
  /** The state of the target as the store said it last. */
  state(): TargetState | undefined;
  /** Records what the service counts, from the headers of an answer. */
  serviceCounted(seen: CountedByService): void;
  giveBack(use: LeaseUse, back: { readonly tokens: number; readonly calls: number }): void;
  /** Name of the books. */
  epoch(): string;
  /** Renews no further lease. */
  stop(): void;
}

/** The most answers of the service in one report. */
const mostCounted = 16;

/** The longest time before what is given back is reported. */
const giveBackMs = 250;

/** Part of a lease after which it is renewed: before it ends, so that no call waits. */
const renewAfter = 0.9;

/** `renew` is called shortly before a lease ends, and soon after something was given back. */
export function storeExchange(
  context: StoreContext,
  {
    memory,
    lease,
    renew,
  }: { readonly memory: StoreMemory; readonly lease: Lease; readonly renew: () => void },
): StoreExchange {
  const { now } = context;
  let state: TargetState | undefined;
  let counted: CountedByService[] = [];
  let epoch = '';
  let renewal: NodeJS.Timeout | undefined;
  let isStopped = false;

  async function ask(target: QuotaTarget, asked: Asked): Promise<Answer<'reserve'>> {
    const sentMs = now();
    const reports = [lease.report(sentMs), memory.report(sentMs)];
    const texts = reports.map(({ text }) => text).filter((text) => text !== '');
    // The report also gives the rest of the lease back to the store.
    lease.end();
    clearTimeout(renewal);
    renewal = undefined;
    const rates = asked.takesLease ? lease.rates(sentMs) : undefined;
    const question = {
      ...attemptsQuestion(target, asked.attempts),
      replica: context.replica,
      probeMs: context.probeMs,
      id: asked.id,
      report: texts.join(','),
      tokenRate: rates?.tokensPerSecond ?? 0,
      callRate: rates?.callsPerSecond ?? 0,
      counted: counted.map(({ tokens, booked, upTo }) => `${tokens}:${booked}:${upTo}`).join(','),
      isLeaving: asked.isLeaving ?? false,
    };
    try {
      const answer = await inTime(target, question, sentMs);
      for (const report of reports) report.end(true);
      hear(answer, sentMs);
      return answer;
    } catch (error) {
      for (const report of reports) report.end(false);
      memory.failed(now());
      throw error;
    }
  }

  async function inTime(
    target: QuotaTarget,
    question: Omit<Question<'reserve'>, 'waitedUntilMs'>,
    sentMs: number,
  ): Promise<Answer<'reserve'>> {
    const waitedUntilMs = memory.serverMs(sentMs + context.timeoutMs);
    const answer = await context.reserve(target, { ...question, waitedUntilMs });
    if (answer.outcome !== 'late') return answer;
    // The answer was in time by our clock and late by the server's: the server's clock was set. The next answer shows it.
    return context.reserve(target, { ...question, waitedUntilMs: undefined });
  }

  function hear(answer: Answer<'reserve'>, sentMs: number): void {
    const nowMs = now();
    state = stateFrom(answer, nowMs);
    memory.heard(newsFrom(answer, nowMs));
    counted = [];
    ({ epoch } = answer);
    const leaseMs = Number(answer.leaseMs);
    // The lease is counted by our clock from the moment of the question, so that it never ends later than on the server.
    const untilMs = sentMs + leaseMs;
    lease.renew({ tokens: Number(answer.leaseTokens), calls: Number(answer.leaseCalls), untilMs });
    // The store knows less than this replica: it may lease more than is free.
    const isTrusted = !memory.keepsToShare(nowMs);
    if (!isTrusted) lease.end();
    if (leaseMs > 0) renewAfterMs(isTrusted ? leaseMs * renewAfter : giveBackMs);
  }

  function renewAfterMs(ms: number): void {
    if (renewal !== undefined || isStopped) return;
    renewal = setTimeout(() => {
      renewal = undefined;
      if (!context.isDown()) renew();
    }, ms);
    // A process may exit while it has a lease: the lease ends by itself.
    renewal.unref();
  }

  return {
    ask,
    settle: async (target, question) => {
      const answer = await context.settle(target, question);
      state = stateFrom(answer, now());
      // From now on the store decides on each call, with the state that all replicas share.
      if (state.circuit !== 'closed' || state.attempts > 0) lease.end();
      return answer;
    },
    state: () => state,
    serviceCounted: (seen) => {
      if (counted.push(seen) > mostCounted) counted.shift();
    },
    giveBack: (use, back) => {
      lease.giveBack(use, back);
      renewAfterMs(giveBackMs);
    },
    epoch: () => epoch,
    stop: () => {
      isStopped = true;
      clearTimeout(renewal);
    },
  };
}
