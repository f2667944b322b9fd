import type { Tokens } from '../limits/admission.ts';
import type { Admission } from './service.ts';
import type { WireResponse } from './wire-response.ts';

const nothing: Tokens = { tokens: 0 };

/** Corrects what was estimated for a request by what it has cost. An error has cost nothing. */
export function settle(admission: Admission | undefined, { usedTokens, status }: WireResponse): void {
  const used = usedTokens ?? (status >= 400 ? nothing : undefined);
  if (used !== undefined) admission?.settle?.(used);
}
