import { estimatePrompt } from '@aoai/config';
import type { OperationRequest } from '../service/operation.ts';
import type { Tokens } from './admission.ts';

/** What the answer counts for where the request sets no limit (microsoft/aoai-api-simulator). */
const withoutLimit = 16;

/**
 * What a request may cost: its prompt by the estimate that the client makes, too, and as much as its answer may have (the
 * service's own estimator is not public). A limit that is no count says nothing: the request is about to be refused
 * for it.
 */
export function estimateTokens(
  { body, raw }: Pick<OperationRequest, 'body' | 'raw'>,
  limit: unknown,
  answers: unknown = 1,
): Required<Pick<Tokens, 'tokens' | 'outputTokens'>> {
  const outputTokens = count(limit, withoutLimit) * count(answers, 1);
  return { tokens: promptTokens({ body, raw }) + outputTokens, outputTokens };
}

/** The estimate of a prompt alone. A character counts, however many bytes it has. */
export function promptTokens({ body, raw }: Pick<OperationRequest, 'body' | 'raw'>): number {
  return estimatePrompt(body, raw.toString('utf8').length);
}

function count(value: unknown, otherwise: number): number {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : otherwise;
}
