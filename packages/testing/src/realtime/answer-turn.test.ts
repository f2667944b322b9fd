import { describe, expect, test } from 'vitest';
import type { Draft } from '../answer/draft.ts';
import { record } from '../audio/recording.ts';
import { createRandom } from '../random.ts';
import { answerTurn, type TurnOptions } from './answer-turn.ts';

type Json = Readonly<Record<string, unknown>>;

function turn(draft: Draft, more: Partial<TurnOptions> = {}) {
  const { events, items } = answerTurn(draft, {
    random: createRandom(1),
    dialect: 'ga',
    isSpoken: false,
    conversation: 'conv_1',
    previous: 'item_before',
    inputTokens: 7,
    metadata: null,
    ...more,
  });
  return { events: events as readonly Json[], items, types: events.map(({ type }) => type) };
}

const call = { name: 'find', arguments: '{"a":1}' };
const like = (id: RegExp) => expect.stringMatching(id) as string;

describe('the items of an answer', () => {
  const message = (part: object) => ({
    id: like(/^item_\w{21}$/),
    object: 'realtime.item',
    type: 'message',
    status: 'completed',
    role: 'assistant',
    content: [part],
  });
  const called = {
    id: like(/^item_\w{21}$/),
    object: 'realtime.item',
    type: 'function_call',
    status: 'completed',
    name: 'find',
    call_id: like(/^call_\w{21}$/),
    arguments: '{"a":1}',
  };

  test.each<[string, Draft, Partial<TurnOptions>, object[]]>([
    ['a text', { content: 'Hi' }, {}, [message({ type: 'output_text', text: 'Hi' })]],
    [
      'a spoken text',
      { content: 'Hi' },
      { isSpoken: true },
      [message({ type: 'output_audio', transcript: 'Hi' })],
    ],
    [
      'a text of the preview',
      { content: 'Hi' },
      { dialect: 'preview' },
      [message({ type: 'text', text: 'Hi' })],
    ],
    [
      'a spoken text of the preview',
      { content: 'Hi' },
      { dialect: 'preview', isSpoken: true },
      [message({ type: 'audio', transcript: 'Hi' })],
    ],
    ['no text', {}, {}, [message({ type: 'output_text', text: '' })]],
    [
      'calls',
      { toolCalls: [call, { ...call, id: 'call_1' }] },
      {},
      [called, { ...called, call_id: 'call_1' }],
    ],
    ['calls and no text', { content: '', toolCalls: [call] }, { isSpoken: true }, [called]],
  ])('%s', (_, draft, more, items) => {
    const { events, items: made } = turn(draft, more);
    expect(made).toEqual(items);
    expect(events.at(-1)).toMatchObject({ type: 'response.done', response: { output: items } });
  });
});

describe('the events of an answer', () => {
  test('begin with a response that is empty, and end with one that is whole', () => {
    const { events } = turn({ content: 'Hi' }, { metadata: { run: '7' } });
    const head = {
      id: like(/^resp_\w{21}$/),
      object: 'realtime.response',
      conversation_id: 'conv_1',
      metadata: { run: '7' },
      status_details: null,
    };
    expect(events[0]).toEqual({
      type: 'response.created',
      response: { ...head, status: 'in_progress', output: [], usage: null },
    });
    expect(events.at(-1)).toMatchObject({ response: { ...head, status: 'completed' } });
    const ids = events.flatMap(({ response_id: id }) => id ?? []);
    expect(new Set(ids)).toEqual(new Set([(events[0]?.['response'] as Json)['id']]));
  });

  test('tell a text in pieces', () => {
    const { events, items } = turn({ content: 'It is' });
    const [item] = items;
    const response_id = (events[0]?.['response'] as Json)['id'];
    const place = { response_id, output_index: 0, item_id: item?.id, content_index: 0 };
    const empty = { ...item, status: 'in_progress', content: [] };
    expect(events.slice(1, -1)).toEqual([
      { type: 'response.output_item.added', response_id, output_index: 0, item: empty },
      { type: 'conversation.item.added', previous_item_id: 'item_before', item: empty },
      { type: 'response.content_part.added', ...place, part: { type: 'text', text: '' } },
      { type: 'response.output_text.delta', ...place, delta: 'It' },
      { type: 'response.output_text.delta', ...place, delta: ' is' },
      { type: 'response.output_text.done', ...place, text: 'It is' },
      { type: 'response.content_part.done', ...place, part: { type: 'text', text: 'It is' } },
      { type: 'conversation.item.done', previous_item_id: 'item_before', item },
      { type: 'response.output_item.done', response_id, output_index: 0, item },
    ]);
  });

  test('tell a spoken text in pieces, and its sound in halves of a second', () => {
    const content = 'one two three four five';
    const { events } = turn({ content }, { isSpoken: true });
    const sound = events.filter(({ type }) => type === 'response.output_audio.delta');
    const pieces = sound.map(({ delta }) => Buffer.from(String(delta), 'base64'));
    expect(pieces.map(({ length }) => length)).toEqual([24_000, 24_000, 12_000]);
    expect(Buffer.concat(pieces).equals(record(content, 'pcm').bytes)).toBe(true);
    const told = events.filter((event) => 'content_index' in event && !sound.includes(event));
    expect(told.map(({ type, delta, transcript, part }) => [type, delta ?? transcript ?? part])).toEqual([
      ['response.content_part.added', { type: 'audio', transcript: '' }],
      ...['one', ' two', ' three', ' four', ' five'].map((delta) => [
        'response.output_audio_transcript.delta',
        delta,
      ]),
      ['response.output_audio.done', undefined],
      ['response.output_audio_transcript.done', content],
      ['response.content_part.done', { type: 'audio', transcript: content }],
    ]);
  });

  test('tell calls in pieces, one after the other', () => {
    const { events, items } = turn({ toolCalls: [{ ...call, arguments: 'a b' }, call] });
    const response_id = (events[0]?.['response'] as Json)['id'];
    const [item, other] = items;
    const place = { response_id, output_index: 0, item_id: item?.id, call_id: item?.['call_id'] };
    const delta = { type: 'response.function_call_arguments.delta', ...place };
    const empty = { ...item, status: 'in_progress', arguments: '' };
    expect(events.slice(1, 8)).toEqual([
      { type: 'response.output_item.added', response_id, output_index: 0, item: empty },
      { type: 'conversation.item.added', previous_item_id: 'item_before', item: empty },
      { ...delta, delta: 'a' },
      { ...delta, delta: ' b' },
      { type: 'response.function_call_arguments.done', ...place, name: 'find', arguments: 'a b' },
      { type: 'conversation.item.done', previous_item_id: 'item_before', item },
      { type: 'response.output_item.done', response_id, output_index: 0, item },
    ]);
    expect(events[9]).toMatchObject({
      type: 'conversation.item.added',
      previous_item_id: item?.id,
      item: { id: other?.id },
    });
    expect(events.at(-2)).toMatchObject({ type: 'response.output_item.done', output_index: 1, item: other });
  });

  test('of the preview have the names of the preview', () => {
    expect([...new Set(turn({ content: 'Hi' }, { dialect: 'preview', isSpoken: true }).types)]).toEqual([
      'response.created',
      'response.output_item.added',
      'conversation.item.created',
      'response.content_part.added',
      'response.audio_transcript.delta',
      'response.audio.delta',
      'response.audio.done',
      'response.audio_transcript.done',
      'response.content_part.done',
      'response.output_item.done',
      'response.done',
    ]);
    expect(turn({ content: 'Hi' }, { dialect: 'preview' }).types).toContain('response.text.delta');
  });

  test('of an answer that belongs to no conversation add nothing to one', () => {
    const { types, items } = turn({ content: 'Hi' }, { conversation: null });
    expect(items).toHaveLength(1);
    expect(types.filter((type) => type.startsWith('conversation.'))).toEqual([]);
  });
});

test.each<[string, Draft, boolean, [text: number, audio: number]]>([
  ['a text', { content: 'one two three' }, false, [3, 0]],
  ['a spoken text: four times as much again', { content: 'one two three' }, true, [3, 12]],
  ['calls: eight tokens and the arguments each', { toolCalls: [call, call] }, false, [26, 0]],
  ['nothing', {}, true, [0, 0]],
])('an answer costs what was read, and %s', (_, draft, spoken, [text, audio]) => {
  const { events } = turn(draft, { isSpoken: spoken });
  expect((events.at(-1)?.['response'] as Json)['usage']).toEqual({
    total_tokens: 7 + text + audio,
    input_tokens: 7,
    output_tokens: text + audio,
    input_token_details: { text_tokens: 7, audio_tokens: 0, image_tokens: 0, cached_tokens: 0 },
    output_token_details: { text_tokens: text, audio_tokens: audio },
  });
});
