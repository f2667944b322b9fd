import { describe, expect, test } from 'vitest';
import { diagnoseAnswer, diagnosis, isForeign, isOwed, mediaType, parseJson } from './diagnose-answer.ts';
import type { ReceivedAnswer } from './diagnose-answer.ts';
import type { ExpectedAnswer } from './expected-answer.ts';

const page = /^A sign-in page, a proxy or a firewall/;
const empty = /^A gateway that loses patience answers like this/;
const cut = /^It was cut: /;
const stream = /^A stream was not asked for: /;
const other = /^Something else than Azure OpenAI answers here: /;

describe('diagnoseAnswer', () => {
  const diagnose = (changes: Partial<ReceivedAnswer>) =>
    diagnoseAnswer({
      method: 'POST',
      path: '/chat/completions',
      status: 200,
      contentType: 'application/json',
      body: '{"choices":[{}]}',
      ...changes,
    });

  test.each<[Partial<ReceivedAnswer>, RegExp | undefined]>([
    [{}, undefined],
    [{ method: 'post' }, undefined],
    [{ body: Buffer.from('{"choices":[{}]}') }, undefined],
    [{ contentType: 'text/plain' }, undefined],
    [{ contentType: 'text/plain', body: '{"choices":[]}' }, other],
    [{ contentType: null, body: 'data: {}' }, stream],
    [{ body: '{"choices":[]}' }, other],
    [{ body: '{"choices":' }, cut],
    [{ body: '[]' }, other],
    [{ body: '<p/>' }, page],
    [{ body: '', status: 200 }, empty],
    [{ body: '', status: 201 }, empty],
    [{ body: '', status: 204 }, undefined],
    [{ status: 600 }, /^HTTP has no such status/],
    [{ status: 599 }, undefined],
    [{ path: '/new/operation', body: '' }, undefined],
    [{ path: '/audio/speech', contentType: 'audio/mpeg', body: 'x' }, undefined],
    [{ path: '/audio/speech', contentType: 'text/html', body: 'x' }, page],
    [{ path: '/audio/speech', body: '{}' }, other],
    [{ method: 'GET', path: '/files/1/content', contentType: 'text/html', body: '<p/>' }, undefined],
    [{ path: '/audio/transcriptions', contentType: 'text/plain', body: 'Hi' }, undefined],
    [{ path: '/audio/transcriptions', contentType: 'text/html', body: '<p/>' }, page],
    [{ path: '/audio/transcriptions', body: '{"text":"Hi"}' }, undefined],
    [{ path: '/audio/transcriptions', body: '{}' }, other],
  ])('of an answer with %j', (changes, fix) => {
    const found = diagnose(changes);
    if (fix === undefined) expect(found).toBeUndefined();
    else expect(found?.fix).toMatch(fix);
  });
});

describe('diagnosis', () => {
  const diagnose = (changes: object) =>
    diagnosis({ status: 200, contentType: 'application/json', body: 'x', expected: 'an answer', ...changes });

  test.each([
    [{ status: 600, encoding: 'gzip' }, /^HTTP has no such status/],
    [{ encoding: 'gzip', body: '<p/>' }, /^Its encoding "gzip" was not asked for/],
    [{ encoding: null }, other],
    [{ contentType: 'application/xhtml+xml' }, page],
    [{ contentType: 'text/html', body: '' }, page],
    [{ body: ' <p/>' }, page],
    [{ body: ' \n' }, empty],
    [{ expected: 'a stream that comes to its content', body: 'data' }, cut],
    [{ body: '{"a":' }, cut],
    [{ body: '["a"' }, cut],
    [{ body: '{"a":1}' }, other],
    [{ body: 'x{' }, other],
    [{ body: 'data: {}' }, stream],
    [{ body: 'event: x' }, stream],
    [{ body: ': ping' }, stream],
    [{ body: 'x data: {}' }, other],
    [{ contentType: null }, other],
  ])('of %j', (changes, fix) => {
    expect(diagnose(changes).fix).toMatch(fix);
  });

  test.each([
    [{}, '200 "application/json" that begins "x", in place of an answer'],
    [{ contentType: null, body: '' }, '200 without a content type without a body, in place of an answer'],
    [{ contentType: 'a\u0000b' }, '200 "a b" that begins "x", in place of an answer'],
    [{ body: 'a \u202e\r\n\tb' }, '200 "application/json" that begins "a b", in place of an answer'],
    [{ contentType: 't'.repeat(60) }, `200 "${'t'.repeat(60)}" that begins "x", in place of an answer`],
    [
      { body: 'x'.repeat(81) },
      `200 "application/json" that begins "${'x'.repeat(80)}…", in place of an answer`,
    ],
    [
      { body: Buffer.from(` ${'x'.repeat(80)} \n`) },
      `200 "application/json" that begins "${'x'.repeat(80)}", in place of an answer`,
    ],
    [{ body: `${' '.repeat(400)}unseen` }, '200 "application/json" without a body, in place of an answer'],
    [
      { body: Buffer.from(`${' '.repeat(400)}unseen`) },
      '200 "application/json" without a body, in place of an answer',
    ],
  ])('says of %j what came', (changes, cause) => {
    expect(diagnose(changes).cause).toBe(cause);
  });
});

test.each([
  [200, true],
  [201, true],
  [202, false],
  [204, false],
])('a body is owed with %i: %s', (status, isSo) => {
  expect(isOwed(status)).toBe(isSo);
});

test.each([
  ['sound', 'bytes', 'text/html', true],
  ['sound', 'bytes', 'application/json', true],
  ['sound', 'bytes', 'text/json', true],
  ['sound', 'bytes', 'application/problem+json', true],
  ['sound', 'bytes', 'audio/mpeg', false],
  ['a file', 'bytes', 'text/html', false],
  ['a file', 'bytes', 'application/json', false],
  ['a text', 'text', 'text/html', true],
  ['a text', 'text', 'text/plain', false],
  ['a chat completion', 'json', 'text/html', false],
])('in place of %s (%s) the type %s is foreign: %s', (what, form, type, isSo) => {
  const expected = { what, form, streams: false, fits: () => true } as ExpectedAnswer;
  expect(isForeign(type, expected)).toBe(isSo);
});

test.each([
  [null, ''],
  ['application/json', 'application/json'],
  ['text/event-stream', 'text/event-stream'],
  [' Application/JSON ; charset=utf-8', 'application/json'],
  ['text/Plain', 'text/plain'],
])('the media type of %j is %j', (header, type) => {
  expect(mediaType(header)).toBe(type);
});

test('reads JSON with and without a byte order mark, from a text and from a part of a buffer', () => {
  const bytes = Buffer.from('x\uFEFF{"a":"ü"}x');
  expect(parseJson(bytes.subarray(1, -1))).toEqual({ a: 'ü' });
  expect(parseJson('\uFEFF[1]')).toEqual([1]);
  expect(parseJson('{"a":1}')).toEqual({ a: 1 });
  expect(parseJson('{')).toBeUndefined();
});
