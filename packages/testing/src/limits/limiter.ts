import type { Deployment } from '@aoai/config';
import type { Clock } from '../clock.ts';
import { readHeaders } from '../service/header-lines.ts';
import type { Admission, QuotaUse, Tokens } from './admission.ts';
import { createMeter } from './meter.ts';
import type { HeaderEra } from './rate-limit-headers.ts';

/** The quota of one deployment. */
export interface Limiter {
  /** Decides about one request, on the estimate, when it arrives. */
  admit(estimate: Tokens): Admission;
  use(): QuotaUse;
}

export interface LimiterOptions {
  /** The generation of headers. @default '2026' */
  readonly headerEra?: HeaderEra;
}

/** The limiter of a deployment: tokens and calls per minute, utilisation, or neither. */
export function createLimiter(
  deployment: Pick<Deployment, 'deployment' | 'model' | 'limits'>,
  clock: Clock,
  { headerEra = '2026' }: LimiterOptions = {},
): Limiter {
  const meter = createMeter(deployment, clock, headerEra);
  return {
    admit(estimate) {
      const { lines, ...decision } = meter.admit(estimate);
      return { ...decision, headers: Object.fromEntries(readHeaders(lines)) };
    },
    use: meter.use,
  };
}
