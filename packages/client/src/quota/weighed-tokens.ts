import { usualThroughput } from '@aoai/config';
import type { QuotaTarget, TokenCount } from './quota.ts';

/** A little below 100 %: utilisation is reported in tenths of a percent, and the bucket drains this much in a moment. */
export const fullUtilisation = 0.998;

/** What tokens weigh in the bucket of a provisioned deployment: cached input is free, output weighs more than input. */
export function weighedTokens(
  { ptu }: Pick<QuotaTarget, 'ptu'>,
  { input, output, cachedInput = 0 }: TokenCount,
): number {
  return input - cachedInput + output * (ptu?.outputWeight ?? usualThroughput.outputWeight);
}

/** Weighed tokens a minute that fill the bucket of a provisioned deployment; `undefined` when the config does not say. */
export function capacityOf({ limits, ptu }: Pick<QuotaTarget, 'limits' | 'ptu'>): number | undefined {
  return limits.ptu === undefined || ptu === undefined ? undefined : limits.ptu * ptu.inputTpm;
}
