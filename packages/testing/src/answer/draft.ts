import type { FilterResults } from '../filters/filter-results.ts';

/** A call of a tool. `arguments` is JSON text for a function, free text for a custom tool. */
export interface ToolCall {
  /** @default one that the seed decides */
  readonly id?: string;
  readonly name: string;
  readonly arguments: string;
  /** @default 'function' */
  readonly kind?: 'function' | 'custom';
}

/** Tokens that an answer claims to have used. What is not given is estimated. */
export interface DraftUsage {
  readonly promptTokens?: number;
  /** With the reasoning. */
  readonly completionTokens?: number;
  readonly cachedTokens?: number;
  readonly reasoningTokens?: number;
}

/** A source that an answer cites (On Your Data). */
export interface Citation {
  readonly content: string;
  readonly title?: string | null;
  readonly url?: string | null;
  readonly filepath?: string | null;
  readonly chunk_id?: string | null;
  readonly rerank_score?: number;
}

/** An answer before an operation writes it in its own format, generated or scripted. */
export interface Draft {
  /** @default '' */
  readonly content?: string;
  /** `content` in the pieces in which a stream delivers it. @default decided by the operation */
  readonly chunks?: readonly string[];
  readonly refusal?: string;
  readonly toolCalls?: readonly ToolCall[];
  /** Summary of the reasoning, where the operation shows one. */
  readonly reasoning?: string;
  /** @default derived from the rest */
  readonly finishReason?: 'stop' | 'length' | 'tool_calls' | 'content_filter';
  /** Verdicts on the prompt, merged over the usual ones. One that is `filtered` blocks the prompt. */
  readonly promptFilter?: FilterResults;
  /** Verdicts on the answer, merged over the usual ones. One that is `filtered` cuts the answer. */
  readonly contentFilter?: FilterResults;
  readonly citations?: readonly Citation[];
  readonly usage?: DraftUsage;
}
