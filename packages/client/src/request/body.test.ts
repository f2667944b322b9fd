import { describe, expect, test } from 'vitest';
import { readBody } from './body.ts';
import type { BodyInput } from './body.ts';

const read = (body: unknown, input: Partial<BodyInput> = {}) =>
  readBody({ body, contentType: undefined, mustRead: false, ...input });
const encode = (text: string) => new TextEncoder().encode(text);
const json = { kind: 'json', json: { a: 1 } };
const text = '{"a":1}';

const formText = '--x\r\ncontent-disposition: form-data; name="model"\r\n\r\nchat\r\n--x--\r\n';
const formType = 'Multipart/Form-Data; boundary=x';
const form = { kind: 'form', fields: [['model', 'chat']] };

async function* pieces(...all: readonly string[]) {
  for (const piece of all) yield encode(piece);
}

test.each([undefined, null])('%s is no body', (body) => {
  expect(read(body)).toEqual({ kind: 'none' });
});

describe('JSON', () => {
  test.each<[string, unknown]>([
    ['text', text],
    ['bytes', encode(text)],
    ['a buffer', encode(text).buffer],
    ['a view of a part', new DataView(encode(`  ${text}  `).buffer, 1, text.length + 2)],
    ['text with a mark', `\uFEFF${text}`],
    ['bytes with a mark', encode(`\uFEFF${text}`)],
  ])('is read at once from %s', (_, body) => {
    expect(read(body)).toEqual(json);
  });

  test.each([
    'application/json',
    'Application/JSON; charset=utf-8',
    'application/merge-patch+json',
    'text/plain',
    'application/octet-stream',
  ])('is read under the type %s', async (contentType) => {
    expect(read(text, { contentType })).toEqual(json);
    expect(await read(new Blob([text], { type: contentType }))).toEqual(json);
  });

  test('is read from a Blob without a type', async () => {
    expect(await read(new Blob([text]))).toEqual(json);
  });

  test.each([
    ['where the request makes no sense otherwise', { mustRead: true }],
    ['where its type says JSON', { contentType: 'application/json' }],
  ])('is read from a stream %s', async (_, input) => {
    expect(await read(pieces('{"a"', ':1}'), input)).toEqual(json);
    expect(await read(ReadableStream.from(pieces(text)), input)).toEqual(json);
  });
});

test('a Blob says its type, unless the caller does', async () => {
  const content = encode(text);
  expect(await read(new Blob([text], { type: 'text/xml' }))).toEqual({
    kind: 'opaque',
    content,
    type: 'text/xml',
    unread: '"text/xml" is not read',
  });
  expect(await read(new Blob([text], { type: 'text/xml' }), { contentType: 'application/json' })).toEqual(
    json,
  );
});

describe('a form', () => {
  test('is taken from FormData', () => {
    const data = new FormData();
    data.append('model', 'chat');
    expect(read(data)).toEqual(form);
  });

  test.each<[string, unknown]>([
    ['text', formText],
    ['bytes', encode(formText)],
    ['a Blob', new Blob([formText])],
    ['a stream', pieces(formText)],
  ])('is read from %s', async (_, body) => {
    expect(await read(body, { contentType: formType })).toEqual(form);
  });

  test('that is none is passed on as it came', async () => {
    const opaque = { kind: 'opaque', content: 'x', type: formType, unread: 'it is no form' };
    expect(await read('x', { contentType: formType })).toEqual(opaque);
  });
});

describe('what is not read is passed on as it came, with the reason:', () => {
  test.each<[string, unknown, string | undefined, string, string]>([
    ['no JSON', 'x', undefined, 'text/plain;charset=UTF-8', 'it is no JSON'],
    ['a list', '[]', 'application/json', 'application/json', 'it is no JSON object'],
    ['another type', text, 'text/xml', 'text/xml', '"text/xml" is not read'],
    ['a type that only begins so', text, 'text/plainer', 'text/plainer', '"text/plainer" is not read'],
  ])('%s', (_, body, contentType, type, unread) => {
    expect(read(body, { contentType })).toEqual({ kind: 'opaque', content: body, type, unread });
    const bytes = encode(body as string);
    expect(read(bytes, { contentType: contentType ?? type })).toEqual({
      kind: 'opaque',
      content: bytes,
      type,
      unread,
    });
  });

  test('bytes that are no UTF-8', () => {
    const content = new Uint8Array([0x7b, 0xff, 0x7d]);
    expect(read(content)).toEqual({ kind: 'opaque', content, type: '', unread: 'its bytes are no UTF-8' });
  });

  test('parameters of a URL', () => {
    expect(read(new URLSearchParams({ a: '1' }))).toEqual({
      kind: 'opaque',
      content: 'a=1',
      type: 'application/x-www-form-urlencoded;charset=UTF-8',
      unread: '"application/x-www-form-urlencoded" is not read',
    });
  });

  test('a stream', async () => {
    const body = await read(pieces('a', 'b'), { contentType: 'audio/wav' });
    expect(body).toMatchObject({ kind: 'opaque', type: 'audio/wav', unread: 'a stream is not read' });
    if (body.kind === 'opaque') expect(await new Response(body.content as string).text()).toBe('ab');
  });
});

test('bytes are copied: what is decided does not change before it is sent', () => {
  const bytes = encode('wav');
  const body = read(bytes, { contentType: 'audio/wav' });
  bytes.fill(0);
  expect(body).toMatchObject({ content: encode('wav') });
});

test.each([
  [7, 'Number'],
  [{}, 'Object'],
  [() => undefined, 'Function'],
  [Symbol('x'), 'Symbol'],
])('refuses the body %o', (body, name) => {
  expect(() => read(body)).toThrow(
    new TypeError(
      `Cannot send the request: its body is a [object ${name}]. Pass a string, bytes, a FormData, a Blob or a ReadableStream.`,
    ),
  );
});
