import { expect, test } from 'vitest';
import type { AnswerMessage } from '../answer/answer-input.ts';
import { asking } from './asking.fake.ts';
import { encryptContent } from './encrypted-content.ts';
import { readMessages, textOf } from './read-messages.ts';

const request = asking();
const text = { type: 'input_text', text: 'Hi' };
const picture = { type: 'input_image', image_url: 'data:,' };

test.each<[object, AnswerMessage[]]>([
  [{ type: 'message', role: 'user', content: [text] }, [{ role: 'user', text: 'Hi' }]],
  [{ type: 'message', role: 'assistant', content: [text, text] }, [{ role: 'assistant', text: 'Hi\nHi' }]],
  [{ type: 'message', role: 'developer', content: [text] }, [{ role: 'system', text: 'Hi' }]],
  [
    {
      type: 'message',
      role: 'user',
      content: [picture, text, { type: 'input_file' }, { type: 'input_audio' }, { type: 'summary_text' }],
    },
    [{ role: 'user', text: 'Hi', media: 3 }],
  ],
  [
    { type: 'function_call', call_id: 'c', name: 'f', arguments: '{"a":1}', input: 'no' },
    [{ role: 'assistant', text: '', toolCalls: [{ id: 'c', name: 'f', arguments: '{"a":1}' }] }],
  ],
  [
    { type: 'custom_tool_call', call_id: 'c', name: 'f', input: 'free text', arguments: 'no' },
    [{ role: 'assistant', text: '', toolCalls: [{ id: 'c', name: 'f', arguments: 'free text' }] }],
  ],
  [
    { type: 'function_call_output', call_id: 'c', output: [text] },
    [{ role: 'tool', text: 'Hi', toolCallId: 'c' }],
  ],
  [
    { type: 'shell_call_output', call_id: 'c', output: { exit: 0 } },
    [{ role: 'tool', text: '{"exit":0}', toolCallId: 'c' }],
  ],
  [
    { type: 'compaction', encrypted_content: encryptContent(request, 'What was said.') },
    [{ role: 'system', text: 'What was said.' }],
  ],
  [{ type: 'reasoning', summary: [text] }, []],
  [{ type: 'web_search_call' }, []],
])('%j is read as a message', (item, messages) => {
  expect(readMessages([{ id: 'x', type: '', ...item }], request)).toEqual(messages);
});

test.each<[unknown, string]>([
  ['as it is', 'as it is'],
  [undefined, ''],
  [null, ''],
  [{ a: 1 }, '{"a":1}'],
  [0, '0'],
  [[], ''],
  [[text, { text: '' }, null, 7, { text: 7 }, { refusal: 'No.' }, { refusal: 7 }], 'Hi\nNo.'],
  [[{ text: 'both', refusal: 'No.' }], 'both'],
])('the text of %j is %j', (value, is) => {
  expect(textOf(value)).toBe(is);
});
