import { expect, test } from 'vitest';
import type OpenAI from 'openai';
import { StreamTruncatedError } from '../src/index.ts';
import { useRawServers } from './raw-estate.ts';
import { rawAnswer } from './raw-server.ts';
import type { RawRequest } from './raw-server.ts';

const fixture = useRawServers();

const id = 'resp_background_1234567890';
const response = { id, object: 'response', background: true, status: 'queued', model: 'm', output: [] };
const events = [
  { type: 'response.created', response },
  { type: 'response.queued', response },
  { type: 'response.in_progress', response: { ...response, status: 'in_progress' } },
  ...['One ', 'two ', 'three.'].map((delta) => ({
    type: 'response.output_text.delta',
    delta,
    item_id: 'msg_1',
  })),
  { type: 'response.completed', response: { ...response, status: 'completed' } },
].map((event, index) => `data: ${JSON.stringify({ ...event, sequence_number: index })}\n\n`);

const head = 'HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n';
const wanted = { model: 'first', input: 'Count.', background: true, stream: true } as const;

/** The number after which a request wants to go on; `undefined` for one that starts a response. */
function startingAfter(request: RawRequest): number | undefined {
  const found = /^GET \/openai\/v1\/responses\/(\S+)\?stream=true&starting_after=(\d+) /.exec(request.head);
  if (found === null) return undefined;
  expect(found[1]).toBe(id);
  return Number(found[2]);
}

async function textOf(stream: AsyncIterable<OpenAI.Responses.ResponseStreamEvent>): Promise<string> {
  let text = '';
  const numbers: number[] = [];
  for await (const event of stream) {
    numbers.push(event.sequence_number);
    if (event.type === 'response.output_text.delta') text += event.delta;
  }
  // Every event once, in order.
  expect(numbers).toEqual(numbers.map((_, index) => index));
  return text;
}

test('the id of a background response is told at once', async () => {
  const server = await fixture.serve(({ socket }) => socket.write(`${head}${events[0] ?? ''}`));
  const stream = await fixture.connect([server]).responses.create(wanted);
  for await (const event of stream) {
    expect(event).toMatchObject({ type: 'response.created', response: { id } });
    break;
  }
  await expect.poll(() => server.sockets.size).toBe(0);
});

test.each(events.map((_, index) => index + 1).slice(0, -1))(
  'a stream that is cut after %i events goes on where it was, and the response is started once',
  async (count) => {
    const server = await fixture.serve((request) => {
      const after = startingAfter(request);
      const from = after === undefined ? 0 : after + 1;
      // Each connection brings so many events, and half of the next one.
      const whole = events.slice(from, from + count).join('');
      request.socket.end(`${head}${whole}${events[from + count]?.slice(0, 20) ?? ''}`);
    });
    const azure = fixture.connect([server], { circuit: false, retry: { initialDelayMs: 1 } });
    expect(await textOf(await azure.responses.create(wanted))).toBe('One two three.');
    const posts = server.requests.filter((request) => startingAfter(request) === undefined);
    expect(posts).toHaveLength(1);
    expect(server.requests).toHaveLength(Math.ceil(events.length / count));
  },
);

test('azure.fetch gets whole events as well', async () => {
  const server = await fixture.serve((request) => {
    const from = (startingAfter(request) ?? -1) + 1;
    request.socket.end(
      `${head}${events.slice(from, from + 3).join('')}${events[from + 3]?.slice(0, 9) ?? ''}`,
    );
  });
  const azure = fixture.connect([server], { retry: { initialDelayMs: 1 } });
  const answer = await azure.fetch('https://any.invalid/openai/v1/responses', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(wanted),
  });
  expect(await answer.text()).toBe(events.join(''));
});

test.each([
  ['is not kept', rawAnswer('{"error":{"code":"not_found","message":"No."}}', { status: '404 Not Found' })],
  ['brings nothing new', `${head}${events[2] ?? ''}`],
])('when the response %s, the error carries its id and the last number', async (_, again) => {
  const server = await fixture.serve((request) => {
    request.socket.end(startingAfter(request) === undefined ? head + events.slice(0, 5).join('') : again);
  });
  const azure = fixture.connect([server], { retry: { maxRetries: 2, initialDelayMs: 1, budgetReserve: 20 } });
  const error = await textOf(await azure.responses.create(wanted)).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(StreamTruncatedError);
  expect(error).toMatchObject({ responseId: id, sequenceNumber: 4, text: 'One two ' });
  expect(server.requests.filter((request) => startingAfter(request) === undefined)).toHaveLength(1);
});

test.each([
  ['before any byte', ({ socket }: RawRequest) => socket.resetAndDestroy()],
  ['within the head', ({ socket }: RawRequest) => void socket.end(head.slice(0, 30))],
  ['before the first event', ({ socket }: RawRequest) => void socket.end(head)],
  [
    'within the first event',
    ({ socket }: RawRequest) => void socket.end(head + (events[0] ?? '').slice(0, 40)),
  ],
  [
    'by a gateway',
    ({ socket }: RawRequest) => socket.write(rawAnswer('', { status: '504 Gateway Timeout' })),
  ],
])('a background response whose connection is cut %s is not started a second time', async (_, cut) => {
  const server = await fixture.serve((request) => void cut(request));
  const other = await fixture.serve((request) => void cut(request));
  const azure = fixture.connect([server, other], { hedge: { afterMs: 1, maxShare: 1 } });
  await expect(azure.responses.create({ ...wanted, model: 'pool' })).rejects.toThrow();
  expect(server.requests.length + other.requests.length).toBe(1);
});

test('a background response that was refused is started elsewhere', async () => {
  const full = rawAnswer('{"error":{"code":"429","message":"No."}}', { status: '429 Too Many Requests' });
  const first = await fixture.serve(({ socket }) => socket.write(full));
  const second = await fixture.serve(({ socket }) => socket.end(head + events.join('')));
  const azure = fixture.connect([first, second], { retry: { initialDelayMs: 60_000, maxDelayMs: 60_000 } });
  expect(await textOf(await azure.responses.create({ ...wanted, model: 'pool' }))).toBe('One two three.');
});
