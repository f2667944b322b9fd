import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { readAnswer } from '../src/attempt/read-answer.ts';
import { responseEvents, rightBody } from './raw-answers.ts';
import { wired } from './wired-attempts.ts';
import type { Wired } from './wired-attempts.ts';

let given: Wired | undefined;
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
});
afterEach(() => {
  given?.close();
  vi.useRealTimers();
});

interface Answered {
  readonly status?: number;
  readonly type?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly json?: Readonly<Record<string, unknown>>;
  readonly options?: Parameters<typeof wired>[0];
  readonly path?: string;
  readonly method?: string;
}

/** What an answer means, to `POST /responses` if nothing else is said, and why its connection was dropped. */
async function read(body: string, answered: Answered = {}) {
  const { status = 200, type = 'application/json', headers = {}, json = {}, options = {} } = answered;
  const { path, method } = answered;
  const wires = (given = wired(options));
  const call = wires.begin(json, path, method);
  const attempt = await wires.open(call);
  const destroyed: unknown[] = [];
  const response = {
    status,
    headers: new Headers({ 'content-type': type, ...headers }),
    body: new Blob([body]).stream(),
    destroy: (reason?: unknown) => void destroyed.push(reason),
  };
  const result = await readAnswer({ engine: wires.engine, call, attempt, response });
  return { result, destroyed, response };
}

const right = rightBody('/responses', '').body;
const stream = { json: { stream: true }, type: 'text/event-stream' };
const answerOf = ({ result }: Awaited<ReturnType<typeof read>>) =>
  result.kind === 'failed'
    ? [result.status, result.classified.outcome, result.classified.code]
    : [result.kind];

describe('an answer as a whole', () => {
  test('is read, with the headers that it had', async () => {
    const { result, response } = await read(right);
    expect(result).toMatchObject({
      kind: 'whole',
      json: { id: 'resp_1234567890' },
      body: Buffer.from(right),
    });
    expect(result.kind === 'whole' && result.response).toBe(response);
  });

  test('that is JSON under another name is JSON for the caller, and keeps its other headers', async () => {
    const { result } = await read(right, { type: 'text/plain', headers: { 'x-a': 'b' } });
    if (result.kind !== 'whole') throw new Error(result.kind);
    const { headers } = result.response;
    expect([headers.get('content-type'), headers.get('x-a')]).toEqual(['application/json', 'b']);
  });

  test.each([
    ['an empty one', '', 200],
    ['a cut one', right.slice(0, -5), 200],
    ['another thing', '{"object":"list","data":[]}', 200],
    ['a list', `[${right}]`, 200],
    ['a page', '<html>Sign in</html>', 200],
    ['one with a status that no service has', right, 600],
  ])('that is %s comes from somebody else', async (_, body, status) => {
    const { result } = await read(body, { status });
    expect(result).toMatchObject({
      ...{ kind: 'failed', status, classified: { outcome: 'unavailable', code: 'UNEXPECTED_ANSWER' } },
      error: { deployment: 'first', status, contentType: 'application/json', isPage: body.startsWith('<') },
    });
    expect(result).not.toHaveProperty('answer');
  });

  test('that is still packed is not read', async () => {
    const packed = await read(right, { headers: { 'content-encoding': 'x-odd' } });
    expect(answerOf(packed)).toEqual([200, 'unavailable', 'UNEXPECTED_ANSWER']);
  });

  test('may be empty where nothing is owed', async () => {
    const { result } = await read('', { status: 204 });
    expect(result).toMatchObject({ kind: 'whole', json: undefined, body: Buffer.from('') });
  });

  test('may have so many bytes, and not one more', async () => {
    const maxAnswerBytes = Buffer.byteLength(right);
    expect((await read(right, { options: { maxAnswerBytes } })).result.kind).toBe('whole');
    given?.close();
    await expect(read(right, { options: { maxAnswerBytes: maxAnswerBytes - 1 } })).rejects.toMatchObject({
      ...{ code: 'ANSWER_TOO_LARGE', deployment: 'first', maxAnswerBytes: maxAnswerBytes - 1 },
    });
  });
});

describe('an answer to an operation', () => {
  const unknown = '/new/things';
  const file = '/files/file-1/content';

  test.each([
    ['unknown here, that is JSON', unknown, 'application/json', '{"any":1}', 'whole'],
    ['unknown here, that is empty', unknown, 'application/json', '', 'whole'],
    ['unknown here, that is no JSON', unknown, 'application/json', '{"any', 'failed'],
    ['unknown here, that is a page', unknown, 'text/html', '<html>', 'bytes'],
    ['that answers with a file', file, 'application/jsonl', '{}', 'bytes'],
    ['that answers with a file of JSON', file, 'application/json', '{}', 'bytes'],
    ['that answers with a text', '/audio/transcriptions', 'text/plain', 'Hello.', 'bytes'],
    ['that answers with a text in JSON', '/audio/transcriptions', 'application/json', '{"text":""}', 'whole'],
    ['that answers with JSON, that is none', '/embeddings', 'text/plain', 'Hello.', 'failed'],
  ])('%s', async (_, path, type, body, kind) => {
    const { result } = await read(body, { path, type });
    expect(result.kind).toBe(kind);
  });

  test.each([
    ['unknown here', unknown],
    ['that answers with a file', file],
  ])('%s may be packed: only its reader unpacks it', async (_, path) => {
    const packed = { path, type: 'application/octet-stream', headers: { 'content-encoding': 'x-odd' } };
    expect((await read('packed', packed)).result.kind).toBe('bytes');
  });

  test.each([
    ['unknown here', unknown, 'stream'],
    ['that answers with a file', file, 'stream'],
    ['that answers with JSON', '/embeddings', 'failed'],
  ])('%s, as events that nobody asked for, is %s', async (_, path, kind) => {
    const { result } = await read(responseEvents(), { path, type: 'text/event-stream' });
    expect(result.kind).toBe(kind);
  });

  test.each([
    ['unknown here', unknown, 'whole'],
    ['that answers with a file', file, 'bytes'],
    ['that ignores the wish', '/embeddings', 'whole'],
  ])('%s, in JSON where a stream was asked for, is read as JSON', async (_, path, kind) => {
    const { result } = await read('{"data":[{}]}', { path, json: { stream: true } });
    expect(result.kind).toBe(kind);
  });

  test('of which the address asks for a stream has one', async () => {
    for (const query of ['?stream=true', '?a=b&stream=true', '?stream=true&starting_after=1']) {
      const { result } = await read(responseEvents(), {
        ...{ path: `/responses/resp_1${query}`, method: 'GET', type: 'text/event-stream' },
      });
      expect(result.kind, query).toBe('stream');
      given?.close();
    }
    const { result } = await read(responseEvents(), {
      ...{ path: '/responses/resp_1?upstream=true', method: 'GET', type: 'text/event-stream' },
    });
    expect(result.kind).toBe('failed');
  });
});

describe('a failure', () => {
  const error = (code: string) => JSON.stringify({ error: { code, message: 'No.' } });

  test.each([
    [300, error('x'), 'refused'],
    [400, error('x'), 'fatal'],
    [429, error('429'), 'throttled'],
    [503, error('x'), 'unavailable'],
    [599, error('x'), 'unavailable'],
  ])('has the status %i and the body %s: %s', async (status, body, outcome) => {
    const { result } = await read(body, { status });
    expect(result).toMatchObject({
      ...{ kind: 'failed', status, classified: { outcome }, answer: { status, body: Buffer.from(body) } },
    });
    expect(result).not.toHaveProperty('error');
  });

  test('is read to its first megabyte', async () => {
    const { result } = await read(`{"error":{"message":"${'x'.repeat(2 ** 20)}"}}`, { status: 500 });
    if (result.kind !== 'failed') throw new Error(result.kind);
    expect((result.answer?.body as Buffer).byteLength).toBe(2 ** 20);
  });

  test('with a status of success has the one that it should have had', async () => {
    const { result } = await read(error('429'));
    expect(result).toMatchObject({
      ...{ kind: 'failed', status: 429, classified: { outcome: 'throttled' }, answer: { status: 429 } },
    });
  });

  test.each([
    [{ output: [] }, 'failed'],
    [{ output: [{ type: 'message' }] }, 'whole'],
    [{ output: [], error: null }, 'whole'],
    [{ output: [], status: 'incomplete' }, 'whole'],
  ])('of a response counts while it has said nothing: %j is %s', async (more, kind) => {
    const failed = { status: 'failed', error: { code: 'server_error', message: 'Out.' }, ...more };
    const body = JSON.stringify({ ...(JSON.parse(right) as object), ...failed });
    const { result } = await read(body);
    expect(result.kind).toBe(kind);
    if (result.kind === 'failed') {
      expect(result).toMatchObject({ status: 200, classified: { outcome: 'unavailable' } });
      expect(result.answer).toMatchObject({ status: 200, body: Buffer.from(body) });
    }
  });
});

describe('a stream', () => {
  test.each(['text/event-stream', 'Text/Event-Stream; charset=utf-8', 'text/plain', 'application/json', ''])(
    'is one whatever its type says, and is called one: %j',
    async (type) => {
      const { result, destroyed } = await read(responseEvents(), { ...stream, type });
      if (result.kind !== 'stream') throw new Error(result.kind);
      const { headers } = result.response;
      expect(headers.get('content-type')?.toLowerCase()).toMatch(/^text\/event-stream/);
      expect(destroyed).toEqual([]);
      expect(vi.getTimerCount(), 'only the deadline is left').toBe(1);
    },
  );

  test('that opens with an error is a failure of that kind, and its connection is dropped', async () => {
    const opening = { type: 'error', code: 'rate_limit_exceeded', message: 'Please retry after 7 seconds.' };
    const { result, destroyed } = await read(`data: ${JSON.stringify(opening)}\n\n`, stream);
    expect(result).toMatchObject({
      ...{ kind: 'failed', status: 200 },
      classified: { outcome: 'throttled', code: 'rate_limit_exceeded', retryAfterMs: 7_000 },
    });
    expect(destroyed).toEqual([undefined]);
  });

  test('that never comes to its content is no answer', async () => {
    const { result, destroyed } = await read(': nothing\n\n', stream);
    expect(result).toMatchObject({ kind: 'failed', classified: { code: 'UNEXPECTED_ANSWER' } });
    expect(destroyed).toHaveLength(1);
  });

  test('that is JSON is the error in it, or no answer', async () => {
    const json = { ...stream, type: 'application/json' };
    const refused = await read('{"error":{"code":"429","message":"No."}}', json);
    expect(answerOf(refused)).toEqual([429, 'throttled', '429']);
    given?.close();
    expect(answerOf(await read(right, json))).toEqual([200, 'unavailable', 'UNEXPECTED_ANSWER']);
  });

  test('that nobody asked for is no answer', async () => {
    const { result } = await read(responseEvents(), { type: 'text/event-stream' });
    expect(result).toMatchObject({ kind: 'failed', classified: { code: 'UNEXPECTED_ANSWER' } });
  });
});
