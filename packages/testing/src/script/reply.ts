import type { Citation, Draft, DraftUsage } from '../answer/draft.ts';
import type { FilterResults } from '../filters/filter-results.ts';
import type { RecordedRequest } from '../journal/recorded-request.ts';
import type { Fault } from './fault.ts';

/** A tool call of the model. */
export interface ScriptedToolCall {
  /** @default drawn from the seed */
  readonly id?: string;
  readonly name: string;
  /** JSON text, or a value to write as JSON. */
  readonly arguments: unknown;
}

/** An answer in parts, which the called operation writes in its own format. */
export interface ReplyParts {
  /** The text of the answer. */
  readonly text?: string;
  /** The answer as JSON, for structured outputs. */
  readonly json?: unknown;
  /** The answer in the pieces of a stream. */
  readonly chunks?: readonly string[];
  readonly toolCalls?: readonly ScriptedToolCall[];
  readonly refusal?: string;
  /** Summary of the reasoning, where the operation shows one. */
  readonly reasoning?: string;
  /** @default derived from the rest */
  readonly finishReason?: 'stop' | 'length' | 'tool_calls' | 'content_filter';
  readonly usage?: DraftUsage;
  /** Filter results for the answer, merged over the usual ones: `{ hate: { filtered: true, severity: 'high' } }` cuts it. */
  readonly contentFilter?: FilterResults;
  /** Filter results for the prompt, merged over the usual ones. A `filtered` one blocks it. */
  readonly promptFilter?: FilterResults;
  /** Sources that an answer from the caller's own data cites. */
  readonly citations?: readonly Citation[];
}

/** An answer, a fault, or a function that returns one for the request. */
export type Reply = string | ReplyParts | Fault | ((request: RecordedRequest) => Reply | Promise<Reply>);

const known: ReadonlySet<string> = new Set<keyof ReplyParts>([
  'text',
  'json',
  'chunks',
  'toolCalls',
  'refusal',
  'reasoning',
  'finishReason',
  'usage',
  'contentFilter',
  'promptFilter',
  'citations',
]);

const knownUsage: ReadonlySet<string> = new Set<keyof DraftUsage>([
  'promptTokens',
  'completionTokens',
  'cachedTokens',
  'reasoningTokens',
]);

/** The draft that an operation writes in its own shape. */
export function draftOf(reply: string | ReplyParts): Draft {
  if (typeof reply === 'string') return { content: reply };
  const { text, json, chunks, toolCalls, ...rest } = reply;
  const content = chunks?.join('') ?? text ?? (json === undefined ? undefined : JSON.stringify(json));
  return {
    ...rest,
    ...(content !== undefined && { content }),
    ...(chunks !== undefined && { chunks }),
    ...(toolCalls !== undefined && {
      toolCalls: toolCalls.map((call) => ({
        ...call,
        arguments: typeof call.arguments === 'string' ? call.arguments : JSON.stringify(call.arguments ?? {}),
      })),
    }),
  };
}

/** Refuses unknown parts: a misspelt one would otherwise be ignored. */
export function checkReply(reply: unknown): void {
  if (typeof reply === 'string' || typeof reply === 'function') return;
  if (typeof reply !== 'object' || reply === null) {
    throw new TypeError(
      `Cannot script a reply: got ${String(reply)}. Give a text, parts, a fault or a function.`,
    );
  }
  if ('intervention' in reply) return;
  const strange = strangeIn(reply, known);
  if (strange !== undefined) {
    throw new TypeError(
      `Cannot script a reply: \`${strange}\` is not part of one. Use ${listOf(known)}, or \`json\` for an object of your own.`,
    );
  }
  const { usage } = reply as { readonly usage?: object | null };
  const strangeUsage = strangeIn(usage ?? {}, knownUsage);
  if (strangeUsage !== undefined) {
    throw new TypeError(
      `Cannot script a reply: \`usage.${strangeUsage}\` is no number of tokens that the mock writes. Use ${listOf(knownUsage)}.`,
    );
  }
}

function strangeIn(value: object, names: ReadonlySet<string>): string | undefined {
  return Object.keys(value).find((name) => !names.has(name));
}

function listOf(names: ReadonlySet<string>): string {
  return [...names].map((name) => `\`${name}\``).join(', ');
}
