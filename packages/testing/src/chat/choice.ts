import type { Draft, ToolCall } from '../answer/draft.ts';
import { cut } from '../answer/cut.ts';
import { countTokens, splitTokens } from '../answer/tokens.ts';
import { isFiltered, type FilterResults } from '../filters/filter-results.ts';
import type { Random } from '../random.ts';
import type { Judgement } from '../filters/judge.ts';

/** Why an answer ended. */
type FinishReason = 'stop' | 'length' | 'tool_calls' | 'function_call' | 'content_filter';

/** One finished answer, ready to be written whole or in pieces. */
export interface Choice {
  readonly index: number;
  readonly content: string | null;
  /** The content in the pieces of a stream. */
  pieces(): readonly string[];
  readonly refusal: string | null;
  readonly toolCalls: readonly Required<ToolCall>[];
  readonly finishReason: FinishReason;
  readonly filter: FilterResults;
  /** Tokens that the reader sees. */
  readonly tokens: number;
}

/** Where an answer has to end. */
export interface Limits {
  readonly stop: readonly string[];
  readonly maxTokens: number;
}

/** Finishes a draft: cuts it at a stop sequence, the token limit or a filtered place. */
export function finishChoice(
  draft: Draft,
  context: {
    readonly index: number;
    readonly limits: Limits;
    readonly random: Random;
    readonly judge: (answer: string) => Judgement;
    /** Whether the request names the tool to call: such a call ends with `stop`. */
    readonly isForced?: boolean;
  },
): Choice {
  const { index, limits, random, judge, isForced = false } = context;
  const drafted = draft.toolCalls ?? [];
  const kept = cut({ text: draft.content ?? '', calls: drafted }, limits);
  const { results, matchAt } = judge(kept.text);
  // A script with `stop` plays a verdict that comes too late.
  const isCut = isFiltered(results) && draft.finishReason !== 'stop';
  // Text that was sent before the verdict stays.
  const content = isCut ? kept.text.slice(0, matchAt ?? cutPoint(kept.text)) : kept.text;
  const toolCalls = isCut
    ? []
    : kept.toolCalls.map((call, position): Required<ToolCall> => ({
        id: drafted[position]?.id ?? random.id('call_', 24),
        name: call.name,
        arguments: call.arguments,
        kind: drafted[position]?.kind ?? 'function',
      }));
  const said = content === '' && (toolCalls.length > 0 || draft.refusal !== undefined) ? null : content;
  return {
    index,
    content: said,
    pieces: () => piecesOf(draft.chunks, content),
    refusal: draft.refusal ?? null,
    toolCalls,
    finishReason: isCut
      ? 'content_filter'
      : kept.finish === 'length'
        ? 'length'
        : (draft.finishReason ?? (isForced ? 'stop' : kept.finish)),
    filter: results,
    tokens: isCut ? countTokens(content) : kept.tokens + countTokens(draft.refusal ?? ''),
  };
}

/** The pieces of `content` in a stream: a script's own, as far as the answer was not cut, or its tokens. */
export function piecesOf(chunks: readonly string[] | undefined, content: string): readonly string[] {
  if (chunks === undefined) return splitTokens(content);
  const pieces: string[] = [];
  let left = content.length;
  for (const chunk of chunks) {
    const piece = chunk.slice(0, left);
    left -= piece.length;
    if (piece !== '') pieces.push(piece);
  }
  return pieces;
}

/** Filters judge text in blocks: about half of it is sent before the verdict. */
function cutPoint(text: string): number {
  const half = Math.ceil(text.length / 2);
  // Never through the middle of a character.
  return /[\uD800-\uDBFF]/.test(text.charAt(half - 1)) ? half - 1 : half;
}
