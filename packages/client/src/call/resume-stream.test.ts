import { expect, test } from 'vitest';
import type { Answer } from '../answer/answer.ts';
import type { SseEvent } from '../answer/sse.ts';
import { StreamTruncatedError } from '../errors.ts';
import type { CallRequest } from '../request/call-request.ts';
import { isResumable, resumableStream } from './resume-stream.ts';

const event = (number: number | undefined, name: string | null = null): SseEvent => {
  const json = number === undefined ? { a: 1 } : { sequence_number: number };
  return { event: name, data: JSON.stringify(json), json };
};
const cutAfter = (text: string, responseId: string | undefined = 'resp_1') =>
  new StreamTruncatedError({
    deployment: 'first',
    text,
    events: 1,
    responseId,
    sequenceNumber: 1,
    cause: new Error('Reset.'),
  });

/** An answer of these pieces, and what becomes of it. */
function answerOf(pieces: readonly (readonly SseEvent[])[], end?: Error, status = 200) {
  const left: string[] = [];
  async function* events() {
    try {
      yield* pieces;
      if (end !== undefined) throw end;
    } finally {
      left.push('read or left');
    }
  }
  const answer: Answer = {
    status,
    headers: new Headers(),
    body: Buffer.alloc(0),
    events: events(),
    destroy: () => left.push('destroyed'),
  };
  return { answer, left };
}

/** A stream whose connections are cut as often as there are further answers. */
function resuming(first: Answer, answers: readonly (Answer | Error)[], maxResumes = 2) {
  const asked: [string, number][] = [];
  const rest = [...answers];
  const answer = resumableStream(first, {
    maxResumes,
    resume: async (id, after) => {
      asked.push([id, after]);
      const next = rest.shift() ?? new Error('No more.');
      if (next instanceof Error) throw next;
      return next;
    },
  });
  return { answer, asked };
}

async function read({ events }: Answer): Promise<{ numbers: unknown[]; error: unknown }> {
  const numbers: unknown[] = [];
  try {
    for await (const piece of events ?? []) {
      for (const { json } of piece) numbers.push((json as { sequence_number?: number }).sequence_number);
    }
  } catch (error) {
    return { numbers, error };
  }
  return { numbers, error: undefined };
}

test.each([
  ['POST', '/responses', true, { background: true }, true],
  ['POST', '/responses', true, { background: false }, false],
  ['POST', '/responses', true, undefined, false],
  ['POST', '/responses', false, { background: true }, false],
  ['GET', '/responses', true, { background: true }, false],
  ['POST', '/chat/completions', true, { background: true }, false],
])('%s %s (stream: %s) with %j can be resumed: %s', (method, path, stream, json, expected) => {
  expect(isResumable({ method, path, stream, json } as CallRequest)).toBe(expected);
});

test('goes on after the last event that it has, and gives none twice', async () => {
  const { answer: first } = answerOf([[event(0), event(1)]], cutAfter('Hel'));
  const { answer: second } = answerOf([[event(1), event(2)]], cutAfter('lo'));
  const { answer: third } = answerOf([[event(1)], [event(2)], [event(3), event(undefined)]]);
  const { answer, asked } = resuming(first, [second, third]);
  expect(await read(answer)).toEqual({ numbers: [0, 1, 2, 3, undefined], error: undefined });
  expect(asked).toEqual([['resp_1', 1], ['resp_1', 2]]); // prettier-ignore
});

test('so many failures in a row end it, with all that has come; an event in between begins the row anew', async () => {
  const { answer: first } = answerOf([[event(0)]], cutAfter('a'));
  const again = [1, 2].map((number) => answerOf([[event(number)]], cutAfter(String(number))).answer);
  const silent = Array.from({ length: 3 }, () => answerOf([], cutAfter('')).answer);
  const { answer, asked } = resuming(first, [...again, ...silent]);
  const { numbers, error } = await read(answer);
  expect(numbers).toEqual([0, 1, 2]);
  expect(asked).toHaveLength(4);
  expect(error).toBeInstanceOf(StreamTruncatedError);
  expect(error).toMatchObject({ text: 'a12', events: 3, responseId: 'resp_1', sequenceNumber: 2 });
  expect((error as Error).cause).toMatchObject({ message: 'Reset.' });
});

test.each([
  ['an error that is no cut', [[event(0)]], new Error('Boom')],
  ['a cut before any id', [[event(0)]], cutAfter('', '')],
  ['a cut before any number', [[event(undefined)]], cutAfter('')],
])('%s comes as it is', async (name, pieces, error) => {
  const given =
    name === 'a cut before any id'
      ? new StreamTruncatedError({ deployment: 'a', text: '', events: 0, cause: undefined })
      : error;
  const { answer, asked } = resuming(answerOf(pieces, given).answer, []);
  expect((await read(answer)).error).toBe(given);
  expect(asked).toEqual([]);
});

test('where going on fails, its reason is the cause', async () => {
  const { answer } = resuming(answerOf([[event(0)]], cutAfter('a')).answer, [new Error('Away.')]);
  const { error } = await read(answer);
  expect(error).toMatchObject({ code: 'STREAM_TRUNCATED', text: 'a', cause: { message: 'Away.' } });
});

test.each([404, 200])('an answer of %i without events ends it, and is dropped', async (status) => {
  const { answer: bad, left } = answerOf([], undefined, status);
  const { events, ...without } = bad;
  const resumed = status === 200 ? without : bad;
  expect(events).toBeDefined();
  const { answer } = resuming(answerOf([[event(0)]], cutAfter('a')).answer, [resumed]);
  const { error } = await read(answer);
  expect(error).toMatchObject({
    cause: { message: `The service answered ${status} to the request to go on.` },
  });
  expect(left).toEqual(['destroyed']);
});

test('who leaves, leaves the connection that is read now', async () => {
  const { answer: first } = answerOf([[event(0)]], cutAfter('a'));
  const { answer: second, left } = answerOf([[event(1)], [event(2)]]);
  const { answer } = resuming(first, [second]);
  for await (const [one] of answer.events ?? []) {
    if ((one?.json as { sequence_number: number }).sequence_number === 1) break;
  }
  await expect.poll(() => left).toEqual(['read or left']);
  answer.destroy();
  expect(left).toEqual(['read or left', 'destroyed']);
});

test('the bytes are the events, written anew', async () => {
  const lines: SseEvent = { event: 'x', data: 'a\nb', json: undefined };
  const { answer } = resuming(answerOf([[event(7), lines]]).answer, []);
  let text = '';
  for await (const bytes of answer.body as AsyncIterable<Uint8Array>) text += Buffer.from(bytes).toString();
  expect(text).toBe('data: {"sequence_number":7}\n\nevent: x\ndata: a\ndata: b\n\n');
});

test('an answer that is no stream of success stays as it is', () => {
  const { answer: refused } = answerOf([], undefined, 429);
  expect(resuming(refused, []).answer).toBe(refused);
  const whole: Answer = {
    status: 200,
    headers: new Headers(),
    body: Buffer.alloc(0),
    destroy: () => undefined,
  };
  expect(resuming(whole, []).answer).toBe(whole);
});
