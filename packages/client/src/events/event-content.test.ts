import { expect, test } from 'vitest';
import { inputMessages, outputMessages } from './event-content.ts';

const text = (content: string) => ({ type: 'text', content });
const call = { id: 'c1', function: { name: 'look', arguments: '{}' } };
const called = { type: 'tool_call', id: 'c1', name: 'look', arguments: '{}' };

test.each<[object, readonly object[]]>([
  [{}, []],
  [{ messages: 7 }, []],
  [{ input: 'Hi' }, [{ role: 'user', parts: [text('Hi')] }]],
  [{ prompt: 'Hi' }, [{ role: 'user', parts: [text('Hi')] }]],
  [{ messages: [{ role: 'system', content: 'Hi' }, null, 'x'] }, [{ role: 'system', parts: [text('Hi')] }]],
  [{ messages: [{ content: null }] }, [{ role: 'assistant', parts: [] }]],
  [
    {
      input: [{ role: 'user', content: [{ type: 'input_text', text: 'Hi' }, { type: 'input_image' }, null] }],
    },
    [{ role: 'user', parts: [text('Hi'), { type: 'input_image' }] }],
  ],
  [
    { messages: [{ role: 'assistant', content: 'Hm', tool_calls: [call, null] }] },
    [{ role: 'assistant', parts: [text('Hm'), called] }],
  ],
  [
    { messages: [{ role: 'assistant', tool_calls: [{ id: 'c1', name: 'look', arguments: '{}' }] }] },
    [{ role: 'assistant', parts: [called] }],
  ],
  [
    { messages: [{ role: 'tool', tool_call_id: 'c1', content: '42' }] },
    [{ role: 'tool', parts: [{ type: 'tool_call_response', id: 'c1', response: '42' }] }],
  ],
])('the messages of the request %j', (request, messages) => {
  expect(inputMessages(request as Record<string, unknown>)).toEqual(messages);
});

test.each<[unknown, readonly object[]]>([
  ['', []],
  ['Hi', [{ role: 'assistant', parts: [text('Hi')] }]],
  [null, []],
  [{}, []],
  [{ choices: 7 }, []],
  [
    { choices: [{ message: { role: 'assistant', content: 'Hi' }, finish_reason: 'stop' }, null] },
    [{ role: 'assistant', parts: [text('Hi')], finish_reason: 'stop' }],
  ],
  [{ choices: [{ text: 'Hi', finish_reason: null }] }, [{ role: 'assistant', parts: [text('Hi')] }]],
  [
    { output: [{ role: 'assistant', content: [{ type: 'output_text', text: 'Hi' }] }, 7], choices: [{}] },
    [{ role: 'assistant', parts: [text('Hi')] }],
  ],
])('the messages of the answer %j', (answer, messages) => {
  expect(outputMessages(answer)).toEqual(messages);
});
