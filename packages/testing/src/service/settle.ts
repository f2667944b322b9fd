import type { Tokens } from '../limits/admission.ts';
import type { Admission } from './service.ts';
import type { WireResponse } from './wire-response.ts';

const nothing: Tokens = { tokens: 0 };

/** Corrects the estimate for a request by its actual usage. An error uses nothing. */
export function settle(admission: Admission | undefined, { usedTokens, status }: WireResponse): void {
  const used = usedTokens ?? (status >= 400 ? nothing : undefined);
  if (used !== undefined) admission?.settle?.(used);
}
