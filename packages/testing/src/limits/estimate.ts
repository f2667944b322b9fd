import { estimatePrompt } from '@aoai/config';
import type { OperationRequest } from '../service/operation.ts';
import type { Tokens } from './admission.ts';

/** The estimate for the answer when the request sets no limit (microsoft/aoai-api-simulator). */
const withoutLimit = 16;

/**
 * The estimated cost of a request: its prompt, by the same estimate as the client, and the limit of its answer (the
 * service's own estimator is not public). An invalid limit is ignored: the request will be refused for it.
 */
export function estimateTokens(
  { body, raw }: Pick<OperationRequest, 'body' | 'raw'>,
  limit: unknown,
  answers: unknown = 1,
): Required<Pick<Tokens, 'tokens' | 'outputTokens'>> {
  const outputTokens = count(limit, withoutLimit) * count(answers, 1);
  return { tokens: promptTokens({ body, raw }) + outputTokens, outputTokens };
}

/** The estimate of a prompt alone. Counts characters, not bytes. */
export function promptTokens({ body, raw }: Pick<OperationRequest, 'body' | 'raw'>): number {
  return estimatePrompt(body, raw.toString('utf8').length);
}

function count(value: unknown, otherwise: number): number {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : otherwise;
}
