import type { Grant, QuotaTarget, Settlement, TokenCount } from '../quota/quota.ts';
import { capacityOf, weighedTokens } from '../quota/weighed-tokens.ts';
import { perTenSeconds } from '../quota/window-lengths.ts';
import type { Question } from './protocol.ts';

/** An attempt as the store counts it. */
export interface Counted {
  readonly tokens: TokenCount;
  /** All of them, as whole tokens. */
  readonly amount: number;
}

/** What a target is, for both scripts. */
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

/** The part of `reserve` that says what is asked for. */
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

/** What the store needs to know of an attempt beside its grant. */
interface Reserved {
  readonly atMs: number;
  readonly id: string;
  readonly poured: string;
  /** It is given back by another way than this question. */
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
