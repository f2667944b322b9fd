import { describe, expect, test, vi } from 'vitest';
import type { Delivery } from '../service/intervention.ts';
import { bytes, done, frame, json, stream, type WireResponse } from '../service/wire-response.ts';
import { asked } from './asked.fake.ts';
import { errorInStream, malformedJson, type ErrorInStreamOptions } from './body-faults.ts';
import {
  cutMidStream,
  neverAnswers,
  refused,
  reset,
  slow,
  truncated,
  wrongContentLength,
} from './connection-faults.ts';
import type { Fault } from './fault.ts';
import { respondWith } from './respond-with.ts';

function changedBy(fault: Fault, response: WireResponse, request = asked()) {
  return fault.intervention(request).change?.(response);
}

/** How a fault sends a response. */
function sentBy(fault: Fault, response: WireResponse) {
  const sendPart = vi.fn<Delivery['sendPart']>();
  const never = () => {
    throw new Error('Only a part is sent.');
  };
  fault.intervention(asked()).deliver?.({ response, sendPart, send: never, reset: never });
  expect(sendPart).toHaveBeenCalledTimes(1);
  const [part, ending] = sendPart.mock.calls[0] ?? [];
  return [Buffer.isBuffer(part) ? part.toString() : part, ending];
}

const finish = frame({ choices: [{ finish_reason: 'stop' }] });
const [one, two, three] = [frame(1), frame(2), frame(3)];
const chat = stream([one, two, three, finish, done]);
const whole = json({ text: 'é' });

describe('an answer that ends in the middle', () => {
  test.each<[string, number | undefined, string[]]>([
    ['half of what comes before its end, rounded up', undefined, [one, two]],
    ['as many events as asked for', 1, [one]],
    ['none of them', 0, []],
    ['all but its end', 99, [one, two, three]],
  ])('has %s', (_, afterChunks, part) => {
    const options = afterChunks === undefined ? {} : { afterChunks };
    expect(sentBy(cutMidStream(options), chat)).toEqual([part, { isComplete: false }]);
    expect(sentBy(truncated(options), chat)).toEqual([part, { isComplete: true }]);
  });

  test.each([
    frame({ type: 'response.completed' }),
    frame({ type: 'response.incomplete' }),
    frame({ type: 'response.failed' }),
    done,
  ])('never has the event %j', (end) => {
    expect(sentBy(truncated({ afterChunks: 99 }), stream([one, end]))).toEqual([[one], { isComplete: true }]);
  });

  test('has all events of a stream that has no end of its own', () => {
    const endless = stream([one, two, three]);
    expect(sentBy(truncated({ afterChunks: 99 }), endless)).toEqual([
      [one, two, three],
      { isComplete: true },
    ]);
  });

  test('may be an error of a WebSocket', () => {
    expect(sentBy(cutMidStream({ closeCode: 1011 }), chat)[1]).toEqual({
      isComplete: false,
      closeCode: 1011,
    });
  });

  test('has half of the bytes of a body that promised all of them', () => {
    expect(sentBy(cutMidStream(), bytes(Buffer.from('12345'), 'text/plain'))).toEqual([
      '12',
      { isComplete: false, promisedBytes: 4 },
    ]);
    expect(sentBy(truncated(), whole)).toEqual(['{"text', { isComplete: true }]);
  });

  test('promises a hundred bytes more than there are, in bytes', () => {
    expect(sentBy(wrongContentLength(), whole)).toEqual([
      '{"text":"é"}',
      { isComplete: false, promisedBytes: 113 },
    ]);
    expect(sentBy(wrongContentLength(), stream(['é', 'b']))).toEqual([
      ['é', 'b'],
      { isComplete: false, promisedBytes: 103 },
    ]);
  });
});

test('a slow answer waits before its first event, and between its others', () => {
  const { pace } = slow({ delayMs: 7, betweenMs: 3 }).intervention(asked());
  expect([pace?.firstMs, pace?.nextMs()]).toEqual([7, 3]);
  const unhurried = slow({}).intervention(asked()).pace;
  expect([unhurried?.firstMs, unhurried?.nextMs()]).toEqual([0, 0]);
});

test('what is not JSON breaks in its middle, and only there', () => {
  expect(changedBy(malformedJson(), whole)).toMatchObject({ text: '{"text' });
  const long = frame({ text: 'abcdefghij' });
  expect(changedBy(malformedJson(), stream([one, long, three]))).toMatchObject({
    frames: [one, `${long.slice(0, -10)}\n\n`, three],
  });
  expect(changedBy(malformedJson(), stream([]))).toMatchObject({ frames: [] });
  const picture = bytes(Buffer.from('x'), 'image/png');
  expect(changedBy(malformedJson(), picture)).toBe(picture);
});

test('a service that does not answer sends nothing, and one that resets only does that', () => {
  const happened: string[] = [];
  const delivery: Delivery = {
    response: whole,
    send: () => happened.push('send'),
    sendPart: () => happened.push('part'),
    reset: () => happened.push('reset'),
  };
  neverAnswers().intervention(asked()).deliver?.(delivery);
  expect(happened).toEqual([]);
  reset().intervention(asked()).deliver?.(delivery);
  expect(happened).toEqual(['reset']);
});

test('a port is closed until the end or for a time, and no request is changed by that', () => {
  expect([refused().refusesForMs, refused({ forMs: 5 }).refusesForMs]).toEqual([Infinity, 5]);
  expect(refused().intervention(asked())).toEqual({});
});

describe('an error in a stream', () => {
  const serverError = {
    code: 'server_error',
    message: 'The server had an error while processing your request. Sorry about that!',
    param: null,
    type: 'server_error',
  };
  const throttled = {
    code: 'rate_limit_exceeded',
    message: 'Your requests to the deployment have exceeded rate limit.',
    param: null,
    type: 'too_many_requests',
  };

  test.each<[ErrorInStreamOptions, string[], object]>([
    [{}, [one, two], { error: serverError }],
    [{ afterChunks: 1 }, [one], { error: serverError }],
    [{ afterChunks: 0 }, [], { error: throttled }],
    [{ code: 429 }, [one, two], { error: { ...serverError, code: 429, type: 'too_many_requests' } }],
    [
      { code: 'rate_limit_exceeded', message: 'Slow down.' },
      [one, two],
      { error: { ...throttled, message: 'Slow down.' } },
    ],
    [{ choices: [] }, [one, two], { error: serverError, choices: [] }],
  ])('comes after the events that were asked for: %j', (options, before, error) => {
    expect(changedBy(errorInStream(options), chat)).toMatchObject({ frames: [...before, frame(error)] });
  });

  test('is a 500 where there is no stream', () => {
    expect(changedBy(errorInStream({ code: 429 }), whole)).toMatchObject({ status: 500 });
    const text = JSON.stringify({ error: { ...serverError, code: '429', type: 'too_many_requests' } });
    expect(changedBy(errorInStream({ code: 429 }), whole)).toMatchObject({ text });
  });

  test.each([
    [0, 1],
    [1, 1],
    [2, 2],
    [3, 3],
  ])('of Responses after %d events has the number %d, and the error the next', (afterChunks, number) => {
    const created = frame({ type: 'response.created', response: { id: 'resp_01ab' } });
    const answer = stream([created, two, three, finish]);
    const request = asked({ path: '/openai/v1/responses' });
    const changed = changedBy(errorInStream({ afterChunks, code: 'x', message: 'No.' }), answer, request);
    const frames = changed?.kind === 'stream' ? [...changed.frames].slice(afterChunks) : [];
    const [failed, error] = frames.map((each) => JSON.parse(each.slice('data: '.length)) as object);
    expect(frames).toHaveLength(2);
    expect(failed).toEqual({
      type: 'response.failed',
      response: {
        id: afterChunks === 0 ? (expect.stringMatching(/^resp_\w{48}$/) as string) : 'resp_01ab',
        status: 'failed',
        error: null,
        incomplete_details: null,
        output: [],
        usage: null,
      },
      sequence_number: number,
    });
    expect(error).toEqual({
      type: 'error',
      error: {
        code: 'x',
        message: 'No.',
        param: null,
        type: 'server_error',
        headers: { 'x-ms-fe-error': 'true' },
      },
      sequence_number: number + 1,
    });
  });
});

test.each([
  [{}, { kind: 'json', status: 200, text: '', headers: {} }],
  [
    { status: 418, body: { a: 1 } },
    { kind: 'json', status: 418, text: '{"a":1}' },
  ],
  [{ body: null }, { kind: 'json', text: 'null' }],
  [
    { body: 'as it is', headers: { 'x-a': 'b' } },
    { kind: 'json', text: 'as it is', headers: { 'x-a': 'b' } },
  ],
  [
    { body: '<a/>', headers: { 'Content-Type': 'text/xml', 'x-a': 'b' }, status: 502 },
    {
      kind: 'bytes',
      contentType: 'text/xml',
      bytes: Buffer.from('<a/>'),
      headers: { 'x-a': 'b' },
      status: 502,
    },
  ],
  [
    { events: ['data: a\n\n', { b: 1 }] },
    { kind: 'stream', frames: ['data: a\n\n', 'data: {"b":1}\n\n', done] },
  ],
])('a raw answer %j is sent as it is', (answer, expected) => {
  expect(respondWith(answer).intervention(asked()).response).toMatchObject(expected);
});

test('a raw answer that names its type has it once', () => {
  const { response } = respondWith({
    body: '<a/>',
    headers: { 'CONTENT-type': 'text/xml', 'x-a': 'b' },
  }).intervention(asked());
  expect([response?.kind, response?.headers]).toEqual(['bytes', { 'x-a': 'b' }]);
});
