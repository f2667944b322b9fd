import { expect, test } from 'vitest';
import type { OperationRequest } from '../service/operation.ts';
import type { RecordedExchange } from './recording.ts';
import { createReplay } from './replay.ts';

const path = '/openai/v1/chat/completions';

/** A replay of answers to these bodies, in this order. */
function replayOf(
  exchanges: readonly (readonly [body: unknown, answer: Partial<RecordedExchange['response']>])[],
  isMasked = false,
) {
  const replay = createReplay();
  add(replay, exchanges, isMasked);
  return replay;
}

function add(
  replay: ReturnType<typeof createReplay>,
  exchanges: Parameters<typeof replayOf>[0],
  isMasked: boolean,
) {
  replay.add({
    format: 'aoai-recording/1',
    isMasked,
    exchanges: exchanges.map(([body, answer]) => ({
      request: { method: 'POST', path, ...(body !== undefined && { body }) },
      response: { status: 200, headers: {}, ...answer },
    })),
  });
}

function ask(replay: ReturnType<typeof createReplay>, body: unknown, changes: object = {}) {
  const raw = Buffer.from(body === undefined ? '' : typeof body === 'string' ? body : JSON.stringify(body));
  return replay.strike({ method: 'POST', path, raw, ...changes } as OperationRequest)?.response;
}

const text = (response: ReturnType<typeof ask>) =>
  response?.kind === 'json' ? response.text : response?.kind;

test('several answers to one request come in their order, then the last one again', () => {
  const replay = replayOf([
    [{ a: 1 }, { body: 'one' }],
    [{ a: 2 }, { body: { n: 9 } }],
    [{ a: 1 }, { body: { n: 2 } }],
  ]);
  expect(ask(replay, { a: 1 })).toMatchObject({ kind: 'bytes', bytes: Buffer.from('one') });
  for (let time = 0; time < 3; time += 1) expect(text(ask(replay, { a: 1 }))).toBe('{"n":2}');
  expect(text(ask(replay, { a: 2 }))).toBe('{"n":9}');
});

test('a recording that is added later is answered after the first', () => {
  const replay = replayOf([[{ a: 1 }, { body: { n: 1 } }]]);
  add(replay, [[{ a: 1 }, { body: { n: 2 } }]], false);
  expect([text(ask(replay, { a: 1 })), text(ask(replay, { a: 1 }))]).toEqual(['{"n":1}', '{"n":2}']);
});

test('the order of keys is none of the request, all else is', () => {
  const replay = replayOf([[{ a: 1, b: [{ c: 1, d: null }, 'x'] }, { body: {} }]]);
  expect(text(ask(replay, { b: [{ d: null, c: 1 }, 'x'], a: 1 }))).toBe('{}');
  for (const other of [{ a: 1, b: ['x', { c: 1, d: null }] }, { a: 1 }, { a: '1', b: [] }, undefined, 'text'])
    expect(ask(replay, other)).toBeUndefined();
  const body = { a: 1, b: [{ c: 1, d: null }, 'x'] };
  expect(ask(replay, body, { method: 'PUT' })).toBeUndefined();
  expect(ask(replay, body, { path: `${path}x` })).toBeUndefined();
});

test('a request without a body, or with a text, is found again', () => {
  const replay = replayOf([
    [undefined, { body: { n: 1 } }],
    ['a text', { body: { n: 2 } }],
  ]);
  expect([text(ask(replay, undefined)), text(ask(replay, 'a text'))]).toEqual(['{"n":1}', '{"n":2}']);
});

test('of a masked recording any prompt of the same shape is found; a plain one is looked at first', () => {
  const masked = { messages: [{ role: 'user', content: 'xxxx 00?' }] };
  const said = (content: string, role = 'user') => ({ messages: [{ role, content }] });
  const replay = replayOf([[masked, { body: { n: 'masked' } }]], true);
  expect(text(ask(replay, said('What 42?')))).toBe('{"n":"masked"}');
  expect(ask(replay, said('What is 42?'))).toBeUndefined();
  expect(ask(replay, said('What 42?', 'system'))).toBeUndefined();
  add(replay, [[said('What 42?'), { body: { n: 'plain' } }]], false);
  expect(text(ask(replay, said('What 42?')))).toBe('{"n":"plain"}');
  expect(text(ask(replay, said('This 17?')))).toBe('{"n":"masked"}');
});

test('an answer has its status, headers and kind', () => {
  const replay = replayOf([
    [1, { status: 429, headers: { 'content-type': 'application/json', 'retry-after': '7' }, body: { n: 1 } }],
    [2, { headers: { 'content-type': 'audio/mpeg' }, bytes: Buffer.from([0, 255]).toString('base64') }],
    [3, { headers: { 'content-type': 'text/plain' }, body: 'words' }],
    [4, { headers: { 'content-type': 'text/event-stream' }, events: [{ n: 1 }, '[DONE]'] }],
    [5, { status: 204 }],
  ]);
  expect(ask(replay, 1)).toEqual({
    kind: 'json',
    status: 429,
    headers: { 'retry-after': '7' },
    text: '{"n":1}',
  });
  expect(ask(replay, 2)).toEqual({
    kind: 'bytes',
    status: 200,
    headers: {},
    contentType: 'audio/mpeg',
    bytes: Buffer.from([0, 255]),
  });
  expect(ask(replay, 3)).toMatchObject({ contentType: 'text/plain', bytes: Buffer.from('words') });
  expect(ask(replay, 4)).toMatchObject({ kind: 'stream', frames: ['data: {"n":1}\n\n', 'data: [DONE]\n\n'] });
  expect(ask(replay, 5)).toMatchObject({ kind: 'json', status: 204, text: '' });
});

test('what was cleared is answered no more', () => {
  const replay = replayOf([[1, { body: {} }]]);
  add(replay, [[2, { body: {} }]], true);
  replay.clear();
  expect([ask(replay, 1), ask(replay, 2)]).toEqual([undefined, undefined]);
});
