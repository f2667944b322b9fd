import { describe, expect, test } from 'vitest';
import type { Draft } from '../answer/draft.ts';
import { createRandom } from '../random.ts';
import { writeOutput, type OutputOptions } from './write-output.ts';

function write(draft: Draft, more: Partial<OutputOptions> = {}) {
  return writeOutput(draft, {
    random: createRandom(1),
    leading: [],
    annotations: undefined,
    maxTokens: 100,
    reasoningTokens: undefined,
    hasSummary: false,
    encrypt: undefined,
    topLogprobs: undefined,
    ...more,
  });
}

const like = (id: RegExp) => expect.stringMatching(id) as string;

function message(text: string, more: object = {}) {
  return {
    id: like(/^msg_\w{50}$/),
    type: 'message',
    status: 'completed',
    role: 'assistant',
    content: [{ type: 'output_text', annotations: [], logprobs: [], text, ...more }],
  };
}

const call = { name: 'find', arguments: '{"a":1}' };
const called = {
  id: like(/^fc_\w{50}$/),
  type: 'function_call',
  status: 'completed',
  arguments: '{"a":1}',
  call_id: like(/^call_\w{24}$/),
  name: 'find',
};

describe('the items of an answer', () => {
  test.each<[string, Draft, object[]]>([
    ['nothing are an empty message', {}, [message('')]],
    ['a text are a message', { content: 'It is blue.' }, [message('It is blue.')]],
    ['a call are the call alone', { toolCalls: [call] }, [called]],
    ['a call and an empty text are the call alone', { content: '', toolCalls: [call] }, [called]],
    [
      'a text and calls are the message and the calls after it',
      { content: 'I look.', toolCalls: [call, { ...call, id: 'call_1' }] },
      [message('I look.'), called, { ...called, call_id: 'call_1' }],
    ],
    [
      'a custom call are its free text',
      { toolCalls: [{ ...call, kind: 'custom', arguments: 'ls' }] },
      [
        {
          id: like(/^ctc_\w{50}$/),
          type: 'custom_tool_call',
          status: 'completed',
          call_id: like(/^call_\w{24}$/),
          input: 'ls',
          name: 'find',
        },
      ],
    ],
    [
      'a refusal are a message that refuses, whatever else was drafted',
      { refusal: 'I cannot.', content: 'It is blue.' },
      [{ ...message(''), content: [{ type: 'refusal', refusal: 'I cannot.' }] }],
    ],
    [
      'sources are a message that cites them as a whole',
      { content: 'Blue.', citations: [{ content: 'c', title: 'T', url: 'https://a' }, { content: 'd' }] },
      [
        message('Blue.', {
          annotations: [
            { type: 'url_citation', start_index: 0, end_index: 5, title: 'T', url: 'https://a' },
            { type: 'url_citation', start_index: 0, end_index: 5, title: '', url: '' },
          ],
        }),
      ],
    ],
  ])('with %s', (_, draft, items) => {
    expect(write(draft).items).toEqual(items);
  });

  test('have the citations of a hosted tool instead of those of the draft', () => {
    const annotations = [{ type: 'file_citation' }];
    const { items } = write({ content: 'Blue.', citations: [{ content: 'c' }] }, { annotations });
    expect(items).toEqual([message('Blue.', { annotations })]);
  });

  test('begin with the reasoning, and then the calls of hosted tools', () => {
    const search = { id: 'ws', type: 'web_search_call' };
    const { items } = write({ content: 'Hi' }, { reasoningTokens: 64, leading: [search] });
    const thought = { id: like(/^rs_\w{50}$/), type: 'reasoning', summary: [] };
    expect(items).toEqual([thought, search, message('Hi')]);
  });

  test('have log probabilities where they were asked for, with as many alternatives as that', () => {
    const alternatives = (top?: number) => {
      const { items } = write({ content: 'It is blue.' }, { topLogprobs: top });
      const [{ logprobs }] = items[0]?.['content'] as [{ logprobs: { token: string; top_logprobs: [] }[] }];
      return logprobs.map(({ token, top_logprobs: others }) => [token, others.length]);
    };
    expect(alternatives()).toEqual([]);
    expect(alternatives(0)).toEqual(['It', ' is', ' blue', '.'].map((token) => [token, 0]));
    expect(alternatives(2)).toEqual(['It', ' is', ' blue', '.'].map((token) => [token, 2]));
  });
});

describe('reasoning', () => {
  const think = (draft: Draft, more: Partial<OutputOptions>) =>
    write(draft, { reasoningTokens: 64, ...more }).items[0];

  test.each<[string, Draft, Partial<OutputOptions>, string[]]>([
    ['is not told without a wish', {}, {}, []],
    [
      'is told on request',
      {},
      { hasSummary: true },
      ['**Reading the request**\n\nI look for what is asked and for the sentences that answer it.'],
    ],
    ['is told where a script has it', { reasoning: 'I think.' }, {}, ['I think.']],
    ['is told in the words of the script', { reasoning: 'I think.' }, { hasSummary: true }, ['I think.']],
  ])('%s', (_, draft, more, texts) => {
    const thought = think(draft, more);
    expect(thought?.['summary']).toEqual(texts.map((text) => ({ type: 'summary_text', text })));
    expect(thought).not.toHaveProperty('encrypted_content');
  });

  test('is encrypted on request, whether it is told or not', () => {
    const encrypt = (text: string) => `<${text.slice(0, 11)}>`;
    expect(think({}, { encrypt })).toMatchObject({ summary: [], encrypted_content: '<**Reading t>' });
    expect(think({ reasoning: 'I think.' }, { encrypt })).toMatchObject({ encrypted_content: '<I think.>' });
  });
});

describe('the limit of tokens', () => {
  const text = { content: 'one two three' };

  test.each<[string, Draft, number, unknown[]]>([
    ['is no limit to a text that just fits', text, 3, ['completed', 'one two three', 3, undefined]],
    ['cuts a text that is longer', text, 2, ['incomplete', 'one two', 2, 'max_output_tokens']],
    [
      'counts calls: eight tokens and the arguments each',
      { ...text, toolCalls: [call, call] },
      100,
      ['completed', 'one two three', 3 + 2 * (8 + 5), undefined],
    ],
    [
      'counts calls, with a text that just fits',
      { ...text, toolCalls: [call] },
      16,
      ['completed', 'one two three', 16, undefined],
    ],
    [
      'counts calls, with a text that does not fit any more',
      { ...text, toolCalls: [call] },
      15,
      ['incomplete', 'one two three', 16, 'max_output_tokens'],
    ],
  ])('%s', (_, draft, maxTokens, [status, said, ...rest]) => {
    const { items, tokens, reason } = write(draft, { maxTokens });
    expect(items[0]).toMatchObject({ status, content: [{ text: said }] });
    expect([tokens, reason]).toEqual(rest);
  });

  test('counts a refusal', () => {
    expect(write({ refusal: 'I cannot.' })).toMatchObject({ tokens: 3, reason: undefined });
  });

  test('that the reasoning reached leaves no room for a message', () => {
    const { items, ...rest } = write(text, { maxTokens: 0, reasoningTokens: 64 });
    expect(items.map(({ type }) => type)).toEqual(['reasoning']);
    expect(rest).toEqual({ tokens: 0, reason: 'max_output_tokens' });
  });

  test('is not what a filter does: it cuts at a place of the text', () => {
    const { items, tokens, reason } = write(text, { cutAt: 5 });
    expect(items[0]).toMatchObject({ status: 'incomplete', content: [{ text: 'one t' }] });
    expect([tokens, reason]).toEqual([2, 'content_filter']);
    expect(write(text, { cutAt: 0 }).items[0]).toMatchObject({ content: [{ text: '' }] });
  });
});

test.each<[Draft, Partial<OutputOptions>, unknown]>([
  [{ finishReason: 'length' }, {}, 'max_output_tokens'],
  [{ finishReason: 'content_filter' }, {}, 'content_filter'],
  [{ finishReason: 'stop' }, {}, undefined],
  [{ finishReason: 'tool_calls' }, {}, undefined],
  [{ finishReason: 'content_filter' }, { maxTokens: 1 }, 'max_output_tokens'],
  [{ finishReason: 'length' }, { cutAt: 1 }, 'content_filter'],
])('a script that ends with %j, and %j, is incomplete because of %s', (draft, more, because) => {
  const { items, reason } = write({ content: 'one two', ...draft }, more);
  expect(reason).toBe(because);
  expect(items[0]?.['status']).toBe(because === undefined ? 'completed' : 'incomplete');
});
