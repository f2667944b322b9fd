import { describe, expect, test } from 'vitest';
import type { Answer } from '../answer/answer.ts';
import type { SseEvent } from '../answer/sse.ts';
import type { TransportHeaders } from '../transport/transport.ts';
import { eventBodyOf, onBodyEnd, standardResponse } from './standard-response.ts';

const url = 'https://contoso.openai.azure.com/openai/v1/chat/completions';
const headers = new Headers({ 'x-request-id': 'r1' }) as TransportHeaders;
const bytes = (text: string) => new TextEncoder().encode(text);

async function* piecesOf(...texts: string[]): AsyncGenerator<Uint8Array> {
  for (const text of texts) yield bytes(text);
}

function answerOf(changes: Partial<Answer> = {}) {
  const dropped: unknown[] = [];
  const answer: Answer = {
    status: 200,
    headers,
    body: piecesOf('a', 'b'),
    destroy: (reason) => dropped.push(reason),
    ...changes,
  };
  return { answer, dropped };
}

describe('standardResponse', () => {
  test.each([204, 205, 304])('has no body with status %d, whatever came', (status) => {
    const { answer } = answerOf({ status, body: bytes('x') });
    expect(standardResponse(answer, url).body).toBeNull();
    expect(eventBodyOf({ ...answer, events: eventsOf() })).toBeNull();
  });

  test('passes pieces on one by one, but for empty ones: an empty piece would be the last', async () => {
    const { answer } = answerOf({ body: piecesOf('', 'a', '', '', 'b', '') });
    const reader = standardResponse(answer, url).body?.getReader();
    const seen: (string | undefined)[] = [];
    for (let read = await reader?.read(); read?.done === false; read = await reader?.read())
      seen.push(Buffer.from(read.value).toString());
    expect(seen).toEqual(['a', 'b']);
  });
});

async function* eventsOf(
  ...batches: (readonly (readonly [string | null, string])[])[]
): AsyncGenerator<SseEvent[]> {
  for (const batch of batches) yield batch.map(([event, data]) => ({ event, data, json: undefined }));
}

describe('eventBodyOf', () => {
  const textOf = (answer: Answer) => new Response(eventBodyOf(answer)).text();

  test('writes events anew, with their names, and each line of their data', async () => {
    const events = eventsOf(
      [
        [null, '{"a":1}'],
        ['response.created', '{"b":\n2\n}'],
      ],
      [],
      [[null, '[DONE]']],
    );
    expect(await textOf(answerOf({ events }).answer)).toBe(
      'data: {"a":1}\n\nevent: response.created\ndata: {"b":\ndata: 2\ndata: }\n\ndata: [DONE]\n\n',
    );
  });

  test('is the body as it came where there are no events', async () => {
    expect(await textOf(answerOf().answer)).toBe('ab');
    expect(await textOf(answerOf({ body: bytes('whole') }).answer)).toBe('whole');
  });

  test('who cancels it drops the answer', async () => {
    const { answer, dropped } = answerOf({ events: eventsOf([[null, '{}']]) });
    await eventBodyOf(answer)?.cancel('enough');
    expect(dropped).toEqual(['enough']);
  });
});

describe('onBodyEnd', () => {
  /** A response of this body, and how often it has ended. */
  function watched(body: ReadableStream<Uint8Array> | null, status = 200) {
    const given = new Response(body, { status, headers: { 'x-request-id': 'r1' } });
    Object.defineProperty(given, 'url', { value: url });
    let ends = 0;
    const response = onBodyEnd(given, () => {
      ends += 1;
    });
    return { response, ends: () => ends };
  }

  test('is the same response, and ends when all has been read', async () => {
    const { response, ends } = watched(ReadableStream.from(piecesOf('a', 'b')), 206);
    expect([response.status, response.url, response.headers.get('x-request-id')]).toEqual([206, url, 'r1']);
    const reader = response.body?.getReader();
    expect(Buffer.from((await reader?.read())?.value ?? []).toString()).toBe('a');
    await reader?.read();
    await new Promise<void>((resolve) => setImmediate(resolve));
    expect(ends(), 'nobody has asked for the end').toBe(0);
    expect(await reader?.read()).toMatchObject({ done: true });
    expect(ends()).toBe(1);
  });

  test('ends at once without a body', () => {
    const { response, ends } = watched(null, 204);
    expect([response.body, ends()]).toEqual([null, 1]);
  });

  test('ends with an error of the body, which is passed on', async () => {
    const error = new Error('cut');
    async function* failing(): AsyncGenerator<Uint8Array> {
      yield bytes('a');
      throw error;
    }
    const { response, ends } = watched(ReadableStream.from(failing()));
    await expect(response.text()).rejects.toBe(error);
    expect(ends()).toBe(1);
  });

  test('ends when it is not wanted any more, which the sender learns', async () => {
    const reasons: unknown[] = [];
    const body = new ReadableStream<Uint8Array>({ cancel: (reason) => void reasons.push(reason) });
    const { response, ends } = watched(body);
    await response.body?.cancel('enough');
    expect([reasons, ends()]).toEqual([['enough'], 1]);
  });
});
