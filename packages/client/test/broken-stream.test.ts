import { respondWith } from '@aoai/testing';
import OpenAI from 'openai';
import { expect, test } from 'vitest';
import { messages, useEstate } from './estate.ts';
import { StreamTruncatedError } from '../src/errors.ts';

const fixture = useEstate();

function chunk(delta: object, finishReason: string | null = null): string {
  return `data: ${JSON.stringify({ id: 'c', choices: [{ index: 0, delta, finish_reason: finishReason }] })}\n\n`;
}

function answers(...frames: string[]): void {
  const headers = { 'content-type': 'text/event-stream' };
  fixture.mock.fail('chat-sweden', respondWith({ headers, body: frames.join('') }));
}

async function textOf(model: 'chat' | 'chat-sweden'): Promise<string> {
  let text = '';
  const azure = fixture.connect();
  for await (const { choices } of await azure.chat.completions.create({ model, messages, stream: true })) {
    text += choices[0]?.delta.content ?? '';
  }
  return text;
}

function outcome(): unknown {
  const last = fixture.events.at(-1);
  return last?.type === 'call-finished' ? last.outcome : last;
}

test('a stream that ends in the middle of an event is truncated, not malformed', async () => {
  answers(chunk({ content: 'Hello ' }), chunk({ content: 'there' }).slice(0, -12));
  const error: unknown = await textOf('chat').catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(StreamTruncatedError);
  expect(error).toMatchObject({ text: 'Hello ', deployment: 'chat-sweden' });
  expect(outcome()).toBe('truncated');
});

test('an event without its blank line counts when it is whole', async () => {
  answers(chunk({ content: 'Hello' }), chunk({}, 'stop').trimEnd());
  expect(await textOf('chat')).toBe('Hello');
});

test('a stream that begins with what is no JSON goes unseen', async () => {
  answers('data: <html>\n\n', chunk({ content: 'Hello' }), 'data: [DONE]\n\n');
  fixture.mock.reply('chat-france', 'From France');
  expect(await textOf('chat')).toBe('From France');
});

test.each([
  ['an error', `data: ${JSON.stringify({ error: { code: 'boom', message: 'Boom' } })}\n\n`],
  [
    'an error event of a gateway',
    `event: error\ndata: ${JSON.stringify({ statusCode: 500, message: 'Boom' })}\n\n`,
  ],
  ['an error event', `event: error\ndata: ${JSON.stringify({ code: 'boom', message: 'Boom' })}\n\n`],
])('%s after content is the service’s, and the call has failed', async (_title, event) => {
  answers(chunk({ content: 'Hello' }), event, 'data: [DONE]\n\n');
  const error: unknown = await textOf('chat').catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(OpenAI.APIError);
  expect(error).toMatchObject({ message: 'Boom' });
  expect(outcome()).toBe('error');
});
