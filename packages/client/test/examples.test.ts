import { cutMidStream, rateLimited } from '@aoai/testing';
import { expect, test } from 'vitest';
import { otherClients, recover, tagged, timeline } from '../src/client.examples.ts';
import { anywhere, background, budgeted, leadOn, stateless } from '../src/wishes.examples.ts';
import { longText, useEstate } from './estate.ts';

const fixture = useEstate();

test('the examples of the README do what they show', async () => {
  const { mock } = fixture;
  mock.reply('chat', longText, { times: Infinity });
  const lines: string[] = [];
  const print = (line: string) => lines.push(line);
  const azure = fixture.connect();
  await otherClients(azure, print);
  await tagged(azure, print);
  expect(lines).toEqual([longText, longText, expect.stringMatching(/^[1-9]\d* tokens in, [1-9]\d* out$/)]);
});

test('the example of errors tells them apart', async () => {
  const { mock } = fixture;
  mock.reply('chat', longText, { times: Infinity });
  mock.fail('chat-sweden', cutMidStream({ afterChunks: 6 }));
  const lines: string[] = [];
  const azure = fixture.connect({ deadlineMs: 2_000 });
  const stop = timeline(azure, (line) => lines.push(line));
  await recover(azure, (line) => lines.push(line));
  expect(lines.at(-1)).toMatch(/^cut after: The /);
  mock.fail('*', rateLimited({ retryAfterMs: 60_000 }), { times: 2 });
  lines.length = 0;
  await recover(azure, (line) => lines.push(line));
  expect(lines).toEqual([
    'chat-sweden: throttled 429',
    expect.stringMatching(/^chat-sweden rests until /),
    'chat-sweden → chat-france',
    'chat-france: throttled 429',
    expect.stringMatching(/^chat-france rests until /),
    'the service said 429 RateLimitReached',
  ]);
  await recover(azure, (line) => lines.push(line));
  expect(lines.at(-1)).toMatch(/^come back at 20/);
  stop();
});

test('the examples of what people ask for do what they show', async () => {
  const lines: string[] = [];
  await stateless(fixture.connect(), (line) => lines.push(line));
  expect(lines).toEqual([expect.stringMatching(/./)]);
  expect(leadOn().leadOn).toEqual({ chat: ['context_length_exceeded', 'content_filter'] });
});

test('the examples of wishes do what they show', async () => {
  const { mock } = fixture;
  mock.reply('chat', longText, { times: Infinity });
  const lines: string[] = [];
  const print = (line: string) => lines.push(line);
  await background(fixture.connect(), print);
  expect(lines.join('')).toBe(longText);
  lines.length = 0;
  const sent = mock.requests().length;
  const credential = mock.credential();
  const limited = await budgeted(mock.config, { model: 'chat', credential }, print);
  expect(lines).toEqual(['team=search: 5000000 tokens per day']);
  expect(mock.requests()).toHaveLength(sent);
  const free = anywhere(mock.config, { credential });
  expect((await free.responses.create({ model: 'chat', input: 'Hello' })).output_text).toBe(longText);
  await limited.close();
  await free.close();
});
