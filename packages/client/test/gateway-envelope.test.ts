import { respondWith } from '@aoai/testing';
import OpenAI from 'openai';
import { expect, test } from 'vitest';
import { messages, useEstate } from './estate.ts';

// A gateway ends a stream with an envelope of its own: `{ "statusCode": 500, "message": "…" }`.

const fixture = useEstate();

/** The text of a stream of these frames, and what has become of the call. */
async function read(model: 'chat' | 'chat-sweden', frames: readonly object[]) {
  const headers = { 'content-type': 'text/event-stream' };
  const body = frames.map((frame) => `data: ${JSON.stringify(frame)}\n\n`).join('');
  fixture.mock.fail('chat-sweden', respondWith({ headers, body: `${body}data: [DONE]\n\n` }));
  const azure = fixture.connect();
  let text = '';
  const ended = (async () => {
    for await (const { choices } of await azure.chat.completions.create({ model, messages, stream: true }))
      text += choices[0]?.delta.content ?? '';
  })();
  const error: unknown = await ended.catch((thrown: unknown) => thrown);
  const last = fixture.events.at(-1);
  return { text, error, outcome: last?.type === 'call-finished' ? last.outcome : last };
}

const hello = { id: 'c', choices: [{ index: 0, delta: { content: 'Hello' }, finish_reason: null }] };

test('after content it is the service’s error, and the call has failed', async () => {
  const found = await read('chat', [hello, { statusCode: 500, message: 'Boom' }]);
  expect(found).toMatchObject({ text: 'Hello', error: { message: 'Boom' }, outcome: 'error' });
  expect(found.error).toBeInstanceOf(OpenAI.APIError);
});

test('at the beginning it is the caller’s error, where nobody else can be asked', async () => {
  const found = await read('chat-sweden', [{ statusCode: 400, message: 'Not this.', activityId: 'a' }]);
  expect(found).toMatchObject({
    error: { message: 'Not this.', error: { statusCode: 400, activityId: 'a' } },
    outcome: 'error',
  });
  expect(found.error).toBeInstanceOf(OpenAI.APIError);
});
