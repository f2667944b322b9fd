import type { Draft, ToolCall } from '../answer/draft.ts';
import { countTokens, splitTokens } from '../answer/tokens.ts';
import type { TokenLogprob } from '../chat/logprobs.ts';
import { logprobsOf } from '../chat/logprobs.ts';
import type { Random } from '../random.ts';
import { message, type Item } from './items.ts';
import type { IncompleteReason } from './response-object.ts';

/** How an answer is written as output items. */
export interface OutputOptions {
  readonly random: Random;
  /** Items after the reasoning: calls of hosted tools. */
  readonly leading: readonly Item[];
  /** Of the text. @default the citations of the draft */
  readonly annotations: readonly object[] | undefined;
  /** Tokens that the text and the calls may have. */
  readonly maxTokens: number;
  /** Reasoning tokens; `undefined` for a model without reasoning. */
  readonly reasoningTokens: number | undefined;
  readonly hasSummary: boolean;
  /** Encrypts the reasoning; `undefined` unless requested. */
  readonly encrypt: ((text: string) => string) | undefined;
  /** Alternatives for each token; `undefined` where no log probabilities were asked for. */
  readonly topLogprobs: number | undefined;
  /** The text of the answer ends here because a filter cut it. */
  readonly cutAt?: number;
}

/** The items of an answer, and why they are not all of it. */
export interface Output {
  readonly items: readonly Item[];
  readonly tokens: number;
  readonly reason: IncompleteReason | undefined;
}

/** Writes the output items of an answer: the reasoning first, then the calls or the message. */
export function writeOutput(draft: Draft, options: OutputOptions): Output {
  const items: Item[] = [];
  if (options.reasoningTokens !== undefined) items.push(reasoning(draft, options));
  items.push(...options.leading);
  if (options.maxTokens <= 0) return { items, tokens: 0, reason: 'max_output_tokens' };
  const calls = draft.toolCalls ?? [];
  let tokens = calls.reduce((sum, call) => sum + callTokens + countTokens(call.arguments), 0);
  const isTooLong = tokens + countTokens(draft.content ?? '') > options.maxTokens;
  const reason = reasonOf(draft, options.cutAt, isTooLong);
  if (draft.refusal !== undefined) {
    items.push(message(options.random, 'assistant', [{ type: 'refusal', refusal: draft.refusal }]));
    tokens += countTokens(draft.refusal);
  } else if ((draft.content ?? '') !== '' || calls.length === 0) {
    const pieces = splitTokens((draft.content ?? '').slice(0, options.cutAt)).slice(0, options.maxTokens);
    items.push(textMessage(pieces, { ...options, isWhole: reason === undefined }, draft));
    tokens += pieces.length;
  }
  items.push(...calls.map((call) => callItem(call, options.random)));
  return { items, tokens, reason };
}

/** The name of a call and the frame around it. */
const callTokens = 8;

function reasonOf(
  { finishReason }: Draft,
  cutAt: number | undefined,
  isTooLong: boolean,
): IncompleteReason | undefined {
  if (cutAt !== undefined) return 'content_filter';
  if (isTooLong || finishReason === 'length') return 'max_output_tokens';
  return finishReason === 'content_filter' ? finishReason : undefined;
}

function reasoning(draft: Draft, { random, hasSummary, encrypt }: OutputOptions): Item {
  const text =
    draft.reasoning ??
    '**Reading the request**\n\nI look for what is asked and for the sentences that answer it.';
  const isShown = hasSummary || draft.reasoning !== undefined;
  return {
    id: random.id('rs_', 50),
    type: 'reasoning',
    summary: isShown ? [{ type: 'summary_text', text }] : [],
    ...(encrypt && { encrypted_content: encrypt(text) }),
  };
}

function textMessage(
  pieces: readonly string[],
  { random, topLogprobs, isWhole, annotations: given }: OutputOptions & { readonly isWhole: boolean },
  draft: Draft,
): Item {
  const text = pieces.join('');
  const logprobs: readonly TokenLogprob[] = topLogprobs === undefined ? [] : logprobsOf(pieces, topLogprobs);
  const annotations =
    given ??
    (draft.citations ?? []).map(({ title, url }) => ({
      type: 'url_citation',
      start_index: 0,
      end_index: text.length,
      title: title ?? '',
      url: url ?? '',
    }));
  const item = message(random, 'assistant', [{ type: 'output_text', annotations, logprobs, text }]);
  return isWhole ? item : { ...item, status: 'incomplete' };
}

function callItem({ id, name, arguments: text, kind }: ToolCall, random: Random): Item {
  const call = id ?? random.id('call_', 24);
  if (kind === 'custom') {
    return {
      id: random.id('ctc_', 50),
      type: 'custom_tool_call',
      status: 'completed',
      call_id: call,
      input: text,
      name,
    };
  }
  return {
    id: random.id('fc_', 50),
    type: 'function_call',
    status: 'completed',
    arguments: text,
    call_id: call,
    name,
  };
}
