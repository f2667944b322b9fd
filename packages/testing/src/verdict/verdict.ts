import type { Entry } from '../journal/entry.ts';
import type { Finding } from './finding.ts';
import { misuse } from './misuse.ts';
import { repetition } from './repetition.ts';

export interface VerdictOptions {
  /** How much faster the time of the mock runs. Hints are in the time of the callers. @default 1 */
  readonly timeScale?: number;
  /** Whether API keys are forbidden. @default false */
  readonly keysForbidden?: boolean;
}

/** All mistakes of the callers, in the order of arrival. A good test has none. */
export function verdict(
  exchanges: readonly Entry[],
  { timeScale = 1, keysForbidden = false }: VerdictOptions = {},
): readonly Finding[] {
  return exchanges.flatMap((exchange, index) =>
    findingsOf(exchange, exchanges.slice(0, index), { timeScale, keysForbidden }),
  );
}

/** Mistakes in one exchange, given the ones before it. */
export function findingsOf(
  exchange: Entry,
  earlier: readonly Entry[],
  { timeScale = 1, keysForbidden = false }: VerdictOptions = {},
): readonly Finding[] {
  return [...misuse(exchange, { keysForbidden }), ...repetition(exchange, earlier, timeScale)];
}
