import { splitTokens } from '../answer/tokens.ts';
import { piecesOf } from '../chat/choice.ts';
import type { HeaderEra } from '../limits/rate-limit-headers.ts';
import type { Random } from '../random.ts';
import { done, frame } from '../service/wire-response.ts';
import { begunCall, callSteps } from './hosted-events.ts';
import type { Item } from './items.ts';
import { unfinished, type ResponseObject } from './response-object.ts';

type Event = Readonly<Record<string, unknown>> & { readonly type: string };

/**
 * The events of a stream that ends in `response`, in the service's order, as frames. Unlike OpenAI's own, Azure ends
 * with `[DONE]`.
 */
export function* writeEvents(
  response: ResponseObject,
  options: {
    readonly random: Random;
    readonly era: HeaderEra;
    readonly hasObfuscation: boolean;
    /** The pieces of the text. @default its tokens */
    readonly chunks?: readonly string[] | undefined;
  },
): Iterable<string> {
  // Recordings of 2025 name each event before its data, those of 2026 do not.
  const isNamed = options.era !== '2026';
  let sequence = 0;
  for (const event of events(response, options)) {
    const { type, ...rest } = event;
    yield `${isNamed ? `event: ${type}\n` : ''}${frame({ type, sequence_number: sequence++, ...rest })}`;
  }
  yield done;
}

function* events(
  response: ResponseObject,
  {
    random,
    hasObfuscation,
    chunks,
  }: {
    readonly random: Random;
    readonly hasObfuscation: boolean;
    readonly chunks?: readonly string[] | undefined;
  },
): Iterable<Event> {
  const isBackground = response['background'] === true;
  yield { type: 'response.created', response: unfinished(response, isBackground ? 'queued' : 'in_progress') };
  if (isBackground) yield { type: 'response.queued', response: unfinished(response, 'queued') };
  yield { type: 'response.in_progress', response: unfinished(response, 'in_progress') };
  const pad = (): object =>
    hasObfuscation ? { obfuscation: random.id('', 1 + Math.floor(random.next() * 16)) } : {};
  for (const [index, item] of response.output.entries()) yield* itemEvents(item, index, { pad, chunks });
  yield { type: `response.${response.status}`, response };
}

/** How the pieces of an item are written. */
interface Pieces {
  readonly pad: () => object;
  readonly chunks: readonly string[] | undefined;
}

function* itemEvents(item: Item, index: number, pieces: Pieces): Iterable<Event> {
  const { pad } = pieces;
  yield { type: 'response.output_item.added', output_index: index, item: begun(item) };
  const place = { item_id: item.id, output_index: index };
  if (item.type === 'message') yield* messageEvents(item, place, pieces);
  if (item.type === 'reasoning') yield* reasoningEvents(item, place, pad);
  if (item.type === 'function_call') {
    yield* callEvents(
      { type: 'response.function_call_arguments', member: 'arguments', text: String(item['arguments']) },
      place,
      pad,
    );
  }
  if (item.type === 'custom_tool_call') {
    yield* callEvents(
      { type: 'response.custom_tool_call_input', member: 'input', text: String(item['input']) },
      place,
      pad,
    );
  }
  for (const { type, ...rest } of callSteps(item, pad)) yield { type, ...place, ...rest };
  yield { type: 'response.output_item.done', output_index: index, item };
}

/** An item without its content yet. */
function begun(item: Item): Item {
  switch (item.type) {
    case 'message':
      return { ...item, status: 'in_progress', content: [] };
    case 'function_call':
      return { ...item, status: 'in_progress', arguments: '' };
    case 'custom_tool_call':
      return { ...item, status: 'in_progress', input: '' };
    case 'reasoning':
      return { ...item, summary: [] };
    default:
      return begunCall(item);
  }
}

interface Place {
  readonly item_id: string;
  readonly output_index: number;
}

interface Part {
  readonly type: string;
  readonly text?: string;
  readonly refusal?: string;
  readonly logprobs?: readonly unknown[];
  readonly annotations?: readonly unknown[];
}

function* messageEvents(item: Item, at: Place, { pad, chunks }: Pieces): Iterable<Event> {
  for (const [index, part] of (item['content'] as readonly Part[]).entries()) {
    const place = { ...at, content_index: index };
    const member = part.type === 'refusal' ? 'refusal' : 'text';
    const text = part[member] ?? '';
    const empty =
      part.type === 'refusal'
        ? { type: 'refusal', refusal: '' }
        : { type: 'output_text', annotations: [], logprobs: [], text: '' };
    const prefix = part.type === 'refusal' ? 'response.refusal' : 'response.output_text';
    yield { type: 'response.content_part.added', ...place, part: empty };
    // Log probabilities are those of tokens.
    const own = part.type === 'refusal' || part.logprobs?.[0] !== undefined ? undefined : chunks;
    for (const [number, delta] of piecesOf(own, text).entries()) {
      const logprob = part.logprobs?.[number];
      const logprobs = part.type === 'refusal' ? {} : { logprobs: logprob === undefined ? [] : [logprob] };
      yield { type: `${prefix}.delta`, ...place, delta, ...logprobs, ...pad() };
    }
    for (const [number, annotation] of (part.annotations ?? []).entries()) {
      yield { type: 'response.output_text.annotation.added', ...place, annotation, annotation_index: number };
    }
    yield {
      type: `${prefix}.done`,
      ...place,
      [member]: text,
      ...(member === 'text' && { logprobs: part.logprobs ?? [] }),
    };
    yield { type: 'response.content_part.done', ...place, part };
  }
}

function* reasoningEvents(item: Item, at: Place, pad: () => object): Iterable<Event> {
  for (const [index, part] of (item['summary'] as readonly { readonly text: string }[]).entries()) {
    const place = { ...at, summary_index: index };
    yield { type: 'response.reasoning_summary_part.added', ...place, part: { ...part, text: '' } };
    for (const delta of splitTokens(part.text))
      yield { type: 'response.reasoning_summary_text.delta', ...place, delta, ...pad() };
    yield { type: 'response.reasoning_summary_text.done', ...place, text: part.text };
    yield { type: 'response.reasoning_summary_part.done', ...place, part };
  }
}

function* callEvents(
  { type, member, text }: { readonly type: string; readonly member: string; readonly text: string },
  place: Place,
  pad: () => object,
): Iterable<Event> {
  for (const delta of splitTokens(text)) yield { type: `${type}.delta`, ...place, delta, ...pad() };
  yield { type: `${type}.done`, ...place, [member]: text };
}
