import { getEventListeners } from 'node:events';
import { expect, test, vi } from 'vitest';
import { manualClock } from '../clock.ts';
import { answerMessage, type MessageLink } from './answer-message.ts';
import type { Exchange } from './exchange.ts';
import type { Intervention } from './intervention.ts';
import type { DeploymentOperation, MessageCall } from './operation.ts';
import { Refusal } from './refusal.ts';
import type { Admission, Service } from './service.ts';
import type { Turn } from './turn.ts';
import { bytes, done, frame, json, jsonText, stream, type WireResponse } from './wire-response.ts';

const deployment = {
  key: 'chat',
  name: 'chat',
  traits: { capabilities: ['responses'] },
  config: { limits: {}, sku: 'Standard' },
};

interface Setting {
  readonly answer?: WireResponse | Error;
  readonly service?: Partial<Service>;
  readonly link?: Partial<MessageLink>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly isSilent?: boolean;
}

/** A message over a WebSocket, and what became of it. */
function message({ answer = json({}), service = {}, link = {}, headers = {}, isSilent = false }: Setting) {
  const clock = manualClock(1_000);
  const [closed, closing] = [new AbortController(), new AbortController()];
  const [sent, ended]: [string[], (string | number)[]] = [[], []];
  const begun = vi.fn<(exchange: Exchange) => void>();
  const finished = vi.fn<(exchange: Exchange) => void>();
  const settle = vi.fn<NonNullable<Admission['settle']>>();
  const opening = {
    service: {
      clock,
      seed: 1,
      spillover: {},
      filters: {},
      closing: closing.signal,
      begun,
      finished,
      admit: () => ({ headers: 'retry-after: 7\r\n', settle }),
      ...service,
    },
    request: {
      headers,
      params: {},
      path: '/openai/v1/responses',
      resource: { deployment: () => deployment },
    },
  } as unknown as Turn;
  const operation = {
    name: 'Responses_Create',
    method: 'POST',
    target: 'deployment',
    capability: 'responses',
    handle: () => {
      if (answer instanceof Error) throw answer;
      return answer;
    },
  } as Partial<DeploymentOperation> as DeploymentOperation;
  const call: MessageCall = { operation, body: { model: 'chat' }, text: '{"model":"chat"}', isSilent };
  const outcome = answerMessage(opening, call, {
    closed: closed.signal,
    nextSequence: () => 7,
    isFull: () => false,
    send: async (text) => {
      sent.push(text);
      return Promise.resolve();
    },
    close: (code) => ended.push(code),
    breakOff: () => ended.push('broken off'),
    reset: () => ended.push('reset'),
    ...link,
  });
  const exchange = () => begun.mock.calls[0]?.[0];
  return { clock, closed, closing, sent, ended, begun, finished, settle, outcome, exchange };
}

const [one, two] = [frame({ type: 'one' }), frame({ type: 'two' })];

test('a message is a call of its own: with its number, its body and its time, and none of what named the first', async () => {
  const headers = {
    authorization: 'Bearer t',
    'x-ms-client-request-id': 'opening',
    'x-stainless-retry-count': '0',
  };
  const { outcome, begun, finished, exchange, clock } = message({ headers });
  expect(await outcome).toBe('answered');
  expect(exchange()?.request).toMatchObject({
    sequence: 7,
    method: 'POST',
    headers: { authorization: 'Bearer t' },
    body: { model: 'chat' },
    raw: Buffer.from('{"model":"chat"}'),
    dateMs: clock.now(),
  });
  expect(Object.keys(exchange()?.request.headers ?? {})).toEqual(['authorization']);
  expect(exchange()).toMatchObject({
    deployment: { key: 'chat' },
    receivedAtMs: 1_000,
    status: 200,
    outcome: 'answered',
    finishedAtMs: 1_000,
  });
  expect([begun, finished].map(({ mock }) => mock.calls)).toEqual([[[exchange()]], [[exchange()]]]);
});

test('an answer is settled by what it has used, and a failed one by nothing', async () => {
  const usedTokens = { tokens: 30, outputTokens: 10 };
  const good = message({ answer: stream([one, done], { usedTokens }) });
  await good.outcome;
  expect(good.settle.mock.calls).toEqual([[usedTokens]]);
  const bad = message({ answer: json({ error: {} }, { status: 500 }) });
  await bad.outcome;
  expect(bad.settle.mock.calls).toEqual([[{ tokens: 0 }]]);
});

test.each<[string, WireResponse, string[]]>([
  ['a stream', stream([one, two, done]), ['{"type":"one"}', '{"type":"two"}']],
  ['events with a name', stream([`event: one\n${one}`, ': comment\n\n']), ['{"type":"one"}']],
  ['an event of several lines', stream(['data: a\ndata: b\n\n']), ['a\nb']],
  ['a whole answer', jsonText('{"a":1}'), ['{"a":1}']],
  ['bytes', bytes(Buffer.from('é'), 'text/plain'), ['é']],
])('the messages of an answer are its events without their frame: %s', async (_, answer, texts) => {
  const { outcome, sent } = message({ answer });
  await outcome;
  expect(sent).toEqual(texts);
});

test.each<[string, WireResponse | Error, object]>([
  ['an error', json({ error: { code: 'x' } }, { status: 400 }), { status: 400, error: { code: 'x' } }],
  [
    'an error without its frame',
    json({ message: 'No.' }, { status: 401 }),
    { status: 401, error: { code: null, message: 'No.' } },
  ],
  ['a text', jsonText('No.', { status: 500 }), { status: 500, error: { code: '500', message: 'No.' } }],
  ['nothing', jsonText('null', { status: 502 }), { status: 502, error: { code: '502', message: 'null' } }],
  ['a refusal', new Refusal(json({ error: 1 }, { status: 404 })), { status: 404, error: 1 }],
  [
    'a 429 of its quota',
    json({ error: 1 }, { status: 429 }),
    { status: 429, error: 1, headers: { 'retry-after': '7' } },
  ],
  [
    'a 503 with a header of its own',
    json({ error: 1 }, { status: 503, headers: { 'retry-after-ms': '300' } }),
    { status: 503, error: 1, headers: { 'retry-after-ms': '300' } },
  ],
])(
  'an answer that failed is one event with its status, and says when to come back: %s',
  async (_, answer, event) => {
    const { outcome, sent } = message({ answer });
    expect(await outcome).toBe('failed');
    expect(sent.map((text) => JSON.parse(text) as unknown)).toEqual([{ type: 'error', ...event }]);
  },
);

test('the hints of a refusal are in the journal, and an answer that succeeds has none', async () => {
  const refused = message({ answer: json({ error: 1 }, { status: 429 }) });
  const good = message({ answer: json({}, { headers: { 'retry-after-ms': '300' } }) });
  await Promise.all([refused.outcome, good.outcome]);
  expect([refused, good].map(({ exchange }) => exchange()?.responseHeaders)).toEqual([
    'retry-after: 7\r\n',
    '',
  ]);
});

test.each([
  [frame({ type: 'response.failed' }), 'failed'],
  [frame({ type: 'error' }), 'failed'],
  [frame({ type: 'response.completed' }), 'answered'],
])('a stream that ends with %j has %s', async (end, expected) => {
  expect(await message({ answer: stream([one, end, done]) }).outcome).toBe(expected);
});

test.each([
  [false, [[], ['one'], ['one', 'two']]],
  [true, [[], [], ['one'], ['one', 'two']]],
])(
  'an answer takes its time, before its first event (twice where its head is alone: %s) and its others',
  async (isHeadAlone, seen) => {
    const pace = { firstMs: 100, nextMs: () => 20, isHeadAlone };
    const { outcome, sent, clock, finished } = message({ answer: stream([one, two], { pace }) });
    const types = () => sent.map((text) => (JSON.parse(text) as { type: string }).type);
    for (const [index, expected] of seen.entries()) {
      await new Promise(setImmediate);
      expect(types()).toEqual(expected);
      if (index === seen.length - 1) break;
      expect(finished).toHaveBeenCalledTimes(0);
      await clock.advance((index === 0 ? 100 : 20) - 1);
      expect(types()).toEqual(expected);
      await clock.advance(1);
    }
    expect(await outcome).toBe('answered');
  },
);

test.each(['closed', 'closing'] as const)(
  'an answer whose connection or mock has ended (%s) is lost, and settled all the same',
  async (which) => {
    const usedTokens = { tokens: 3 };
    const pace = { firstMs: 0, nextMs: () => 20 };
    const told = message({ answer: stream([one, two], { pace, usedTokens }) });
    await vi.waitFor(() => {
      expect(told.sent).toHaveLength(1);
    });
    await told.clock.advance(5);
    told[which].abort();
    expect(await told.outcome).toBe('lost');
    expect(told.sent).toHaveLength(1);
    expect(told.exchange()).toMatchObject({ outcome: 'abandoned', finishedAtMs: 1_005 });
    expect(told.finished).toHaveBeenCalledTimes(1);
    expect(told.settle.mock.calls).toEqual([[usedTokens]]);
    expect(getEventListeners(told.closed.signal, 'abort')).toEqual([]);
  },
);

test('a caller who reads slowly is waited for, and one who does not is not', async () => {
  const read = Promise.withResolvers<undefined>();
  const sent: string[] = [];
  let isFull = false;
  const send = async (text: string) => {
    sent.push(text);
    await read.promise;
  };
  const { outcome } = message({
    answer: stream([one, two, frame({ type: 'three' })]),
    link: { send, isFull: () => (isFull = sent.length === 2) },
  });
  await new Promise(setImmediate);
  expect([sent.length, isFull]).toEqual([2, true]);
  read.resolve(undefined);
  expect(await outcome).toBe('answered');
  expect(sent).toHaveLength(3);
});

test('the first 200 events of an answer are kept for a look', async () => {
  const kept: Iterable<string>[] = [];
  const frames = Array.from({ length: 201 }, (_, index) => frame(index));
  const { outcome, sent } = message({
    answer: stream(frames),
    service: { answered: (_, body) => kept.push(body) },
  });
  await outcome;
  expect([sent.length, kept.map((lines) => [...lines].length), [...(kept[0] ?? [])][1]]).toEqual([
    201,
    [200],
    '1\n',
  ]);
});

test('a silent message uses no scripted answer, and any other one does', async () => {
  const script = vi.fn<NonNullable<Service['script']>>();
  await message({ service: { script }, isSilent: true }).outcome;
  expect(script).toHaveBeenCalledTimes(0);
  await message({ service: { script } }).outcome;
  expect(script).toHaveBeenCalledTimes(1);
});

test.each<[string, Intervention, unknown]>([
  [
    'a part that seems complete',
    {
      deliver: ({ sendPart }) => {
        sendPart([one], { isComplete: true });
      },
    },
    ['answered', ['{"type":"one"}'], [1_000]],
  ],
  [
    'a part that breaks off',
    {
      deliver: ({ sendPart }) => {
        sendPart([one], { isComplete: false });
      },
    },
    ['lost', ['{"type":"one"}'], ['broken off']],
  ],
  [
    'a part that is closed with a code',
    {
      deliver: ({ sendPart }) => {
        sendPart([one], { isComplete: false, closeCode: 1011 });
      },
    },
    ['lost', ['{"type":"one"}'], [1011]],
  ],
  [
    'half of the bytes of each event',
    {
      deliver: ({ sendPart }) => {
        sendPart(Buffer.from('x'), { isComplete: true });
      },
    },
    ['answered', ['{"type"', '{"type"'], [1_000]],
  ],
  [
    'all of it',
    {
      deliver: ({ send }) => {
        send();
      },
    },
    ['answered', ['{"type":"one"}', '{"type":"two"}'], []],
  ],
  ['something else', { change: () => stream([two]) }, ['answered', ['{"type":"two"}'], []]],
])('a script may send %s', async (_, intervention, expected) => {
  const { outcome, sent, ended } = message({
    answer: stream([one, two]),
    service: { strike: () => intervention },
  });
  expect([await outcome, sent, ended]).toEqual(expected);
});

test('an answer that a script holds back is lost when its connection ends', async () => {
  const { outcome, closed, ended, exchange } = message({
    service: {
      strike: () => ({
        name: 'reset',
        deliver: ({ reset }) => {
          reset();
        },
      }),
    },
  });
  await vi.waitFor(() => {
    expect(ended).toEqual(['reset']);
  });
  expect(exchange()).toMatchObject({ outcome: 'pending', cause: 'reset' });
  closed.abort();
  expect(await outcome).toBe('lost');
  expect(exchange()?.outcome).toBe('abandoned');
});
