import type { OperationRequest } from '../service/operation.ts';
import type { Tokens } from './limiter.ts';

/** What the answer counts for where the request sets no limit (microsoft/aoai-api-simulator). */
const withoutLimit = 16;
/** Pictures, sound and files count for the tokens of a small picture, not for their bytes. */
const mediaCharacters = 85 * 4;
/** A body of up to this size is taken for text as it is: a picture does not fit. */
const plainBytes = 8_192;

/**
 * What a request may cost: the characters of its prompt over four, and as much as its answer may have (wire.md 7; the
 * service's own estimator is not public). A limit that is no count says nothing: the request is about to be refused
 * for it.
 */
export function estimateTokens(
  { body, raw }: Pick<OperationRequest, 'body' | 'raw'>,
  limit: unknown,
  answers: unknown = 1,
): Required<Pick<Tokens, 'tokens' | 'outputTokens'>> {
  const outputTokens = count(limit, withoutLimit) * count(answers, 1);
  const characters = raw.length <= plainBytes ? raw.length : charactersOf(body);
  return { tokens: Math.ceil(characters / 4) + outputTokens, outputTokens };
}

function count(value: unknown, otherwise: number): number {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : otherwise;
}

function charactersOf(value: unknown): number {
  if (typeof value === 'string') return value.startsWith('data:') ? mediaCharacters : value.length;
  if (typeof value === 'number') return String(value).length;
  if (typeof value !== 'object' || value === null) return 0;
  // Sound comes as base64 without a scheme: `input_audio: { data, format }`.
  if ('data' in value && 'format' in value && typeof value.data === 'string') return mediaCharacters;
  let sum = 0;
  for (const part of Object.values(value)) sum += charactersOf(part);
  return sum;
}
