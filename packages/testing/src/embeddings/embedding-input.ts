import { countTokens } from '../answer/tokens.ts';
import { invalidRequest } from '../service/envelopes.ts';
import { refuse } from '../service/parameter.ts';
import { Refusal } from '../service/refusal.ts';

/** One text to embed: as it is, or as token ids. */
export type EmbeddingInput = string | readonly number[];

/**
 * Reads `input`: a text, a list of texts, a list of token ids, or a list of such lists. A text alone may be empty, one in
 * a list may not (Azure-Samples/azure-search-openai-demo#1134); LangChain for Python relies on that.
 */
export function readInputs(input: unknown): EmbeddingInput[] {
  if (typeof input === 'string') return [input];
  if (!Array.isArray(input) || input.length === 0) throw invalid();
  if (input.every(isToken)) return [input];
  if (input.length > maximumInputs) {
    const message = `Invalid 'input': array too long. Expected an array with maximum length ${maximumInputs}, but got an array with length ${input.length} instead.`;
    throw refuse(message, 'input', 'array_above_max_length');
  }
  return input.map(checked);
}

/** The service's limit for one request. */
const maximumInputs = 2048;

function checked(value: unknown): EmbeddingInput {
  if (typeof value === 'string' && value !== '') return value;
  if (Array.isArray(value) && value.length > 0 && value.every(isToken)) return value;
  throw invalid();
}

function isToken(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0;
}

function invalid(): Refusal {
  return new Refusal(
    invalidRequest(
      "'$.input' is invalid. Please check the API reference: https://platform.openai.com/docs/api-reference.",
    ),
  );
}

/** How many tokens an input has. */
export function tokensOf(input: EmbeddingInput): number {
  return typeof input === 'string' ? countTokens(input) : input.length;
}

/** Refuses an input that is too long for the model. */
export function checkLength(tokens: number, limit: number): void {
  if (tokens <= limit) return;
  throw new Refusal(
    invalidRequest(
      `This model's maximum context length is ${limit} tokens, however you requested ${tokens} tokens (${tokens} in your prompt; 0 for the completion). Please reduce your prompt; or completion length.`,
    ),
  );
}
