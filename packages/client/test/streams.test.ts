import { cutMidStream, errorInStream, rateLimited, reset, serverError, slow, truncated } from '@aoai/testing';
import type { Fault } from '@aoai/testing';
import { afterEach, expect, test, vi } from 'vitest';
import { estate, longText, messages, useEstate } from './estate.ts';
import { DeadlineExceededError, StreamTruncatedError } from '../src/errors.ts';
import type { Client } from '../src/client/client.ts';
import type { EstateName } from './estate.ts';

const fixture = useEstate();
afterEach(() => {
  vi.useRealTimers();
});

async function textOf(azure: Client<EstateName>, model: EstateName = 'chat'): Promise<string> {
  let text = '';
  for await (const chunk of await azure.chat.completions.create({ model, messages, stream: true })) {
    text += chunk.choices[0]?.delta.content ?? '';
  }
  return text;
}

const beforeContent: [string, Fault][] = [
  ['a 429', rateLimited({ retryAfterMs: 60_000 })],
  ['a 500', serverError()],
  ['a connection that is reset', reset()],
  ['a connection that is cut after the first event', cutMidStream({ afterChunks: 1 })],
  ['a stream that ends after the role', truncated({ afterChunks: 2 })],
  ['an error inside the stream', errorInStream({ afterChunks: 0 })],
  ['an error of the server after the first event', errorInStream({ afterChunks: 1, code: 'server_error' })],
];

test.each(beforeContent)('%s before any content goes unseen', async (_title, fault) => {
  fixture.mock.reply('chat', longText, { times: Infinity });
  fixture.mock.fail('chat-sweden', fault);
  expect(await textOf(fixture.connect())).toBe(longText);
  expect(fixture.attempts()).toEqual(['chat-sweden', 'chat-france']);
  expect(fixture.mock.verdict()).toEqual([]);
});

test('a response whose 200 stream opens with a rate limit counts as throttled', async () => {
  fixture.mock.fail('chat-sweden', errorInStream({ afterChunks: 0 }));
  const azure = fixture.connect();
  let text = '';
  for await (const event of await azure.responses.create({ model: 'chat', input: 'Hello', stream: true })) {
    if (event.type === 'response.output_text.delta') text += event.delta;
  }
  expect(text).not.toBe('');
  expect(fixture.attempts()).toEqual(['chat-sweden', 'chat-france']);
  expect(fixture.events.find(({ type }) => type === 'attempt-failed')).toMatchObject({
    outcome: 'throttled',
    code: 'rate_limit_exceeded',
  });
});

test('a stream error with nowhere to go reaches the caller as the service sent it', async () => {
  fixture.mock.fail('chat-sweden', errorInStream({ afterChunks: 0 }), { times: 9 });
  const azure = fixture.connect({ retry: false });
  await expect(textOf(azure, 'chat-sweden')).rejects.toMatchObject({ code: 'rate_limit_exceeded' });
});

test.each([
  ['ends without a word', truncated({ afterChunks: 6 })],
  ['is cut', cutMidStream({ afterChunks: 6 })],
])(
  'a stream that %s after content throws StreamTruncatedError with what had arrived',
  async (_title, fault) => {
    fixture.mock.reply('chat', longText, { times: Infinity });
    fixture.mock.fail('chat-sweden', fault);
    const azure = fixture.connect();
    const error: unknown = await textOf(azure).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(StreamTruncatedError);
    const { text, events, deployment, message } = error as StreamTruncatedError;
    expect(text).not.toBe('');
    expect(longText.startsWith(text)).toBe(true);
    expect(events).toBe(6);
    expect(deployment).toBe('chat-sweden');
    expect(message).toContain('Use `text` as a partial answer');
    expect(fixture.attempts()).toEqual(['chat-sweden']);
    expect(fixture.events.at(-1)).toMatchObject({ type: 'call-finished', outcome: 'truncated' });
  },
);

test('a truncated stream throws the same through the helper of the SDK and through a standard fetch', async () => {
  fixture.mock.reply('chat', longText, { times: 2 });
  fixture.mock.fail('chat-sweden', truncated({ afterChunks: 6 }), { times: 2 });
  const azure = fixture.connect();
  const helper = azure.chat.completions.stream({ model: 'chat-sweden', messages });
  await expect(helper.finalMessage()).rejects.toThrow(StreamTruncatedError);
  const response = await azure.fetch('https://any.invalid/openai/v1/chat/completions', {
    method: 'POST',
    body: JSON.stringify({ model: 'chat-sweden', messages, stream: true }),
  });
  await expect(response.text()).rejects.toThrow(StreamTruncatedError);
});

test('leaving a stream early ends its attempt, frees its socket and counts what was used', async () => {
  fixture.mock.reply('chat', longText, { times: Infinity });
  fixture.mock.fail('chat-sweden', slow({ betweenMs: 20 }));
  const azure = fixture.connect();
  for await (const chunk of await azure.chat.completions.create({ model: 'chat', messages, stream: true })) {
    if ((chunk.choices[0]?.delta.content ?? '') !== '') break;
  }
  await expect.poll(() => fixture.events.at(-1)).toMatchObject({ type: 'call-finished', outcome: 'aborted' });
});

test('aborting a stream ends the loop as in the SDK', async () => {
  fixture.mock.reply('chat', longText, { times: Infinity });
  fixture.mock.fail('chat-sweden', slow({ betweenMs: 20 }));
  const azure = fixture.connect();
  const stream = await azure.chat.completions.create({ model: 'chat', messages, stream: true });
  let chunks = 0;
  for await (const chunk of stream) {
    if ((chunk.choices[0]?.delta.content ?? '') === '') continue;
    chunks += 1;
    stream.controller.abort();
  }
  expect(chunks).toBe(1);
  await expect.poll(() => fixture.events.at(-1)).toMatchObject({ type: 'call-finished', outcome: 'aborted' });
});

test('the reason of an abort comes through a standard fetch as it is', async () => {
  fixture.mock.fail('chat-sweden', slow({ delayMs: 5_000 }));
  const azure = fixture.connect();
  const reason = new Error('The user went away.');
  const controller = new AbortController();
  const call = azure.fetch('https://any.invalid/openai/v1/chat/completions', {
    method: 'POST',
    body: JSON.stringify({ model: 'chat', messages, stream: true }),
    signal: controller.signal,
  });
  await expect.poll(() => fixture.attempts()).toHaveLength(1);
  controller.abort(reason);
  await expect(call).rejects.toBe(reason);
});

test('a stream that is silent for too long is cut', async () => {
  fixture.mock.reply('chat', longText, { times: Infinity });
  fixture.mock.fail('chat-sweden', slow({ betweenMs: 300 }));
  const azure = fixture.connect({ idleTimeoutMs: 100 });
  const error: unknown = await textOf(azure).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(StreamTruncatedError);
  expect(String((error as Error).cause)).toContain('no more of the stream within 100 ms');
});

test('a slow reader is not a silent stream', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  fixture.mock.reply('chat', longText, { times: Infinity });
  const azure = fixture.connect({ idleTimeoutMs: 40 });
  let text = '';
  let isFirst = true;
  for await (const chunk of await azure.chat.completions.create({ model: 'chat', messages, stream: true })) {
    text += chunk.choices[0]?.delta.content ?? '';
    if (isFirst) await vi.advanceTimersByTimeAsync(120);
    isFirst = false;
  }
  expect(text).toBe(longText);
});

test('a first token that takes too long goes to the next deployment', async () => {
  fixture.mock.reply('chat', longText, { times: Infinity });
  fixture.mock.fail('chat-sweden', slow({ delayMs: 2_000 }));
  expect(await textOf(fixture.connect({ firstTokenTimeoutMs: 500, attemptTimeoutMs: 500 }))).toBe(longText);
  expect(fixture.attempts()).toEqual(['chat-sweden', 'chat-france']);
});

test('the deadline holds for the whole stream', async () => {
  fixture.mock.reply('chat', longText, { times: Infinity });
  fixture.mock.fail('chat-sweden', slow({ betweenMs: 50 }));
  const azure = fixture.connect({ deadlineMs: 200 });
  await expect(textOf(azure)).rejects.toThrow(DeadlineExceededError);
  expect(estate.names).toContain('chat');
});
