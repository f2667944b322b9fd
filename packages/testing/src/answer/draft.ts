import type { Random } from '../random.ts';
import type { MockDeployment } from '../service/mock-deployment.ts';

/** What an answer is made from, whichever operation asked. */
export interface Question {
  readonly deployment: MockDeployment;
  readonly random: Random;
  /** The conversation in the order sent; the instructions of the Responses API come first, as `system`. */
  readonly messages: readonly QuestionMessage[];
  readonly tools: readonly QuestionTool[];
  /** `'auto'`, `'none'`, `'required'`, or the name of the one tool to call. @default 'auto' */
  readonly toolChoice: 'auto' | 'none' | 'required' | { readonly name: string };
  readonly parallelToolCalls: boolean;
  /** What the text must be. */
  readonly format: QuestionFormat;
  /** Which of `n` answers this is, from 0. */
  readonly index: number;
}

/** One message. `text` joins its text parts with newlines. */
export interface QuestionMessage {
  readonly role: 'system' | 'user' | 'assistant' | 'tool';
  readonly text: string;
  readonly images: number;
  readonly audio: number;
  readonly toolCalls: readonly ToolCall[];
  /** Of a tool's result: the call that it answers. */
  readonly toolCallId?: string;
}

/** A function that the model may call. */
export interface QuestionTool {
  readonly name: string;
  readonly description: string;
  /** JSON Schema of the arguments. */
  readonly parameters: unknown;
}

/** Plain text, any JSON object, or an object that obeys a schema. */
export type QuestionFormat =
  | { readonly kind: 'text' }
  | { readonly kind: 'json' }
  | { readonly kind: 'schema'; readonly schema: unknown };

/** A call of a tool. `arguments` is JSON text. */
export interface ToolCall {
  readonly id?: string;
  readonly name: string;
  readonly arguments: string;
}

/** Tokens that an answer claims to have used. */
export interface DraftUsage {
  readonly promptTokens?: number;
  readonly completionTokens?: number;
  readonly cachedTokens?: number;
  readonly reasoningTokens?: number;
}

/** An answer before an operation writes it in its own shape. */
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
  /** Filter verdicts by category, merged over the default ones: `{ hate: { filtered: true, severity: 'high' } }`. */
  readonly contentFilter?: Readonly<Record<string, unknown>>;
  readonly usage?: DraftUsage;
}

/** Answers a question. */
export type Drafter = (question: Question) => Draft;
