import OpenAI from 'openai';
import type { APIError } from 'openai';
import { expect, test } from 'vitest';
import type { Client } from '../src/index.ts';
import { UnexpectedAnswerError } from '../src/index.ts';
import { messages } from './estate.ts';
import { rightAnswer, rightBody } from './raw-answers.ts';
import { chatAnswer, chatEvents, rawAnswer } from './raw-server.ts';
import type { RawRequest } from './raw-server.ts';
import { useRawServers } from './raw-estate.ts';

const fixture = useRawServers();

/** Long waits: a call that can go elsewhere does. */
const elsewhere = { initialDelayMs: 60_000, maxDelayMs: 60_000, budgetReserve: 20 };

type Name = 'first' | 'pool';
type RawClient = Client<'first' | 'second' | 'pool'>;
type Ask = (azure: RawClient, model: Name) => Promise<string>;

async function joined<Item>(items: AsyncIterable<Item>, textOf: (item: Item) => string): Promise<string> {
  let text = '';
  for await (const item of items) text += textOf(item);
  return text;
}

/** Each gives `Hello`. */
const asks: Readonly<Record<string, Ask>> = {
  'a chat': async (azure, model) => {
    const { choices } = await azure.chat.completions.create({ model, messages });
    return choices[0]?.message.content ?? '';
  },
  'a chat as a stream': async (azure, model) =>
    joined(
      await azure.chat.completions.create({ model, messages, stream: true }),
      ({ choices }) => choices[0]?.delta.content ?? '',
    ),
  'a response': async (azure, model) => (await azure.responses.create({ model, input: 'Hi' })).output_text,
  'a response as a stream': async (azure, model) =>
    joined(await azure.responses.create({ model, input: 'Hi', stream: true }), (event) =>
      event.type === 'response.output_text.delta' ? event.delta : '',
    ),
  'a parsed response': async (azure, model) =>
    (await azure.responses.parse({ model, input: 'Hi' })).output_text,
  embeddings: async (azure, model) => {
    const { data } = await azure.embeddings.create({ model, input: 'Hi', encoding_format: 'float' });
    return data[0]?.embedding[1] === 0.25 ? 'Hello' : '';
  },
  'a fetch': async (azure, model) => {
    const answer = await azure.fetch('https://any.invalid/openai/v1/chat/completions', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ model, messages }),
    });
    return ((await answer.json()) as OpenAI.ChatCompletion).choices[0]?.message.content ?? '';
  },
};

const page = '<!DOCTYPE html><title>Sign in</title>';
const html = { headers: { 'content-type': 'text/html; charset=utf-8' } };

/** What comes in place of an answer, with status 200. */
const wrongs: Readonly<Record<string, (request: RawRequest) => string>> = {
  'a page': () => rawAnswer(page, html),
  'plain text': () => rawAnswer('blocked by policy', { headers: { 'content-type': 'text/plain' } }),
  'a page that says it is JSON': () => rawAnswer(page),
  'a page that says it is a stream': () =>
    rawAnswer(page, { headers: { 'content-type': 'text/event-stream' } }),
  'nothing at all': () => rawAnswer(''),
  'JSON that is no answer': () => rawAnswer('{"status":"ok"}'),
  'an empty list': () => rawAnswer('[]'),
  null: () => rawAnswer('null'),
  'a text in JSON': () => rawAnswer('"ok"'),
  'an answer without content': () => rawAnswer('{"choices":[],"data":[],"id":"x"}'),
  'an unknown encoding': ({ head, body }) =>
    rawAnswer(rightBody(head, body).body, {
      headers: { 'content-type': rightBody(head, body).type, 'content-encoding': 'compress' },
    }),
  'a status that HTTP does not have': () => rawAnswer('{}', { status: '700 Odd' }),
  'the highest status': () => rawAnswer('', { status: '999 Odd' }),
};

const cases = Object.keys(wrongs).flatMap((wrong) => Object.keys(asks).map((ask) => [wrong, ask] as const));

test.each(cases)('%s in place of the answer to %s goes elsewhere', async (wrong, ask) => {
  const bad = await fixture.serve((request) => request.socket.write(wrongs[wrong]?.(request) ?? ''));
  const good = await fixture.serve((request) => request.socket.write(rightAnswer(request)));
  const azure = fixture.connect([bad, good], { retry: elsewhere });
  expect(await asks[ask]?.(azure, 'pool')).toBe('Hello');
  expect(fixture.attempts()).toEqual(['first', 'second']);
  expect(fixture.events.find(({ type }) => type === 'attempt-failed')).toMatchObject({
    outcome: 'unavailable',
    code: 'UNEXPECTED_ANSWER',
  });
});

test.each(cases)(
  '%s in place of the answer to %s is one typed error when there is no other',
  async (...names) => {
    const [wrong, ask] = names;
    const bad = await fixture.serve((request) => request.socket.write(wrongs[wrong]?.(request) ?? ''));
    const error: unknown = await asks[ask]?.(fixture.connect([bad], { retry: false }), 'first').catch(
      (thrown: unknown) => thrown,
    );
    expect(error).toBeInstanceOf(UnexpectedAnswerError);
    expect((error as Error).message).toMatch(
      /^Cannot use what "first" answered: \d{3} .+, in place of .+\. .+\.$/,
    );
    expect(fixture.events.at(-1)).toMatchObject({
      type: 'call-finished',
      outcome: 'error',
      errorType: 'UnexpectedAnswerError',
    });
  },
);

test('the error says what came, without control characters and without the key', async () => {
  const body = `\u001B[31m<p>\u202Eraw-servers-take-any-key\u0000\n${'x'.repeat(200)}`;
  const server = await fixture.serve(({ socket }) => socket.write(rawAnswer(body, html)));
  const call = fixture
    .connect([server], { retry: false })
    .chat.completions.create({ model: 'first', messages });
  const error = await call.catch((thrown: unknown) => thrown as UnexpectedAnswerError);
  expect(error).toMatchObject({
    code: 'UNEXPECTED_ANSWER',
    status: 200,
    contentType: 'text/html; charset=utf-8',
    deployment: 'first',
  });
  expect((error as Error).message).toBe(
    `Cannot use what "first" answered: 200 "text/html; charset=utf-8" that begins "[31m<p> *** ${'x'.repeat(68)}…", in place of a chat completion. ` +
      'A sign-in page, a proxy or a firewall answers like this, and so does an `endpoint` or `basePath` that leads to something else: open the endpoint from this machine.',
  );
});

test.each([
  'application/json; charset=utf-8',
  'Application/JSON',
  'text/plain',
  'application/octet-stream',
  '',
])('an answer is known by what it is, also when its type is %j', async (type) => {
  const server = await fixture.serve(({ socket }) =>
    socket.write(rawAnswer(chatAnswer('Hello'), { headers: { 'content-type': type } })),
  );
  const azure = fixture.connect([server], { retry: false });
  expect(await asks['a chat']?.(azure, 'first')).toBe('Hello');
});

test.each(['Text/Event-Stream', 'application/octet-stream', 'application/json', 'text/plain', ''])(
  'a stream is known by what it is, also when its type is %j, and its cut is told',
  async (type) => {
    const events = chatEvents('Hel', 'lo');
    const server = await fixture.serve(({ socket, number }) => {
      const whole = number === 1 ? events : events.slice(0, events.indexOf('lo"'));
      socket.end(`HTTP/1.1 200 OK\r\ncontent-type: ${type}\r\nconnection: close\r\n\r\n${whole}`);
    });
    const azure = fixture.connect([server], { retry: false });
    const ask = asks['a chat as a stream'];
    expect(await ask?.(azure, 'first')).toBe('Hello');
    await expect(ask?.(azure, 'first')).rejects.toMatchObject({ code: 'STREAM_TRUNCATED', text: 'Hel' });
  },
);

test('an event that is no JSON after content cuts the stream, and is no bare SyntaxError', async () => {
  const events = chatEvents('Hel', 'lo').replace('{"content":"lo"}', '{"content":"l');
  const server = await fixture.serve(({ socket }) =>
    socket.write(rawAnswer(events, { headers: { 'content-type': 'text/event-stream' } })),
  );
  const azure = fixture.connect([server], { retry: false });
  await expect(asks['a chat as a stream']?.(azure, 'first')).rejects.toMatchObject({
    code: 'STREAM_TRUNCATED',
    text: 'Hel',
    cause: expect.any(SyntaxError) as unknown,
  });
});

test('JSON that is cut after an inner brace goes elsewhere', async () => {
  const body = chatAnswer('Hello');
  const cut = body.slice(0, body.indexOf('}') + 1);
  const bad = await fixture.serve(({ socket }) =>
    socket.end(`HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: close\r\n\r\n${cut}`),
  );
  const good = await fixture.serve((request) => request.socket.write(rightAnswer(request)));
  const azure = fixture.connect([bad, good], { retry: elsewhere });
  expect(await asks['a chat']?.(azure, 'pool')).toBe('Hello');
  expect(fixture.attempts()).toEqual(['first', 'second']);
});

test('bytes that are no UTF-8 and break the JSON go elsewhere; within a text they are replaced', async () => {
  const body = Buffer.from(chatAnswer('He~lo'));
  body[body.indexOf('~')] = 0xff;
  const broken = Buffer.from(chatAnswer('Hello'));
  broken[broken.indexOf('{"index"')] = 0xc3;
  const head = (bytes: Buffer) =>
    `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${bytes.length}\r\n\r\n`;
  const bad = await fixture.serve(({ socket }) =>
    socket.write(Buffer.concat([Buffer.from(head(broken)), broken])),
  );
  const good = await fixture.serve(({ socket }) =>
    socket.write(Buffer.concat([Buffer.from(head(body)), body])),
  );
  const azure = fixture.connect([bad, good], { retry: elsewhere });
  expect(await asks['a chat']?.(azure, 'pool')).toBe('He\uFFFDlo');
});

test.each([
  ['as JSON', 'a chat', OpenAI.RateLimitError],
  ['where a stream was asked for', 'a chat as a stream', OpenAI.RateLimitError],
] as const)('an error with status 200 %s keeps its hint and its message', async (_, ask, expected) => {
  const body = JSON.stringify({
    error: {
      code: '429',
      message: 'You have exceeded the call rate limit. Please retry after 86400 seconds.',
    },
  });
  const bad = await fixture.serve(({ socket }) => socket.write(rawAnswer(body)));
  const good = await fixture.serve((request) => request.socket.write(rightAnswer(request)));
  expect(await asks[ask]?.(fixture.connect([bad, good]), 'pool')).toBe('Hello');
  expect(fixture.events.find(({ type }) => type === 'attempt-failed')).toMatchObject({
    outcome: 'throttled',
    code: '429',
    retryAfterMs: 86_400_000,
  });
  const error: unknown = await asks[ask]?.(fixture.connect([bad], { retry: false }), 'first').catch(
    (e: unknown) => e,
  );
  expect(error).toBeInstanceOf(expected);
  expect(error).toMatchObject({
    status: 429,
    message: expect.stringContaining('exceeded the call rate') as string,
  });
  expect((error as APIError).headers?.get('retry-after')).toBe('86400');
});

test.each([
  [{ error: { code: 500, message: 'Boom' } }, OpenAI.InternalServerError],
  [{ error: { code: 'server_error', message: 'Boom' } }, OpenAI.InternalServerError],
  [{ error: { type: 'too_many_requests', message: 'Boom' } }, OpenAI.RateLimitError],
  [{ error: { code: 'invalid_prompt', message: 'Boom' } }, OpenAI.BadRequestError],
  [{ error: 'Boom' }, OpenAI.BadRequestError],
  [{ statusCode: 500, message: 'Boom' }, OpenAI.InternalServerError],
])('%j with status 200 is the error that it says', async (body, expected) => {
  const server = await fixture.serve(({ socket }) => socket.write(rawAnswer(JSON.stringify(body))));
  const azure = fixture.connect([server], { retry: false });
  for (const ask of ['a chat', 'a response as a stream']) {
    const error: unknown = await asks[ask]?.(azure, 'first').catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(expected);
    expect((error as Error).message).toContain('Boom');
  }
});

test('speech and files stay bytes, and a page is neither of speech nor of text', async () => {
  const sound = Buffer.from([0xff, 0xfb, 0x90, 0x00]);
  const server = await fixture.serve(({ socket, head, body }) => {
    const isPage = body.includes('a page');
    const type = isPage ? 'text/html' : head.includes('/content') ? 'text/html' : 'audio/mpeg';
    socket.write(`HTTP/1.1 200 OK\r\ncontent-type: ${type}\r\ncontent-length: 4\r\n\r\n`);
    socket.write(isPage ? '<p/>' : sound);
  });
  const azure = fixture.connect([server], { retry: false });
  const speech = { model: 'first', voice: 'alloy', input: 'Hi' } as const;
  expect(Buffer.from(await (await azure.audio.speech.create(speech)).arrayBuffer())).toEqual(sound);
  // A file may well be a page.
  expect(Buffer.from(await (await azure.files.content('file-1234567890')).arrayBuffer())).toEqual(sound);
  await expect(azure.audio.speech.create({ ...speech, input: 'a page' })).rejects.toThrow(
    UnexpectedAnswerError,
  );
});

test('an operation that this client does not know is the caller’s business', async () => {
  const server = await fixture.serve(({ socket }) => socket.write(rawAnswer('<p/>', html)));
  const azure = fixture.connect([server], { retry: false });
  const answer = await azure.fetch('https://any.invalid/openai/v1/something/new');
  expect({ status: answer.status, text: await answer.text() }).toEqual({ status: 200, text: '<p/>' });
});

test('an answer that is longer than `maxAnswerBytes` is not read on', async () => {
  const big = chatAnswer('x'.repeat(300_000));
  const server = await fixture.serve(({ socket }) => socket.write(rawAnswer(big)));
  const azure = fixture.connect([server], { maxAnswerBytes: 100_000 });
  await expect(asks['a chat']?.(azure, 'first')).rejects.toThrow(
    'Cannot read what "first" answered: it is longer than 100000 bytes. Ask for less at once, or raise `maxAnswerBytes`.',
  );
  // It would be as long the next time.
  expect(server.requests).toHaveLength(1);
  await expect.poll(() => server.sockets.size).toBe(0);
  expect(await asks['a chat']?.(azure.with({ maxAnswerBytes: 400_000 }), 'first')).toHaveLength(300_000);
});
