import type { QuotaMirror } from './quota-mirror.ts';
import type { QuotaTarget } from './quota.ts';
import { utilisationMirror } from './utilisation-mirror.ts';
import { windowMirror } from './window-mirror.ts';

/** The mirror that a target needs: windows of tokens and requests, or a leaky bucket of utilisation. */
export function mirrorFor(target: QuotaTarget): QuotaMirror {
  return target.provisioned ? utilisationMirror(target) : windowMirror(target);
}
