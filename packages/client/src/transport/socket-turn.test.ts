import { describe, expect, test } from 'vitest';
import type { SocketSession } from './socket-session.ts';
import { SocketLostError, takeTurn } from './socket-turn.ts';
import { readBytes } from './transport.ts';
import type { TransportResponse } from './transport.ts';

/** A turn on a socket whose other end is the test. */
function turnOf({ isStream = true, signal = new AbortController().signal } = {}) {
  const sent: string[] = [];
  const ends: boolean[] = [];
  const session: SocketSession = {
    openedAtMs: 0,
    lastResponse: undefined,
    holdsUnstored: false,
    isUsed: false,
    listener: undefined,
    isOpen: () => true,
    send: (text) => sent.push(text),
    close: () => undefined,
  };
  const answer = takeTurn(session, {
    text: 'the turn',
    isStream,
    signal,
    over: (isKept) => ends.push(isKept),
  });
  // A test may look at it later than it rejects.
  answer.catch(() => undefined);
  const say = (event: object | string): void => {
    session.listener?.message(typeof event === 'string' ? event : JSON.stringify(event));
  };
  return { session, sent, ends, answer, say };
}

const textOf = async ({ body }: TransportResponse) => String(await readBytes(body));
const completed = { type: 'response.completed', response: { id: 'r1', output: [] } };

describe('a turn that is streamed', () => {
  test('is sent once, and its events are those of an HTTP answer', async () => {
    const { sent, ends, answer, say, session } = turnOf();
    say({ type: 'response.created', response: { id: 'r1' } });
    const response = await answer;
    expect(response.status).toBe(200);
    expect(response.headers.get('Content-Type')).toBe('text/event-stream');
    expect([...response.headers]).toEqual([['content-type', 'text/event-stream']]);
    expect(ends).toEqual([]);
    say(completed);
    expect([sent, ends]).toEqual([['the turn'], [true]]);
    expect(session).toMatchObject({ lastResponse: 'r1', listener: undefined });
    expect(await textOf(response)).toBe(
      `data: ${JSON.stringify({ type: 'response.created', response: { id: 'r1' } })}\n\ndata: ${JSON.stringify(completed)}\n\n`,
    );
  });

  test.each(['response.completed', 'response.incomplete', 'response.failed', 'response.cancelled'])(
    '%s ends it, and the socket is free again',
    async (type) => {
      const { ends, answer, say } = turnOf();
      say({ type });
      expect(ends).toEqual([true]);
      expect(await textOf(await answer)).toContain(type);
    },
  );

  test.each(['response.completed.late', 'a.response.completed', 'response.output_text.delta', 'error.x'])(
    '%s does not end it',
    (type) => {
      const { ends, say } = turnOf();
      say({ type });
      expect(ends).toEqual([]);
      say(completed);
      expect(ends).toEqual([true]);
    },
  );

  test('an error in its middle is an event, and ends the socket', async () => {
    const { ends, answer, say } = turnOf();
    say({ type: 'response.created' });
    say({ type: 'error', error: { code: 'server_error' } });
    expect(ends).toEqual([false]);
    expect(await textOf(await answer)).toContain('"code":"server_error"');
  });

  test.each(['{"half', 'null', '7', '"text"'])(
    'a message such as %s is passed on like any other',
    async (text) => {
      const { answer, say } = turnOf();
      say(text);
      say(completed);
      expect(await textOf(await answer)).toContain(`data: ${text}\n\n`);
    },
  );

  test('who leaves it ends the socket: a turn cannot be cancelled', async () => {
    const { ends, answer, say, session } = turnOf();
    say({ type: 'response.created' });
    for await (const _ of (await answer).body) break;
    expect(ends).toEqual([false]);
    expect(session.listener).toBeUndefined();
    (await answer).destroy();
    expect(ends).toEqual([false]);
  });

  test('`destroy` ends it with its reason, and does nothing once it is over', async () => {
    const reason = new Error('enough');
    const { ends, answer, say } = turnOf();
    say({ type: 'response.created' });
    const response = await answer;
    response.destroy(reason);
    await expect(textOf(response)).rejects.toBe(reason);
    expect(ends).toEqual([false]);
    const whole = turnOf();
    whole.say(completed);
    (await whole.answer).destroy(reason);
    expect(await textOf(await whole.answer)).toContain('response.completed');
    expect(whole.ends).toEqual([true]);
  });

  test('`destroy` drops what had arrived and was not read yet', async () => {
    const reason = new Error('enough');
    const { answer, say } = turnOf();
    say({ type: 'response.created' });
    const response = await answer;
    response.destroy(reason);
    await expect(response.body[Symbol.asyncIterator]().next()).rejects.toBe(reason);
  });

  test('a connection that ends in its middle fails it after what had arrived', async () => {
    const { ends, answer, say, session } = turnOf();
    say({ type: 'response.created' });
    const error = new TypeError('The WebSocket was closed (1006).');
    session.listener?.closed(error);
    expect(ends).toEqual([false]);
    const iterator = (await answer).body[Symbol.asyncIterator]();
    expect(String((await iterator.next()).value)).toContain('response.created');
    await expect(iterator.next()).rejects.toBe(error);
  });
});

describe('a turn that is not streamed', () => {
  test('is answered with the response at its end', async () => {
    const { ends, answer, say } = turnOf({ isStream: false });
    say({ type: 'response.created', response: { id: 'r1' } });
    say(completed);
    const response = await answer;
    expect([response.status, response.headers.get('content-type')]).toEqual([200, 'application/json']);
    expect(JSON.parse(await textOf(response))).toEqual(completed.response);
    expect(ends).toEqual([true]);
    response.destroy();
  });

  test('is sent once: its connection that ends after an event is no idle one that was lost', async () => {
    const { ends, answer, say, session } = turnOf({ isStream: false });
    say({ type: 'response.created', response: { id: 'r1' } });
    const error = new TypeError('The WebSocket was closed (1006).');
    session.listener?.closed(error);
    await expect(answer).rejects.toBe(error);
    expect(ends).toEqual([false]);
  });

  test('may be answered with more than a reader takes at once', async () => {
    const { answer, say } = turnOf({ isStream: false });
    const text = 'x'.repeat(100_000);
    say({ type: 'response.completed', response: { id: 'r1', text } });
    let json = '';
    for await (const chunk of (await answer).body) json += Buffer.from(chunk).toString();
    expect(JSON.parse(json)).toEqual({ id: 'r1', text });
  });

  test('may fail without a response', async () => {
    const { answer, say } = turnOf({ isStream: false });
    say({ type: 'response.failed' });
    expect((await answer).status).toBe(500);
  });

  test.each([
    [{ code: 'rate_limit_exceeded' }, 429],
    [{ code: 'too_many_requests' }, 429],
    [{ type: 'rate_limit_error' }, 429],
    [{ type: 'invalid_request_error' }, 400],
    [{ code: 'response_not_found' }, 400],
    [{ code: 'invalid_prompt' }, 400],
    [{ code: 'content_filter' }, 400],
    [{ code: 'context_length_exceeded' }, 400],
    [{ code: 'server_error' }, 500],
    [undefined, 500],
  ])('that failed with %j has the status %d', async (error, status) => {
    const { ends, answer, say } = turnOf({ isStream: false });
    say({ type: 'response.failed', response: { id: 'r1', error } });
    const response = await answer;
    expect(response.status).toBe(status);
    expect(JSON.parse(await textOf(response))).toEqual(error === undefined ? {} : { error });
    expect(ends).toEqual([true]);
  });
});

describe('an error in place of the first event', () => {
  test.each([
    [{ status: 404, error: { code: 'server_error' } }, 404],
    [{ status: 400 }, 400],
    [{ status: 599 }, 599],
    [{ status: 399, error: { code: 'rate_limit' } }, 429],
    [{ status: 600 }, 500],
    [{ status: '404' }, 500],
    [{ error: null }, 500],
  ])('%j is an answer of status %d', async (event, status) => {
    const { ends, answer, say } = turnOf();
    say({ type: 'error', ...event });
    expect((await answer).status).toBe(status);
    expect(JSON.parse(await textOf(await answer))).toEqual({
      error: ('error' in event ? event.error : null) ?? {},
    });
    expect(ends, 'the socket is free').toEqual([true]);
  });

  test('has the headers that it names, those of the event before those of the error', async () => {
    const { answer, say } = turnOf();
    const error = { code: 'rate_limit', headers: { 'Retry-After-Ms': 250, 'x-a': 'error', 'x-none': null } };
    say({ type: 'error', error, headers: { 'X-A': 'event', 'Content-Type': 'text/plain' } });
    const { headers } = await answer;
    expect(Object.fromEntries(headers)).toEqual({
      'retry-after-ms': '250',
      'x-a': 'event',
      'content-type': 'application/json',
    });
    expect(headers.get('Retry-After-MS')).toBe('250');
  });

  test('of a socket that has come to its time limit asks for another socket', async () => {
    const { ends, answer, say } = turnOf();
    say({ type: 'error', error: { code: 'websocket_connection_limit_reached' } });
    await expect(answer).rejects.toBeInstanceOf(SocketLostError);
    await expect(answer).rejects.toMatchObject({
      lost: { message: 'The WebSocket has reached its time limit.' },
    });
    expect(ends).toEqual([false]);
  });
});

describe('before the first event', () => {
  test('a connection that ends may be replaced', async () => {
    const { ends, answer, session } = turnOf();
    const error = new TypeError('The WebSocket was closed (1006).');
    session.listener?.closed(error);
    await expect(answer).rejects.toBeInstanceOf(SocketLostError);
    await expect(answer).rejects.toMatchObject({ lost: error, message: error.message });
    expect(ends).toEqual([false]);
  });

  test('an abort ends the socket, and rejects with its reason', async () => {
    const abort = new AbortController();
    const { ends, answer, sent, session } = turnOf({ signal: abort.signal });
    const reason = new Error('enough');
    abort.abort(reason);
    await expect(answer).rejects.toBe(reason);
    expect([ends, sent, session.listener]).toEqual([[false], ['the turn'], undefined]);
  });

  test('an abort that came before sends nothing', async () => {
    const reason = new Error('enough');
    const { ends, answer, sent } = turnOf({ signal: AbortSignal.abort(reason) });
    await expect(answer).rejects.toBe(reason);
    expect([ends, sent]).toEqual([[false], []]);
  });
});

test('an abort after the end changes nothing, and nobody listens to the signal any more', async () => {
  const abort = new AbortController();
  let listeners = 0;
  const { signal } = abort;
  const [add, remove] = [signal.addEventListener.bind(signal), signal.removeEventListener.bind(signal)];
  signal.addEventListener = (...given: Parameters<typeof add>) => {
    listeners += 1;
    add(...given);
  };
  signal.removeEventListener = (...given: Parameters<typeof remove>) => {
    listeners -= 1;
    remove(...given);
  };
  const { ends, answer, say } = turnOf({ signal });
  expect(listeners).toBe(1);
  say(completed);
  expect(listeners).toBe(0);
  abort.abort();
  expect(ends).toEqual([true]);
  expect(await textOf(await answer)).toContain('response.completed');
});
