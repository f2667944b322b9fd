import type { Draft } from '../answer/draft.ts';
import { countTokens, splitTokens } from '../answer/tokens.ts';
import { record } from '../audio/recording.ts';
import type { Random } from '../random.ts';
import type { Item } from '../responses/items.ts';
import type { Dialect } from './session.ts';

type Event = Readonly<Record<string, unknown>> & { readonly type: string };

/** The form of an answer. */
export interface TurnOptions {
  readonly random: Random;
  readonly dialect: Dialect;
  readonly isSpoken: boolean;
  /** `null` for an answer that belongs to no conversation. */
  readonly conversation: string | null;
  /** The last item of the conversation. */
  readonly previous: string | null;
  readonly inputTokens: number;
  readonly metadata: unknown;
}

/** The events of one answer, and the items that it adds to the conversation. */
export function answerTurn(
  draft: Draft,
  options: TurnOptions,
): { readonly events: readonly Event[]; readonly items: readonly Item[] } {
  const { random, dialect } = options;
  const items = itemsOf(draft, options);
  const response = {
    id: random.id('resp_', 21),
    object: 'realtime.response',
    conversation_id: options.conversation,
    metadata: options.metadata,
  };
  const begun = { ...response, status: 'in_progress', status_details: null, output: [], usage: null };
  const events: Event[] = [{ type: 'response.created', response: begun }];
  let previous_item_id = options.previous;
  // What belongs to no conversation is not added to one.
  const inConversation = (event: Event): Event[] => (options.conversation === null ? [] : [event]);
  for (const [index, item] of items.entries()) {
    const place = { response_id: response.id, output_index: index };
    const empty = {
      ...item,
      status: 'in_progress',
      ...(item.type === 'message' ? { content: [] } : { arguments: '' }),
    };
    events.push({ type: 'response.output_item.added', ...place, item: empty });
    events.push(...inConversation({ type: added[dialect], previous_item_id, item: empty }));
    events.push(
      ...(item.type === 'message'
        ? messageEvents(draft.content ?? '', { ...place, item_id: item.id }, options)
        : callEvents(item, place)),
    );
    if (dialect === 'ga')
      events.push(...inConversation({ type: 'conversation.item.done', previous_item_id, item }));
    events.push({ type: 'response.output_item.done', ...place, item });
    previous_item_id = item.id;
  }
  const usage = usageOf(draft, options);
  events.push({
    type: 'response.done',
    response: { ...response, status: 'completed', status_details: null, output: items, usage },
  });
  return { events, items };
}

/** The events for a new item of the conversation. */
export const added: Readonly<Record<Dialect, string>> = {
  ga: 'conversation.item.added',
  preview: 'conversation.item.created',
};

function itemsOf(draft: Draft, { random, dialect, isSpoken }: TurnOptions): Item[] {
  const calls = (draft.toolCalls ?? []).map((call): Item => ({
    id: random.id('item_', 21),
    object: 'realtime.item',
    type: 'function_call',
    status: 'completed',
    name: call.name,
    call_id: call.id ?? random.id('call_', 21),
    arguments: call.arguments,
  }));
  if (calls.length > 0) return calls;
  const text = draft.content ?? '';
  const prefix = dialect === 'ga' ? 'output_' : '';
  const part = isSpoken ? { type: `${prefix}audio`, transcript: text } : { type: `${prefix}text`, text };
  return [
    {
      id: random.id('item_', 21),
      object: 'realtime.item',
      type: 'message',
      status: 'completed',
      role: 'assistant',
      content: [part],
    },
  ];
}

interface Place {
  readonly response_id: string;
  readonly output_index: number;
}

function messageEvents(
  text: string,
  at: Place & { readonly item_id: string },
  { dialect, isSpoken }: TurnOptions,
): Event[] {
  const place = { ...at, content_index: 0 };
  const name = (kind: string): string => `response.${dialect === 'ga' ? 'output_' : ''}${kind}`;
  const words = name(isSpoken ? 'audio_transcript' : 'text');
  const said = (written: string): object => (isSpoken ? { transcript: written } : { text: written });
  const part = (written: string): object => ({ type: isSpoken ? 'audio' : 'text', ...said(written) });
  const events: Event[] = [{ type: 'response.content_part.added', ...place, part: part('') }];
  for (const delta of splitTokens(text)) events.push({ type: `${words}.delta`, ...place, delta });
  if (isSpoken) {
    for (const delta of spoken(text)) events.push({ type: `${name('audio')}.delta`, ...place, delta });
    events.push({ type: `${name('audio')}.done`, ...place });
  }
  events.push({ type: `${words}.done`, ...place, ...said(text) });
  events.push({ type: 'response.content_part.done', ...place, part: part(text) });
  return events;
}

const pieceBytes = 24_000;

/** The sound of a text, half a second in each piece. */
function spoken(text: string): string[] {
  const { bytes } = record(text, 'pcm');
  return Array.from({ length: Math.ceil(bytes.length / pieceBytes) }, (_, index) =>
    bytes.subarray(index * pieceBytes, (index + 1) * pieceBytes).toString('base64'),
  );
}

function callEvents(item: Item, at: Place): Event[] {
  const place = { ...at, item_id: item.id, call_id: item['call_id'] };
  const text = String(item['arguments']);
  return [
    ...splitTokens(text).map((delta): Event => ({
      type: 'response.function_call_arguments.delta',
      ...place,
      delta,
    })),
    { type: 'response.function_call_arguments.done', ...place, name: item['name'], arguments: text },
  ];
}

function usageOf(draft: Draft, { inputTokens, isSpoken }: TurnOptions): object {
  const calls = (draft.toolCalls ?? []).reduce((sum, call) => sum + countTokens(call.arguments) + 8, 0);
  const output = countTokens(draft.content ?? '') + calls;
  const audio = isSpoken ? output * 4 : 0;
  return {
    total_tokens: inputTokens + output + audio,
    input_tokens: inputTokens,
    output_tokens: output + audio,
    input_token_details: { text_tokens: inputTokens, audio_tokens: 0, image_tokens: 0, cached_tokens: 0 },
    output_token_details: { text_tokens: output, audio_tokens: audio },
  };
}
