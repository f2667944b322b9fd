import { latencyBook } from './latency-book.ts';
import type { LatencyBook } from './latency-book.ts';
import { loadEffect } from './load-effect.ts';
import type { LoadEffect } from './load-effect.ts';
import type { Neglected } from './looks.ts';
import { shortestLookMs } from './looks.ts';
import type { Observation } from './newest.ts';
import { refusals } from './refusals.ts';
import type { Refusals } from './refusals.ts';
import type { SizeEffect } from './size-effect.ts';
import { slowCalls } from './slow-calls.ts';
import type { SlowCallRules, SlowCalls } from './slow-calls.ts';
import type { Target } from '../route/target.ts';

/** What a client has learned of one target, for the choice between targets. */
export interface TargetBook {
  readonly target: Target;
  readonly kinds: Map<string, KindBook>;
  readonly slow: SlowCalls;
  readonly refusals: Refusals;
  /** Attempts that were sent and are not over. A stream is over when it has been read. */
  inFlight: number;
  /** Those of them that have no answer yet. */
  unanswered: number;
  /** How many attempts usually had no answer when another one was sent: the learned times belong to this load. */
  usualUnanswered: number;
  /** Calls that it has answered. */
  answered: number;
}

/** One kind of call at one target. */
export interface KindBook extends Neglected {
  readonly latency: LatencyBook;
  readonly size: SizeEffect;
  readonly load: LoadEffect;
  /** Attempts without an answer so far, the oldest first. */
  readonly waiting: Set<Waiting>;
  /** An attempt without an answer after this time is late. */
  lateMs: number;
}

/** An attempt that has no answer yet. */
export interface Waiting {
  /** Number of the attempt among all attempts of the client. */
  readonly order: number;
  readonly startedMs: number;
}

/** How many calls under way are checked for being late, the oldest first. */
const mostAsked = 8;

export function targetBook(target: Target, rules: SlowCallRules | undefined): TargetBook {
  return {
    target,
    kinds: new Map(),
    slow: slowCalls(rules),
    refusals: refusals(target.quota.circuit),
    inFlight: 0,
    unanswered: 0,
    usualUnanswered: 1,
    answered: 0,
  };
}

export function kindBook(size: SizeEffect): KindBook {
  return {
    latency: latencyBook(),
    size,
    load: loadEffect(),
    waiting: new Set(),
    lateMs: Infinity,
    sentAtMs: Number.NEGATIVE_INFINITY,
    lookEveryMs: shortestLookMs,
  };
}

/** Attempts that are late, each with the logarithm of its time so far. */
export function overdue({ waiting, lateMs }: KindBook, nowMs: number): readonly Observation<number>[] {
  let late: Observation<number>[] | undefined;
  let asked = 0;
  for (const { order, startedMs } of waiting) {
    if ((asked += 1) > mostAsked) break;
    const tookMs = nowMs - startedMs;
    if (tookMs > lateMs) (late ??= []).push({ order, value: Math.log(tookMs) });
  }
  return late ?? nothingLate;
}

const nothingLate: readonly Observation<number>[] = [];

/** How long the oldest call has been without an answer. */
export function oldestMs({ waiting }: KindBook, nowMs: number): number {
  for (const { startedMs } of waiting) return nowMs - startedMs;
  return 0;
}

/** Adds the time of an answer, or of an attempt that ended without one. */
export function addTime(book: KindBook, answer: Observation<number>, ms: number): void {
  const { latency } = book;
  latency.add(answer, ms);
  book.lateMs = Math.exp(latency.expected([]) + Math.max(leastLate, lateDeviations * latency.deviation));
}

/** An answer is late when it takes two and a half times as long as expected, or more where times vary more. */
const leastLate = 0.9;
const lateDeviations = 2.25;
