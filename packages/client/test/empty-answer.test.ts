import { respondWith } from '@aoai/testing';
import { expect, test } from 'vitest';
import { messages, useEstate } from './estate.ts';

const fixture = useEstate();
const headers = { 'content-type': 'application/json' };

test('a 200 without a body is no answer', async () => {
  fixture.mock.fail('chat-sweden', respondWith({ headers, body: '' }));
  const answer = await fixture.connect().chat.completions.create({ model: 'chat', messages });
  expect(answer.choices).toHaveLength(1);
  expect(fixture.attempts()).toEqual(['chat-sweden', 'chat-france']);
});

test('JSON in place of a stream is no answer: the SDK would read a stream without events', async () => {
  fixture.mock.fail('chat-sweden', respondWith({ headers, body: { choices: [] } }));
  let events = 0;
  const stream = await fixture.connect().chat.completions.create({ model: 'chat', messages, stream: true });
  for await (const chunk of stream) events += chunk.choices.length;
  expect(events).toBeGreaterThan(0);
  expect(fixture.attempts()).toEqual(['chat-sweden', 'chat-france']);
});
