import type { Citation, Draft, DraftUsage } from '../answer/draft.ts';
import type { FilterResults } from '../filters/filter-results.ts';
import type { RecordedRequest } from '../journal/recorded-request.ts';
import type { Fault } from './fault.ts';

/** A call of a tool that the model makes. */
export interface ScriptedToolCall {
  /** @default drawn from the seed */
  readonly id?: string;
  readonly name: string;
  /** JSON text, or the value that it stands for. */
  readonly arguments: unknown;
}

/** An answer in parts. The operation that was called writes it in its own shape. */
export interface ReplyParts {
  /** What the model says. */
  readonly text?: string;
  /** What the model says as JSON: the answer of a structured output. */
  readonly json?: unknown;
  /** What the model says, in the pieces in which a stream delivers it. */
  readonly chunks?: readonly string[];
  readonly toolCalls?: readonly ScriptedToolCall[];
  readonly refusal?: string;
  /** Summary of the reasoning, where the operation shows one. */
  readonly reasoning?: string;
  /** @default derived from the rest */
  readonly finishReason?: 'stop' | 'length' | 'tool_calls' | 'content_filter';
  readonly usage?: DraftUsage;
  /** Verdicts on the answer, over the usual ones: `{ hate: { filtered: true, severity: 'high' } }` cuts it. */
  readonly contentFilter?: FilterResults;
  /** Verdicts on the prompt, over the usual ones. One that is `filtered` blocks it. */
  readonly promptFilter?: FilterResults;
  /** Sources that an answer from the caller's own data cites. */
  readonly citations?: readonly Citation[];
}

/** An answer, a fault, or what makes one out of the request. */
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

/** Refuses parts that nobody reads: a misspelt one would otherwise vanish. */
export function checkReply(reply: unknown): void {
  if (typeof reply === 'string' || typeof reply === 'function') return;
  if (typeof reply !== 'object' || reply === null) {
    throw new TypeError(
      `Cannot script a reply: got ${String(reply)}. Give a text, parts, a fault or a function.`,
    );
  }
  if ('intervention' in reply) return;
  const strange = Object.keys(reply).find((name) => !known.has(name));
  if (strange === undefined) return;
  throw new TypeError(
    `Cannot script a reply: \`${strange}\` is not part of one. Use ${[...known].map((name) => `\`${name}\``).join(', ')}, or \`json\` for an object of your own.`,
  );
}
