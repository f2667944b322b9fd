import { describe, expect, test } from 'vitest';
import { createRandom } from '../random.ts';
import type { Item } from './items.ts';
import type { ResponseObject } from './response-object.ts';
import { writeEvents } from './write-events.ts';

type Json = Readonly<Record<string, unknown>>;

function framesOf(response: Json, options: { era?: '2025' | '2026'; hasObfuscation?: boolean } = {}) {
  const { era = '2026', hasObfuscation = false } = options;
  const whole = { id: 'resp_1', status: 'completed', output: [], ...response } as unknown as ResponseObject;
  return [...writeEvents(whole, { random: createRandom(1), era, hasObfuscation })];
}

function eventsOf(response: Json, hasObfuscation = false): Json[] {
  const frames = framesOf(response, { hasObfuscation }).slice(0, -1);
  return frames.map((frame) => JSON.parse(frame.slice('data: '.length)) as Json);
}

/** The events of one item that is second in its response, without their numbers and their place in the response. */
function stepsOf(item: Item): Json[] {
  const events = eventsOf({ output: [{ id: 'x', type: 'none' }, item] });
  const own = events.filter((event) => event['output_index'] === 1);
  return own.map(({ sequence_number: _, output_index: __, ...event }) => event);
}

const typesOf = (events: readonly Json[]) => events.map(({ type }) => type);

describe('a stream', () => {
  test('says that the response was made and began, and what became of it', () => {
    expect(eventsOf({ usage: { total_tokens: 3 } })).toMatchObject([
      {
        type: 'response.created',
        sequence_number: 0,
        response: { id: 'resp_1', status: 'in_progress', usage: null },
      },
      {
        type: 'response.in_progress',
        sequence_number: 1,
        response: { id: 'resp_1', status: 'in_progress', usage: null },
      },
      {
        type: 'response.completed',
        sequence_number: 2,
        response: { id: 'resp_1', status: 'completed', usage: { total_tokens: 3 } },
      },
    ]);
  });

  test('of a response in the background says that it waits', () => {
    const events = eventsOf({ background: true });
    expect(events.map(({ type, response }) => [type, (response as Json)['status']])).toEqual([
      ['response.created', 'queued'],
      ['response.queued', 'queued'],
      ['response.in_progress', 'in_progress'],
      ['response.completed', 'completed'],
    ]);
  });

  test('of a response that is not whole ends by saying so', () => {
    expect(eventsOf({ status: 'incomplete' }).at(-1)).toMatchObject({
      type: 'response.incomplete',
      response: { status: 'incomplete' },
    });
  });

  test('names its events in 2025, and no more in 2026', () => {
    const [named] = framesOf({}, { era: '2025' });
    const [bare] = framesOf({}, { era: '2026' });
    expect(named).toBe(`event: response.created\n${bare}`);
    expect(bare).toMatch(/^data: \{"type":"response.created","sequence_number":0,.*\}\n\n$/);
    expect(framesOf({}).at(-1)).toBe('data: [DONE]\n\n');
  });

  test('hides the length of its pieces by up to 16 letters, where it is not told otherwise', () => {
    const output = [
      { id: 'm', type: 'message', content: [{ type: 'output_text', text: 'word '.repeat(200) }] },
    ];
    const lengths = eventsOf({ output }, true).flatMap(({ type, obfuscation }) =>
      type === 'response.output_text.delta' ? [String(obfuscation).length] : [],
    );
    expect(new Set(lengths)).toEqual(new Set(Array.from({ length: 16 }, (_, index) => index + 1)));
    const padded = eventsOf({ output }, true).filter((event) => 'obfuscation' in event);
    expect(new Set(typesOf(padded))).toEqual(new Set(['response.output_text.delta']));
    expect(eventsOf({ output }).filter((event) => 'obfuscation' in event)).toEqual([]);
  });
});

describe('the pieces of a text', () => {
  const told = (part: Json, chunks: readonly string[] | undefined) => {
    const whole = {
      id: 'resp_1',
      status: 'completed',
      output: [{ id: 'm', type: 'message', content: [part] }],
    };
    const options = { random: createRandom(1), era: '2026', hasObfuscation: false, chunks } as const;
    const frames = [...writeEvents(whole as unknown as ResponseObject, options)].slice(0, -1);
    const events = frames.map((frame) => JSON.parse(frame.slice('data: '.length)) as Json);
    return events.flatMap(({ delta }) => delta ?? []);
  };
  const text = { type: 'output_text', text: 'one two' };

  test.each<[string, Json, string[] | undefined, string[]]>([
    ['its tokens', text, undefined, ['one', ' two']],
    ['those of a script', text, ['on', 'e tw', 'o'], ['on', 'e tw', 'o']],
    ['those of a script as far as the text goes', text, ['one t', 'wo three', 'four'], ['one t', 'wo']],
    [
      'its tokens where each has a log probability',
      { ...text, logprobs: [{}, {}] },
      ['o', 'ne two'],
      ['one', ' two'],
    ],
    ['those of a script where none has', { ...text, logprobs: [] }, ['o', 'ne two'], ['o', 'ne two']],
    ['the tokens of a refusal', { type: 'refusal', refusal: 'I cannot' }, ['one two'], ['I', ' cannot']],
  ])('are %s', (_, part, chunks, pieces) => {
    expect(told(part, chunks)).toEqual(pieces);
  });
});

describe('the events of an item', () => {
  test('are that it begins, empty, and that it is there', () => {
    const item = { id: 'x', type: 'mcp_call', status: 'completed' };
    expect(stepsOf(item)).toEqual([
      { type: 'response.output_item.added', item: { ...item, status: 'in_progress' } },
      { type: 'response.output_item.done', item },
    ]);
  });

  test('tell a text in pieces, with the log probabilities of each', () => {
    const logprobs = [{ token: 'It' }, { token: ' is' }];
    const annotations = [{ title: 'one' }, { title: 'two' }];
    const part = { type: 'output_text', annotations, logprobs, text: 'It is so' };
    const item = { id: 'm', type: 'message', status: 'completed', role: 'assistant', content: [part] };
    const place = { item_id: 'm', content_index: 0 };
    const delta = { type: 'response.output_text.delta', ...place };
    const added = { type: 'response.output_text.annotation.added', ...place };
    expect(stepsOf(item)).toEqual([
      { type: 'response.output_item.added', item: { ...item, status: 'in_progress', content: [] } },
      {
        type: 'response.content_part.added',
        ...place,
        part: { type: 'output_text', annotations: [], logprobs: [], text: '' },
      },
      { ...delta, delta: 'It', logprobs: [{ token: 'It' }] },
      { ...delta, delta: ' is', logprobs: [{ token: ' is' }] },
      { ...delta, delta: ' so', logprobs: [] },
      { ...added, annotation: { title: 'one' }, annotation_index: 0 },
      { ...added, annotation: { title: 'two' }, annotation_index: 1 },
      { type: 'response.output_text.done', ...place, text: 'It is so', logprobs },
      { type: 'response.content_part.done', ...place, part },
      { type: 'response.output_item.done', item },
    ]);
  });

  test('tell a refusal in pieces, without log probabilities', () => {
    const part = { type: 'refusal', refusal: 'I cannot' };
    const item = { id: 'm', type: 'message', status: 'completed', role: 'assistant', content: [part] };
    const place = { item_id: 'm', content_index: 0 };
    expect(stepsOf(item).slice(1, -1)).toEqual([
      { type: 'response.content_part.added', ...place, part: { type: 'refusal', refusal: '' } },
      { type: 'response.refusal.delta', ...place, delta: 'I' },
      { type: 'response.refusal.delta', ...place, delta: ' cannot' },
      { type: 'response.refusal.done', ...place, refusal: 'I cannot' },
      { type: 'response.content_part.done', ...place, part },
    ]);
  });

  test('tell the summary of reasoning in pieces', () => {
    const part = { type: 'summary_text', text: 'I think' };
    const item = { id: 'r', type: 'reasoning', summary: [part] };
    const place = { item_id: 'r', summary_index: 0 };
    expect(stepsOf(item)).toEqual([
      { type: 'response.output_item.added', item: { ...item, summary: [] } },
      { type: 'response.reasoning_summary_part.added', ...place, part: { ...part, text: '' } },
      { type: 'response.reasoning_summary_text.delta', ...place, delta: 'I' },
      { type: 'response.reasoning_summary_text.delta', ...place, delta: ' think' },
      { type: 'response.reasoning_summary_text.done', ...place, text: 'I think' },
      { type: 'response.reasoning_summary_part.done', ...place, part },
      { type: 'response.output_item.done', item },
    ]);
    expect(typesOf(stepsOf({ ...item, summary: [] }))).toEqual([
      'response.output_item.added',
      'response.output_item.done',
    ]);
  });

  test.each([
    ['function_call', 'response.function_call_arguments', 'arguments'],
    ['custom_tool_call', 'response.custom_tool_call_input', 'input'],
  ])('tell a %s in pieces', (type, event, member) => {
    const item = { id: 'c', type, status: 'completed', call_id: 'call_1', name: 'f', [member]: 'a b' };
    const place = { item_id: 'c' };
    expect(stepsOf(item)).toEqual([
      { type: 'response.output_item.added', item: { ...item, status: 'in_progress', [member]: '' } },
      { type: `${event}.delta`, ...place, delta: 'a' },
      { type: `${event}.delta`, ...place, delta: ' b' },
      { type: `${event}.done`, ...place, [member]: 'a b' },
      { type: 'response.output_item.done', item },
    ]);
  });
});

describe('the steps of a hosted tool', () => {
  test.each<[string, Json, string[]]>([
    ['file_search_call', {}, ['in_progress', 'searching', 'completed']],
    ['web_search_call', {}, ['in_progress', 'searching', 'completed']],
    // The preview does not complete.
    ['web_search_call', { status: 'searching' }, ['in_progress', 'searching']],
  ])('%s %j', (type, more, steps) => {
    const item = { id: 'h', type, status: 'completed', action: { type: 'search', query: 'q' }, ...more };
    const [added, ...events] = stepsOf(item);
    expect(events.slice(0, -1)).toEqual(
      steps.map((step) => ({ type: `response.${type}.${step}`, item_id: 'h' })),
    );
    expect(added?.['item']).toEqual({
      ...item,
      status: 'in_progress',
      ...(type === 'web_search_call' && { action: { type: 'search' } }),
    });
  });

  test('image_generation_call', () => {
    const look = { size: '1024x1024', quality: 'low', background: 'opaque', output_format: 'png' };
    const item = { id: 'h', type: 'image_generation_call', status: 'generating', result: 'AAAA', ...look };
    const name = 'response.image_generation_call';
    expect(stepsOf(item)).toEqual([
      {
        type: 'response.output_item.added',
        item: { id: 'h', type: 'image_generation_call', status: 'in_progress' },
      },
      { type: `${name}.in_progress`, item_id: 'h' },
      { type: `${name}.generating`, item_id: 'h' },
      {
        type: `${name}.partial_image`,
        item_id: 'h',
        partial_image_index: 0,
        partial_image_b64: 'AAAA',
        ...look,
      },
      { type: 'response.output_item.done', item },
    ]);
  });

  test('code_interpreter_call', () => {
    const item = { id: 'h', type: 'code_interpreter_call', status: 'completed', code: 'a b', outputs: [{}] };
    const name = 'response.code_interpreter_call';
    expect(stepsOf(item)).toEqual([
      {
        type: 'response.output_item.added',
        item: { ...item, status: 'in_progress', code: '', outputs: [] },
      },
      { type: `${name}.in_progress`, item_id: 'h' },
      { type: `${name}_code.delta`, item_id: 'h', delta: 'a' },
      { type: `${name}_code.delta`, item_id: 'h', delta: ' b' },
      { type: `${name}_code.done`, item_id: 'h', code: 'a b' },
      { type: `${name}.interpreting`, item_id: 'h' },
      { type: `${name}.completed`, item_id: 'h' },
      { type: 'response.output_item.done', item },
    ]);
  });
});
