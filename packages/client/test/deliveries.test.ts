import { getEventListeners } from 'node:events';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { runCall } from '../src/call/run-call.ts';
import { settingsOf } from '../src/client/settings.ts';
import { noMentions } from '../src/request/mentions.ts';
import { readJsonRequest } from '../src/request/read-request.ts';
import type { TransportResponse } from '../src/transport/transport.ts';
import { responseEvents } from './raw-answers.ts';
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

// The service says what was used in the last event only.
const events = responseEvents().replace(/,"usage":\{[^}]*\}/, '');
const beginning = events.slice(0, events.indexOf('data: {"type":"response.completed"'));
const utf8 = (text: string) => Buffer.from(text);

interface Answering {
  readonly type?: string;
  readonly path?: string;
  readonly json?: object;
  readonly signal?: AbortSignal;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A call whose answer comes in pieces, as the test sends them. */
async function begun(
  first: string,
  { type = 'text/event-stream', path = '/responses', json = {}, signal, headers = {} }: Answering = {},
) {
  const destroyed: unknown[] = [];
  let pieces: ReadableStreamDefaultController<Uint8Array> | undefined;
  const body = new ReadableStream<Uint8Array>({ start: (controller) => void (pieces = controller) });
  const destroy = (reason?: unknown) => {
    destroyed.push(reason);
    try {
      pieces?.error(reason ?? new Error('destroyed'));
    } catch {
      // It had ended before.
    }
  };
  const response: TransportResponse = {
    status: 200,
    headers: new Headers({ 'content-type': type, ...headers }),
    body,
    destroy,
  };
  const wires = wired({
    transport: async () => {
      wires.clock.nowMs += 700;
      return Promise.resolve(response);
    },
  });
  given = wires;
  const { engine, clock } = wires;
  const request = readJsonRequest(`https://aoai.invalid/openai/v1${path}`, {
    method: path === '/responses' ? 'POST' : 'GET',
    headers: {},
    json: path === '/responses' ? { model: 'pool', input: 'Hello you', stream: true, ...json } : undefined,
  });
  const target = engine.resources.get('sweden');
  if (target === undefined) throw new Error('No target.');
  const route =
    request.name === undefined
      ? { ...engine.route('pool'), tiers: [[{ target }]] }
      : engine.route(request.name);
  const settings = { ...settingsOf({ deadlineMs: 60_000, idleTimeoutMs: 5_000, attemptTimeoutMs: 4_000 }) };
  pieces?.enqueue(utf8(first));
  const answer = await runCall(engine, { request, route, mentions: noMentions, settings, signals: [signal] });
  return {
    ...{ wires, destroyed, tokens: request.tokens },
    send: (text: string) => pieces?.enqueue(utf8(text)),
    end: () => pieces?.close(),
    fail: (error: Error) => pieces?.error(error),
    pass: async (ms: number) => {
      clock.nowMs += ms;
      await vi.advanceTimersByTimeAsync(ms);
    },
    drop: (reason: unknown) => {
      answer.destroy(reason);
    },
    finished: () => wires.events.filter(({ type: each }) => each === 'call-finished'),
    reader: (answer.body as AsyncIterable<Uint8Array, undefined>)[Symbol.asyncIterator](),
  };
}

const readAll = async (reader: AsyncIterator<Uint8Array, undefined>) => {
  let text = '';
  for (;;) {
    const { done, value } = await reader.next();
    if (done === true) return text;
    text += Buffer.from(value).toString();
  }
};

const usage = { inputTokens: 3, outputTokens: 2 };

describe('a stream', () => {
  test('that is read to its end is settled with what it used, and its call tells the whole of it', async () => {
    const headers = { 'x-ratelimit-remaining-tokens': '77', 'x-request-id': 'one' };
    const { wires, reader, end, send, finished, destroyed } = await begun(beginning, { headers });
    wires.clock.nowMs += 300;
    send(events.slice(beginning.length));
    end();
    expect(finished()).toEqual([]);
    expect(await readAll(reader)).toBe(events);
    expect(wires.settled).toEqual([
      { result: 'ok', tokens: { input: 3, output: 2, cachedInput: 0 }, observed: { remainingTokens: 77 } },
    ]);
    expect(finished()).toEqual([
      {
        ...{ type: 'call-finished', name: 'pool', operation: 'responses', stream: true, tags: {} },
        ...{ callId: expect.any(String) as string, atMs: wires.clock.nowMs, durationMs: 1_000 },
        ...{ outcome: 'ok', attempts: 1, status: 200, deployment: 'first', firstTokenMs: 700 },
        usage: expect.objectContaining(usage) as object,
        ...{ responseId: 'resp_1234567890', responseModel: 'gpt-4.1-mini' },
      },
    ]);
    expect(destroyed).toHaveLength(1);
    expect(wires.events.filter(({ type }) => type === 'attempt-succeeded')).toEqual([
      {
        ...{ type: 'attempt-succeeded', callId: expect.any(String) as string, attempt: 1, status: 200 },
        ...{ deployment: 'first', resource: 'sweden', durationMs: 700, requestId: 'one' },
        atMs: wires.clock.nowMs - 300,
      },
    ]);
  });

  test('that is left counts the text so far, a token for every four characters', async () => {
    const longer = beginning.replace('"Hel"', '"Hello, hello, Hel"');
    const { wires, reader, finished, destroyed, tokens } = await begun(longer);
    await reader.next();
    await reader.return?.();
    // 19 characters, and the prompt as it was estimated.
    expect(wires.settled).toEqual([{ result: 'ok', tokens: { input: tokens.input, output: 5 } }]);
    expect(tokens.input).not.toBe(5);
    expect(finished()).toMatchObject([{ outcome: 'aborted', status: 200, deployment: 'first' }]);
    expect(finished()[0]).not.toHaveProperty('usage');
    expect(destroyed).toHaveLength(1);
    expect(await reader.next()).toEqual({ value: undefined, done: true });
    await reader.return?.();
    expect([wires.settled.length, finished().length]).toEqual([1, 1]);
  });

  test('that is cut is a failure of its target, and tells what had come', async () => {
    const { wires, reader, fail, finished } = await begun(beginning);
    fail(new Error('cut'));
    await expect(readAll(reader)).rejects.toMatchObject({
      ...{ code: 'STREAM_TRUNCATED', deployment: 'first', text: 'Hello', responseId: 'resp_1234567890' },
      ...{ sequenceNumber: 2, cause: { message: 'cut' } },
    });
    expect(wires.settled).toMatchObject([{ result: 'failed', tokens: { output: 2 } }]);
    expect(finished()).toMatchObject([{ outcome: 'truncated', errorType: 'StreamTruncatedError' }]);
    expect(await reader.next()).toEqual({ value: undefined, done: true });
  });

  test('that breaks after its last event is complete', async () => {
    const { wires, reader, fail, send, finished } = await begun(beginning);
    send(events.slice(beginning.length));
    const [one, rest] = [await reader.next(), reader.next()];
    await rest;
    fail(new Error('cut'));
    await readAll(reader);
    expect(one.done).toBe(false);
    expect(wires.settled).toMatchObject([{ result: 'ok', tokens: { input: 3, output: 2 } }]);
    expect(finished()).toMatchObject([{ outcome: 'ok' }]);
  });

  test('whose last event has come, and that is left, is complete, and keeps its connection for a second', async () => {
    const { wires, reader, finished, destroyed, pass } = await begun(events);
    await reader.next();
    await reader.return?.();
    expect(finished()).toMatchObject([{ outcome: 'ok', usage }]);
    expect(wires.settled).toMatchObject([{ result: 'ok', tokens: { input: 3, output: 2 } }]);
    await pass(999);
    expect(destroyed).toEqual([]);
    await pass(1);
    expect(destroyed).toEqual([undefined]);
    expect(vi.getTimerCount()).toBe(0);
  });

  test('whose body ends within that second keeps its connection for good', async () => {
    const { reader, destroyed, pass, end } = await begun(events);
    await reader.next();
    await reader.return?.();
    end();
    await pass(0);
    await new Promise(setImmediate);
    expect(vi.getTimerCount()).toBe(0);
    await pass(1_000);
    expect(destroyed).toEqual([]);
  });

  test('whose caller aborts while nobody reads is settled at once, and the next read throws the reason, once', async () => {
    const stop = new AbortController();
    const { wires, reader, finished, destroyed } = await begun(beginning, { signal: stop.signal });
    const reason = new Error('enough');
    stop.abort(reason);
    expect(finished()).toMatchObject([{ outcome: 'aborted' }]);
    expect(wires.settled).toMatchObject([{ result: 'ok' }]);
    expect(destroyed[0]).toBe(reason);
    await expect(readAll(reader)).rejects.toBe(reason);
    expect(await reader.next()).toEqual({ value: undefined, done: true });
    expect(getEventListeners(stop.signal, 'abort')).toEqual([]);
  });

  test('at its deadline ends in an error that says so, also while nobody reads', async () => {
    const { wires, reader, finished, pass } = await begun(beginning);
    await pass(60_000);
    expect(finished()).toMatchObject([{ outcome: 'error', errorType: 'DeadlineExceededError' }]);
    expect(wires.settled).toMatchObject([{ result: 'ok' }]);
    await expect(readAll(reader)).rejects.toMatchObject({ code: 'DEADLINE_EXCEEDED', attempts: 1 });
    expect(vi.getTimerCount()).toBe(0);
  });

  test('that is silent while it is read is cut after `idleTimeoutMs`, and not before', async () => {
    const { reader, pass, finished } = await begun(beginning);
    await reader.next();
    const reading = readAll(reader);
    reading.catch(() => undefined);
    await new Promise(setImmediate);
    await pass(4_999);
    expect(finished()).toEqual([]);
    await pass(1);
    await expect(reading).rejects.toMatchObject({
      code: 'STREAM_TRUNCATED',
      cause: { message: expect.stringContaining('within 5000 ms') as string },
    });
  });

  test('that nobody reads is never silent', async () => {
    const { reader, pass, finished, send, end } = await begun(beginning);
    await reader.next();
    await pass(50_000);
    expect(finished()).toEqual([]);
    send(events.slice(beginning.length));
    end();
    await readAll(reader);
    expect(finished()).toMatchObject([{ outcome: 'ok' }]);
  });
});

describe('the end of a stream', () => {
  test('without its last event is a cut, and says that the connection was closed', async () => {
    const { wires, reader, end, finished } = await begun(beginning);
    end();
    await expect(readAll(reader)).rejects.toMatchObject({
      ...{ code: 'STREAM_TRUNCATED', text: 'Hello', cause: { message: 'The connection was closed.' } },
    });
    expect(finished()).toMatchObject([{ outcome: 'truncated' }]);
    expect(wires.settled).toMatchObject([{ result: 'failed' }]);
  });

  test('by the deadline after its last event leaves what has come to be read', async () => {
    const { reader, pass, finished, destroyed } = await begun(events);
    await pass(60_000);
    expect(finished()).toMatchObject([{ outcome: 'ok', usage }]);
    expect(destroyed[0]).toMatchObject({ code: 'DEADLINE_EXCEEDED' });
    expect(Buffer.from((await reader.next()).value ?? []).toString()).toContain('response.created');
  });

  test('by the caller after its last event is an abort all the same', async () => {
    const stop = new AbortController();
    const { reader, finished } = await begun(events, { signal: stop.signal });
    const reason = new Error('enough');
    stop.abort(reason);
    expect(finished()).toMatchObject([{ outcome: 'aborted' }]);
    await expect(readAll(reader)).rejects.toBe(reason);
  });

  test('tells in between what it speaks of, so that the next call goes where that is', async () => {
    const { wires, reader, send, end } = await begun(beginning);
    const holderOf = (id: string) => wires.engine.holders.of([id]);
    expect([holderOf('resp_1234567890'), holderOf('msg_1234567890')]).toEqual(['sweden', undefined]);
    send(events.slice(beginning.length));
    end();
    await readAll(reader);
    expect(holderOf('msg_1234567890')).toBe('sweden');
  });
});

describe('a file', () => {
  const file = { type: 'application/octet-stream', path: '/files/file-1234567890/content' };

  test('that is read to its end is settled without tokens, and its call is over then', async () => {
    const { wires, reader, send, end, finished } = await begun('abc', file);
    const first = await reader.next();
    expect([Buffer.from(first.value ?? []).toString(), finished()]).toEqual(['abc', []]);
    send('def');
    end();
    expect(await readAll(reader)).toBe('def');
    expect(wires.settled).toEqual([{ result: 'ok' }]);
    expect(finished()).toMatchObject([{ outcome: 'ok', stream: false, deployment: 'sweden' }]);
    expect(vi.getTimerCount()).toBe(0);
  });

  test('that breaks is an error of its call, not told twice', async () => {
    const { wires, reader, fail, finished } = await begun('abc', file);
    await reader.next();
    fail(new TypeError('cut'));
    await expect(reader.next()).rejects.toThrow('cut');
    expect(finished()).toMatchObject([{ outcome: 'error', errorType: 'TypeError' }]);
    expect(wires.settled).toHaveLength(1);
    expect(vi.getTimerCount()).toBe(0);
  });

  test('that is silent while it is read is ended after `idleTimeoutMs`', async () => {
    const { reader, pass, finished, destroyed } = await begun('abc', file);
    await reader.next();
    await pass(50_000);
    expect(finished(), 'nobody has waited for more').toEqual([]);
    const reading = reader.next();
    reading.catch(() => undefined);
    await new Promise(setImmediate);
    await pass(4_999);
    expect(destroyed).toEqual([]);
    await pass(1);
    await expect(reading).rejects.toThrow('within 5000 ms');
    expect(finished()).toMatchObject([{ outcome: 'error', errorType: 'TimeoutError' }]);
    expect(finished()).toHaveLength(1);
  });

  test('at its deadline ends in an error, also while nobody reads', async () => {
    const { wires, reader, pass, finished, destroyed } = await begun('abc', file);
    await pass(59_999);
    expect([destroyed, finished()]).toEqual([[], []]);
    await pass(1);
    expect(finished()).toMatchObject([{ outcome: 'error', errorType: 'DeadlineExceededError' }]);
    expect(destroyed[0]).toMatchObject({ code: 'DEADLINE_EXCEEDED' });
    await expect(readAll(reader)).rejects.toMatchObject({ code: 'DEADLINE_EXCEEDED' });
    expect([wires.settled, finished().length, vi.getTimerCount()]).toEqual([[{ result: 'ok' }], 1, 0]);
  });

  test('whose caller aborts while nobody reads is over at once, with the reason', async () => {
    const stop = new AbortController();
    const { reader, finished, destroyed } = await begun('abc', { ...file, signal: stop.signal });
    const reason = new Error('enough');
    stop.abort(reason);
    expect(finished()).toMatchObject([{ outcome: 'aborted', errorType: 'Error' }]);
    expect(destroyed[0]).toBe(reason);
    await expect(readAll(reader)).rejects.toBe(reason);
    expect(getEventListeners(stop.signal, 'abort')).toEqual([]);
    expect([finished().length, vi.getTimerCount()]).toEqual([1, 0]);
  });

  test('that is left frees its connection, and is no error', async () => {
    const { wires, reader, finished, destroyed } = await begun('abc', file);
    await reader.next();
    await reader.return?.();
    expect(finished()).toMatchObject([{ outcome: 'aborted', status: 200 }]);
    expect(finished()[0]).not.toHaveProperty('errorType');
    expect([wires.settled, destroyed.length, vi.getTimerCount()]).toEqual([[{ result: 'ok' }], 1, 0]);
  });

  test('that is dropped before it is read is over, and so is its time', async () => {
    const { finished, destroyed, drop } = await begun('abc', file);
    const reason = new Error('not wanted');
    drop(reason);
    expect(finished()).toMatchObject([{ outcome: 'aborted' }]);
    expect([destroyed, vi.getTimerCount()]).toEqual([[reason], 0]);
  });
});

describe('an answer that is dropped', () => {
  test('before its stream is read gives nothing to its reader, and counts what had come', async () => {
    const { wires, reader, finished, destroyed, drop } = await begun(beginning);
    const reason = new Error('not wanted');
    drop(reason);
    expect(finished()).toMatchObject([{ outcome: 'aborted' }]);
    expect(wires.settled).toMatchObject([{ result: 'ok', tokens: { output: 2 } }]);
    expect(destroyed).toEqual([reason]);
    expect(await reader.next()).toEqual({ value: undefined, done: true });
  });

  test('after the last event of its stream is complete', async () => {
    const { finished, drop } = await begun(events);
    drop(new Error('not wanted'));
    expect(finished()).toMatchObject([{ outcome: 'ok', usage }]);
  });
});
