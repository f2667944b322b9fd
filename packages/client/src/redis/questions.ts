import type { Grant, QuotaTarget, Settlement, TokenCount } from '../quota/quota.ts';
import { capacityOf, weighedTokens } from '../quota/weighed-tokens.ts';
import { perTenSeconds } from '../quota/window-lengths.ts';
import type { Question } from './protocol.ts';

/** The tokens of an attempt as the store counts them. */
export interface Counted {
  readonly tokens: TokenCount;
  /** All tokens of the attempt, as a whole number. */
  readonly amount: number;
}

/** The fields about the target, for both scripts. */
function factsOf(
  target: QuotaTarget,
): Pick<Question<'reserve'>, 'tokenLimit' | 'requestLimit' | 'provisioned' | 'capacity'> {
  return {
    tokenLimit: target.limits.tpm,
    requestLimit: perTenSeconds(target.limits.rpm),
    provisioned: target.provisioned,
    capacity: capacityOf(target),
  };
}

/** The fields of `reserve` that describe the target and its limits. */
export function attemptsQuestion(
  target: QuotaTarget,
  attempts: readonly Counted[],
): Pick<Question<'reserve'>, 'attempts' | 'tokenLimit' | 'requestLimit' | 'provisioned' | 'capacity'> {
  return {
    ...factsOf(target),
    attempts: attempts
      .map(({ amount, tokens }) => `${amount}:${Math.ceil(weighedTokens(target, tokens))}`)
      .join(','),
  };
}

/** What the store needs to know of an attempt besides its grant. */
interface Reserved {
  readonly atMs: number;
  readonly id: string;
  readonly poured: string;
  /** Whether the attempt used a lease: its tokens are then given back by a report, not by this question. */
  readonly isLeased: boolean;
  readonly okBefore: number;
}

/** The question of an attempt that has ended. */
export function settleQuestion(
  { target, tokens, probe }: Grant,
  { result, counted = true, parkUntilMs, observed, limitHit, tokens: used = tokens }: Settlement,
  { atMs, id, poured, isLeased, okBefore, nowMs }: Reserved & { readonly nowMs: number },
): Question<'settle'> {
  const countsTokens = counted && result !== 'throttled';
  const { circuit } = target;
  return {
    ...factsOf(target),
    reservedAtMs: atMs,
    reservedTokens: Math.ceil(tokens.input + tokens.output),
    reservedWeighed: Math.ceil(weighedTokens(target, tokens)),
    usedWeighed: countsTokens ? Math.ceil(weighedTokens(target, used)) : 0,
    countsTokens: countsTokens || isLeased,
    countsCall: counted || isLeased,
    pouredBefore: poured,
    probe,
    id,
    okBefore,
    result,
    parkMs: parkUntilMs === undefined ? undefined : Math.max(0, parkUntilMs - nowMs),
    saidTokenLimit: observed?.limitTokens,
    saidRequestLimit: perTenSeconds(observed?.limitRequests),
    utilisation: observed?.utilisation,
    limitHit,
    failures: Number.isFinite(circuit.failures) ? circuit.failures : 1e9,
    window: circuit.window,
    openMs: circuit.openMs,
    maxOpenMs: circuit.maxOpenMs,
  };
}
