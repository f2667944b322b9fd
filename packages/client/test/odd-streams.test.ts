import { gzipSync, zstdCompressSync } from 'node:zlib';
import type { Socket } from 'node:net';
import { afterEach, expect, test, vi } from 'vitest';
import { undiciTransport } from '../src/index.ts';
import type { ClientOptions, Transport, TransportRequest } from '../src/index.ts';
import { messages } from './estate.ts';
import { rightAnswer } from './raw-answers.ts';
import { useRawServers } from './raw-estate.ts';
import { chatAnswer, chatEvents } from './raw-server.ts';
import type { RawServer } from './raw-server.ts';
import { settledBooks } from './settled-books.ts';

const fixture = useRawServers();
afterEach(() => {
  vi.useRealTimers();
});
const elsewhere = { initialDelayMs: 60_000, maxDelayMs: 60_000, budgetReserve: 20 };
const head = 'HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n';
const whole = chatEvents('Hel', 'lo');
const [role = '', first = '', second = '', stop = '', done = ''] = whole.split(/(?<=\n\n)/);

async function textOf(
  servers: readonly [RawServer] | readonly [RawServer, RawServer],
  options: ClientOptions = {},
  more: { n?: number; timeout?: number } = {},
): Promise<string> {
  const { n, timeout } = more;
  const azure = fixture.connect(servers, { retry: elsewhere, ...options });
  const request = {
    model: servers.length === 1 ? 'first' : 'pool',
    messages,
    stream: true,
    ...(n && { n }),
  } as const;
  let text = '';
  for await (const { choices } of await azure.chat.completions.create(request, {
    ...(timeout && { timeout }),
  })) {
    // What the types promise, a gateway need not keep.
    const given = (choices as typeof choices | null) ?? [];
    for (const { index, delta } of given) if (index === 0) text += delta.content ?? '';
  }
  return text;
}

async function ask(...pieces: string[]): Promise<string> {
  const server = await fixture.serve(({ socket }) => socket.end(head + pieces.join('')));
  return textOf([server], { retry: false });
}

/** A transport that tells when the headers of the first answer have come. */
function watchedTransport(): { transport: Transport; headers: Promise<undefined> } {
  const inner = undiciTransport({ env: {} });
  const { promise: headers, resolve } = Promise.withResolvers<undefined>();
  const send = async (request: TransportRequest) => {
    const response = await inner(request);
    resolve(undefined);
    return response;
  };
  return { transport: Object.assign(send, { close: async () => inner.close?.() }), headers };
}

/** Writes, and lets it arrive. */
async function arrived(socket: Socket | undefined, text: string): Promise<void> {
  await new Promise((resolve) => socket?.write(text, resolve));
  for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

test.each([
  ['`attemptTimeoutMs`', { attemptTimeoutMs: 1_000 }, {}],
  ['the `timeout` of the SDK', {}, { timeout: 1_000 }],
])('%s ends with the headers of a stream', async (_, options, more) => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  const server = await fixture.serve(({ socket }) => socket.write(head));
  const { transport, headers } = watchedTransport();
  const text = textOf([server], { ...options, transport }, more);
  await headers;
  const [request] = server.requests;
  await arrived(request?.socket, ': keep-alive\n\n');
  await vi.advanceTimersByTimeAsync(2_000);
  request?.socket.end(whole);
  expect(await text).toBe('Hello');
  expect(server.requests).toHaveLength(1);
});

/** Sends the headers and comments, until the other end has enough. */
async function keepAlive(socket: Socket): Promise<void> {
  for (let text = head; !socket.destroyed; text = ': keep-alive\n\n') await arrived(socket, text);
}

test('`firstTokenTimeoutMs` holds for a stream that only keeps alive', async () => {
  const bad = await fixture.serve(({ socket }) => void keepAlive(socket));
  const good = await fixture.serve((request) => request.socket.write(rightAnswer(request)));
  expect(await textOf([bad, good], { firstTokenTimeoutMs: 80 })).toBe('Hello');
  expect(fixture.attempts()).toEqual(['first', 'second']);
});

test.each([
  ['choices: null', { choices: null }],
  ['choices: a number', { choices: 3 }],
  ['a choice that is null', { choices: [null] }],
  ['a delta that is a text', { choices: [{ index: 0, delta: 'x' }] }],
  ['usage: a text', { choices: [], usage: 'x' }],
  ['response: null', { type: 'response.created', response: null }],
  ['nothing', {}],
])('an event with %s, first or last, breaks no stream', async (_, event) => {
  const odd = `data: ${JSON.stringify(event)}\n\n`;
  const server = await fixture.serve(({ socket }) =>
    socket.end(`${head}${odd}${role}${first}${second}${stop}${odd}${done}`),
  );
  const answer = await fixture
    .connect([server], { retry: false })
    .fetch('https://any.invalid/openai/v1/chat/completions', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'first', messages, stream: true }),
    });
  expect(await answer.text()).toContain('"lo"');
  expect(fixture.events.at(-1)).toMatchObject({ type: 'call-finished', outcome: 'ok', attempts: 1 });
});

test('usage beside `choices: null` is counted', async () => {
  const usage = { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 };
  const last = `data: ${JSON.stringify({ choices: null, usage })}\n\n`;
  expect(await ask(role, first, second, stop, last, done)).toBe('Hello');
  expect(fixture.events.at(-1)).toMatchObject({ usage: { inputTokens: 3, outputTokens: 2 } });
});

test.each([
  ['a name without data', 'event: ping\n\n'],
  ['a name with empty data', 'event: ping\ndata:\n\n'],
  ['a comment as data', 'data: : keepalive\n\n'],
  ['a word as data', 'data: ping\n\n'],
  ['an id', 'id: 7\n\n'],
])('%s keeps a stream alive, and is no event', async (_, event) => {
  expect(await ask(event, role, event, first, event, second, stop, event, done)).toBe('Hello');
});

test.each([
  ['a numeric code', { error: { code: 429, message: 'No.' } }, 'throttled'],
  ['a numeric code beside `choices: []`', { choices: [], error: { code: 429, message: 'No.' } }, 'throttled'],
  ['500 beside `choices: []`', { choices: [], error: { code: 500, message: 'No.' } }, 'unavailable'],
  ['a status of its own', { choices: [], error: { status: 503, code: 'x', message: 'No.' } }, 'unavailable'],
  ['a text', { error: 'You exceeded the token rate limit' }, 'throttled'],
  ['no `error`, from a gateway', { statusCode: 500, message: 'Internal server error' }, 'unavailable'],
  ['no `error`, about a limit', { statusCode: 429, message: 'Token limit is exceeded.' }, 'throttled'],
] as const)('an error with %s at the beginning of a stream fails over', async (_, error, outcome) => {
  const bad = await fixture.serve(({ socket }) =>
    socket.end(`${head}data: ${JSON.stringify(error)}\n\n${done}`),
  );
  const good = await fixture.serve((request) => request.socket.write(rightAnswer(request)));
  expect(await textOf([bad, good])).toBe('Hello');
  expect(fixture.events.find(({ type }) => type === 'attempt-failed')).toMatchObject({ outcome });
});

const ofSecond = (delta: object, finish: string | null = null) =>
  `data: ${JSON.stringify({ choices: [{ index: 1, delta, finish_reason: finish }] })}\n\n`;

test.each([
  ['after it began', [role, first, second, stop, ofSecond({ content: 'a' })]],
  ['before it began', [role, first, second, stop]],
])('with `n: 2` a stream whose second choice is cut %s is truncated', async (_, pieces) => {
  const cut = await fixture.serve(({ socket }) => socket.end(head + pieces.join('')));
  await expect(textOf([cut], { retry: false }, { n: 2 })).rejects.toMatchObject({ code: 'STREAM_TRUNCATED' });
  const full = [...pieces, ofSecond({}, 'stop')].join('');
  const good = await fixture.serve(({ socket }) => socket.end(head + full));
  expect(await textOf([good], { retry: false }, { n: 2 })).toBe('Hello');
});

test.each([
  ['gzip', gzipSync],
  ['zstd', zstdCompressSync],
  ['gzip, gzip', (text: string) => gzipSync(gzipSync(text))],
])('%s is unpacked though nobody asked for it, and a cut of it is no answer', async (encoding, pack) => {
  const body = pack(chatAnswer('Hello'));
  const answers = [body, body.subarray(0, -9)];
  const server = await fixture.serve(({ socket, number }) => {
    const bytes = answers[number - 1] ?? body;
    socket.write(`HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-encoding: ${encoding}\r\n`);
    socket.write(`content-length: ${bytes.length}\r\n\r\n`);
    socket.write(bytes);
  });
  const azure = fixture.connect([server], { retry: false });
  const { choices } = await azure.chat.completions.create({ model: 'first', messages });
  expect(choices[0]?.message.content).toBe('Hello');
  await expect(azure.chat.completions.create({ model: 'first', messages })).rejects.toThrow();
});

test('what unpacks to more than `maxAnswerBytes` is not unpacked on', async () => {
  const bomb = gzipSync(Buffer.alloc(64 * 2 ** 20, 0x20));
  const server = await fixture.serve(({ socket }) => {
    socket.write(`HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-encoding: gzip\r\n`);
    socket.write(`content-length: ${bomb.length}\r\n\r\n`);
    socket.write(bomb);
  });
  const azure = fixture.connect([server], { maxAnswerBytes: 1_000_000 });
  await expect(azure.chat.completions.create({ model: 'first', messages })).rejects.toMatchObject({
    code: 'ANSWER_TOO_LARGE',
  });
  expect(server.requests).toHaveLength(1);
});

test('an event without an end is not read for ever', async () => {
  const server = await fixture.serve(({ socket }) => {
    socket.write(`${head}${role}data: ${'x'.repeat(200_000)}`);
  });
  await expect(textOf([server], { maxAnswerBytes: 100_000 })).rejects.toMatchObject({
    code: 'ANSWER_TOO_LARGE',
  });
  await expect.poll(() => server.sockets.size).toBe(0);
});

test('leaving a stream early frees its socket and counts what was used', async () => {
  const server = await fixture.serve(({ socket }) => socket.write(head + role + first));
  const { quota, settled } = settledBooks();
  const azure = fixture.connect([server], { retry: false, quota });
  for await (const { choices } of await azure.chat.completions.create({
    model: 'first',
    messages,
    stream: true,
  })) {
    if (choices[0]?.delta.content === 'Hel') break;
  }
  await expect.poll(() => server.sockets.size).toBe(0);
  expect(fixture.events.at(-1)).toMatchObject({
    type: 'call-finished',
    outcome: 'aborted',
    deployment: 'first',
  });
  // The prompt by its estimate, and the three characters that came.
  expect(settled).toEqual([
    expect.objectContaining({ result: 'ok', tokens: { input: expect.any(Number) as number, output: 1 } }),
  ]);
  expect(azure.status().targets['first']).toMatchObject({ circuit: 'closed', failures: 0 });
});

test('a slow reader is not a silent stream, also when the socket brings more meanwhile', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  const server = await fixture.serve(({ socket }) => socket.write(head + role + first));
  const azure = fixture.connect([server], { retry: false, idleTimeoutMs: 60 });
  let text = '';
  for await (const { choices } of await azure.chat.completions.create({
    model: 'first',
    messages,
    stream: true,
  })) {
    text += choices[0]?.delta.content ?? '';
    if (text !== 'Hel') continue;
    const [request] = server.requests;
    await arrived(request?.socket, second);
    await vi.advanceTimersByTimeAsync(150);
    request?.socket.end(stop + done);
  }
  expect(text).toBe('Hello');
});

test.each([
  ['its deadline', { deadlineMs: 400 }, 'ok'],
  ['the end of its client', {}, 'aborted'],
])('a stream that has arrived, and that nobody reads, is settled at %s', async (end, options, outcome) => {
  const server = await fixture.serve(({ socket }) => socket.end(`${head}${whole}`));
  const { quota, settled } = settledBooks();
  const azure = fixture.connect([server], { quota, ...options });
  const stream = await azure.chat.completions.create({ model: 'first', messages, stream: true });
  expect(settled).toEqual([]);
  if (end !== 'its deadline') await azure.close({ graceMs: 0 });
  await expect.poll(() => settled.map(({ result }) => result)).toEqual(['ok']);
  expect(fixture.events.at(-1)).toMatchObject({ type: 'call-finished', outcome });
  let text = '';
  for await (const { choices } of stream) text += choices[0]?.delta.content ?? '';
  expect(text).toBe('Hello');
});

test('the loser of a hedge is aborted, and nothing of it is left', async () => {
  const slow = await fixture.serve(() => undefined);
  const quick = await fixture.serve((request) => request.socket.write(rightAnswer(request)));
  const { quota, settled } = settledBooks();
  const azure = fixture.connect([slow, quick], {
    quota,
    retry: elsewhere,
    hedge: { afterMs: 20, maxShare: 1 },
  });
  const { choices } = await azure.chat.completions.create({ model: 'pool', messages });
  expect(choices[0]?.message.content).toBe('Hello');
  await expect.poll(() => slow.sockets.size).toBe(0);
  await expect.poll(() => settled.length).toBe(2);
  expect(settled.map(({ result }) => result).sort()).toEqual(['cancelled', 'ok']);
  expect(azure.status().targets['first']).toMatchObject({ circuit: 'closed', failures: 0 });
  // Both attempts have ended: a client with one under way would not close.
  await azure.close();
});
