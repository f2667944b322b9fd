import { expect, test } from 'vitest';
import { openStream } from './open-stream.ts';
import type { OpenOptions } from './open-stream.ts';

const role = 'data: {"choices":[{"index":0,"delta":{"role":"assistant"}}]}\n\n';
const hello = 'data: {"choices":[{"index":0,"delta":{"content":"Hello"}}]}\n\n';
const more = 'data: {"choices":[{"index":0,"delta":{"content":"!"}}]}\n\n';
const stop = 'data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\n\n';
const done = 'data: [DONE]\n\n';
const failure = 'data: {"error":{"code":"429","message":"Slow down."}}\n\n';

/** A body of these pieces, and what its reader does with the timers. */
function opening(pieces: readonly (string | Uint8Array)[], options: Partial<OpenOptions> = {}) {
  const steps: string[] = [];
  async function* body() {
    for (const piece of pieces) yield typeof piece === 'string' ? Buffer.from(piece) : piece;
  }
  const idle = (hasContent: boolean) => {
    const phase = hasContent ? 'after content' : 'before content';
    steps.push(phase);
    return {
      start: () => steps.push(`start ${phase}`),
      stop: () => steps.push(`stop ${phase}`),
    };
  };
  const response = { status: 200, headers: new Headers({ a: 'b' }), body: body(), destroy: () => undefined };
  const opened = openStream(response, {
    choices: 1,
    holdsNothing: false,
    idle,
    maxBytes: 10_000,
    tooLarge: () => new RangeError('Too large.'),
    ...options,
  });
  return { opened, steps };
}

async function open(pieces: readonly (string | Uint8Array)[], options: Partial<OpenOptions> = {}) {
  const stream = await opening(pieces, options).opened;
  if (stream.kind !== 'open') throw new Error(`The stream is ${stream.kind}.`);
  return stream;
}

/** All bytes of a stream, or what it throws in the end. */
async function textOf(pieces: readonly string[]): Promise<string> {
  const stream = await open(pieces);
  let text = '';
  for (const { bytes } of stream.held) text += Buffer.from(bytes).toString();
  for (let piece = await stream.next(); piece !== undefined; piece = await stream.next())
    text += Buffer.from(piece.bytes).toString();
  return text;
}

test('is open at its first content, with all that came before it held back, and reads on from there', async () => {
  const stream = await open([role, `${hello}${more}`, stop, done]);
  expect(stream.held.map(({ events }) => events.length)).toEqual([1, 2]);
  expect(Buffer.from(stream.held[1]?.bytes ?? []).toString()).toBe(`${hello}${more}`);
  expect(stream.progress.text()).toBe('Hello!');
  expect((await stream.next())?.events).toHaveLength(1);
  expect(stream.progress.finishReasons).toEqual(['stop']);
  expect((await stream.next())?.events).toMatchObject([{ data: '[DONE]' }]);
  expect(await stream.next()).toBeUndefined();
  expect(await stream.next()).toBeUndefined();
});

test('the time of silence runs while it waits, before content and after it apart', async () => {
  const { opened, steps } = opening([role, hello, done]);
  const stream = await opened;
  const before = ['start before content', 'stop before content'];
  expect(steps).toEqual(['before content', ...before, ...before, 'after content']);
  if (stream.kind === 'open') await stream.next();
  expect(steps.slice(6)).toEqual(['start after content', 'stop after content']);
});

test('the time of silence stops also when the connection breaks', async () => {
  const steps: string[] = [];
  const response = {
    status: 200,
    headers: new Headers(),
    body: {
      [Symbol.asyncIterator]: () => ({ next: () => Promise.reject(new Error('Reset.')) }),
    },
    destroy: () => undefined,
  };
  const idle = () => ({ start: () => steps.push('start'), stop: () => steps.push('stop') });
  await expect(
    openStream(response, {
      choices: 1,
      holdsNothing: false,
      idle,
      maxBytes: 1,
      tooLarge: () => new Error(),
    }),
  ).rejects.toThrow('Reset.');
  expect(steps).toEqual(['start', 'stop']);
});

test.each([
  ['an error', [role, failure], { code: '429', message: 'Slow down.', status: 429 }],
  ['its end', [role], undefined],
  ['an event that is cut', [role, 'data: {"choices"'], undefined],
  ['an event that is no JSON', [role, 'data: {"a"\n\n', hello], undefined],
  ['an empty body', [], undefined],
  ['nothing but white space', [' \r\n'], undefined],
  [
    'an error with a reason, after one without',
    ['data: {"type":"response.failed","response":{"error":null}}\n\n', failure],
    { code: '429', message: 'Slow down.', status: 429 },
  ],
  [
    'an error whose reason never comes',
    ['data: {"type":"response.failed","response":{"error":null}}\n\n'],
    { code: '', message: '', status: undefined },
  ],
])('has failed when %s comes before content, and can be read all the same', async (_, pieces, error) => {
  const stream = await opening(pieces).opened;
  if (stream.kind !== 'failed') throw new Error(`The stream is ${stream.kind}.`);
  expect(stream.error).toEqual(error);
  const read = pieces.slice(0, pieces.findIndex((piece) => piece.includes('"a"')) + 1 || undefined).join('');
  expect(stream.body.toString()).toBe(read);
  expect(stream.answer).toMatchObject({ status: 200, body: stream.body });
  expect(stream.answer.headers.get('a')).toBe('b');
  let events = 0;
  for await (const batch of stream.answer.events ?? []) events += batch.length;
  expect(events).toBe(read.split('\n\n').filter((event) => /^data: \{.*\}$/.test(event)).length);
});

test('is open when it says that it is complete without any content', async () => {
  expect((await open([role, done])).progress.finished).toBe(true);
  expect((await open([role, stop])).held).toHaveLength(2);
});

test('an error after content is the business of the caller', async () => {
  const stream = await open([`${hello}${failure}`]);
  expect(stream.progress.error?.code).toBe('429');
});

test('is open at once where every event is wanted, but not before the first', async () => {
  const queued = 'data: {"type":"response.queued","response":{"id":"resp_1"}}\n\n';
  const stream = await open([': hello\n\n', queued, hello], { holdsNothing: true });
  expect(stream.held.map(({ events }) => events.length)).toEqual([0, 1]);
  expect((await opening([queued]).opened).kind).toBe('failed');
});

test('waits for the end of each choice that was asked for', async () => {
  const other = 'data: {"choices":[{"index":1,"delta":{},"finish_reason":"stop"}]}\n\n';
  expect((await open([stop], { choices: 2 })).progress.finished).toBe(false);
  expect((await open([`${stop}${other}`], { choices: 2 })).progress.finished).toBe(true);
});

test('the end of the body ends the last event', async () => {
  const stream = await open([hello, 'data: [DONE]']);
  await stream.next();
  expect(stream.progress.complete).toBe(false);
  const last = await stream.next();
  expect(last?.events).toMatchObject([{ data: '[DONE]' }]);
  expect(last?.bytes).toHaveLength(0);
  expect(stream.progress.complete).toBe(true);
  expect(await stream.next()).toBeUndefined();
});

test('the end of the body hides an event that was cut', async () => {
  const stream = await open([hello, 'data: {"choices":[{"ind']);
  await stream.next();
  expect(await stream.next()).toBeUndefined();
  expect(await stream.next()).toBeUndefined();
});

test.each(['data:', 'data: : keepalive', 'data: ping', 'data: keep-alive.v2_x', 'data:  '])(
  'the event %j that holds nothing is passed over, before content and after it',
  async (empty) => {
    const stream = await open([`${role}${empty}\n\n`, hello, `${empty}\n\n${more}`, done]);
    expect(stream.held.map(({ events }) => events.length)).toEqual([1, 1]);
    expect((await stream.next())?.events).toHaveLength(1);
    expect((await stream.next())?.events).toHaveLength(1);
    expect(stream.progress.events).toBe(4);
  },
);

test.each(['data: two words', `data: ${'x'.repeat(41)}`, 'data: {"a"', 'data: x:y'])(
  'the event %j is no JSON: nothing comes after it',
  async (broken) => {
    const stream = await open([hello, `${more}${broken}\n\n${stop}`, done]);
    expect((await stream.next())?.events).toHaveLength(1);
    expect(stream.progress.text()).toBe('Hello!');
    await expect(stream.next()).rejects.toThrow(SyntaxError);
    await expect(stream.next()).rejects.toThrow('An event of the stream is no JSON.');
  },
);

test('an event that is a plain value of JSON is kept beside one that holds nothing', async () => {
  const stream = await open([hello, 'data: 7\n\ndata: ping\n\n', done]);
  expect((await stream.next())?.events).toMatchObject([{ json: 7 }]);
});

test.each([['{"code":"x"}'], ['{"message":"m"}']])(
  'after the error %s no reason is waited for',
  async (error) => {
    const stream = await opening([role, `data: {"error":${error}}\n\n`, hello]).opened;
    expect(stream).toMatchObject({ kind: 'failed', error: JSON.parse(error) as object });
  },
);

test('a body that has come to its end is not read again', async () => {
  const pieces = [hello, done].map((piece) => Buffer.from(piece));
  let reads = 0;
  const next = () => {
    reads += 1;
    const value = pieces.shift();
    return Promise.resolve(value === undefined ? { done: true, value } : { done: false, value });
  };
  const body = { [Symbol.asyncIterator]: () => ({ next }) } as AsyncIterable<Uint8Array>;
  const response = { status: 200, headers: new Headers(), body, destroy: () => undefined };
  const stream = await openStream(response, {
    choices: 1,
    holdsNothing: false,
    idle: () => ({ start: () => undefined, stop: () => undefined }),
    maxBytes: 1_000,
    tooLarge: () => new Error(),
  });
  if (stream.kind !== 'open') throw new Error(`The stream is ${stream.kind}.`);
  for (let piece = 0; piece < 4; piece += 1) await stream.next();
  expect(reads).toBe(3);
});

test('what follows the content in the pieces that were needed to know it for events is held, too', async () => {
  const pieces = ['d', 'ata: {"choices":[{"index":0,"delta":{"content":"Hello"}}]}\n\n', more, done];
  expect(await textOf(pieces)).toBe(pieces.join(''));
  const others = ['da', ...pieces.slice(1).map((piece) => piece.replace(/^ata/, 'ta'))];
  expect(await textOf(others)).toBe(others.join(''));
  expect(await textOf(['\uFEFF', '\n', hello, done])).toBe(`\uFEFF\n${hello}${done}`);
});

test.each([
  'data: x',
  'data\n\n',
  'event: x',
  'event\r\n',
  'id: 1',
  'id\n',
  'retry: 1',
  'retry\n',
  ': comment',
  '\uFEFFdata: x',
  '\r\n\r\n data: x',
])('a body that begins %j is one of events', async (start) => {
  expect((await opening([start]).opened).kind).toBe('failed');
});

test.each([
  '<html>',
  '{"a":1}',
  'datum',
  'database: x',
  'events',
  'x data: y',
  'retry!',
  'data ',
  'xdata\n',
  'd\uFEFFata: x',
])('a body that begins %j is none, and is read as a whole', async (start) => {
  const rest = new Uint8Array([0xff, 0x00]);
  expect(await opening([start, rest]).opened).toEqual({
    kind: 'other',
    body: Buffer.concat([Buffer.from(start), rest]),
  });
});

test('a body that is none of events and too long is not read on', async () => {
  expect(await opening(['<html>', 'x'.repeat(4)], { maxBytes: 10 }).opened).toMatchObject({
    body: Buffer.from('<html>xxxx'),
  });
  expect(await opening(['<html>', 'x'.repeat(5)], { maxBytes: 10 }).opened).toEqual({
    kind: 'other',
    body: undefined,
  });
});

test('holds no more bytes than it may, before content and of one event', async () => {
  const whole = role.length;
  expect((await open([role, hello], { maxBytes: whole + hello.length })).held).toHaveLength(2);
  await expect(open([role, role, hello], { maxBytes: 2 * whole - 1 })).rejects.toThrow('Too large.');
  expect((await open([role, role, hello], { maxBytes: 2 * whole })).held).toHaveLength(3);
  const stream = await open([hello, 'data: "', 'x'.repeat(93), 'x', '"\n\n'], { maxBytes: 100 });
  for (let piece = 0; piece < 2; piece += 1) await stream.next();
  await expect(stream.next()).rejects.toThrow('Too large.');
});

test('an event that comes to its end counts no more', async () => {
  const piece = 'x'.repeat(90);
  const event = ['data: "', piece, '"\n\n'];
  const stream = await open([hello, ...event, ...event, done], { maxBytes: 100 });
  let read = 0;
  while ((await stream.next()) !== undefined) read += 1;
  expect(read).toBe(7);
});
