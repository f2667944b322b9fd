import { expect, test } from 'vitest';
import fc from 'fast-check';
import type { OperationRequest } from '../service/operation.ts';
import { Refusal } from '../service/refusal.ts';
import { refused } from '../service/refused.fake.ts';
import { readForm } from './multipart.ts';

function read(body: string | Buffer, type = 'multipart/form-data; boundary=xyz') {
  return readForm({
    headers: { 'content-type': type },
    raw: Buffer.from(body),
  } as unknown as OperationRequest);
}

function part(disposition: string, text: string): string {
  return `--xyz\r\nContent-Disposition: form-data; ${disposition}\r\n\r\n${text}\r\n`;
}

test.each([
  ['quoted, as curl and fetch write it', 'name="file"; filename="a b.txt"', 'a b.txt'],
  ['bare, as .NET writes it', 'name=file; filename=a.txt', 'a.txt'],
  ['extended (RFC 5987)', `name=file; filename=a.txt; filename*=utf-8''%C3%BC.txt`, 'ü.txt'],
  ['UTF-8, as Python writes it', 'name="file"; filename="ü.txt"', 'ü.txt'],
  [
    'escaped by backslashes, as Go and curl write them',
    String.raw`name="file"; filename="a\"b\\c.txt"`,
    String.raw`a"b\c.txt`,
  ],
  ['escaped by percent, as browsers and Python write them', 'name="file"; filename="a%22b.txt"', 'a"b.txt'],
  ['literal where a percent sign is meant', 'name="file"; filename="50%20off.txt"', '50%20off.txt'],
  [
    'in another order, or look like others',
    String.raw`filename="x; name=\"evil\".txt"; name="file"`,
    'x; name="evil".txt',
  ],
  ['without blanks', 'name="file";filename="a.txt"', 'a.txt'],
  ['with blanks everywhere', 'name =  "file"  ;   filename = "a.txt"', 'a.txt'],
  ['in capitals', 'NAME="file"; FileName="a.txt"', 'a.txt'],
  ['escaped with their line breaks', 'name="file"; filename="a%0D%0ab.txt"', 'a\r\nb.txt'],
  ['extended in capitals', `name=file; filename*=UTF-8''a%20b.txt`, 'a b.txt'],
  ['extended in another alphabet', `name=file; filename=a.txt; filename*=iso-8859-1''b.txt`, 'a.txt'],
  ['extended in no known way', `name=file; filename=a.txt; filename*=x-utf-8''b.txt`, 'a.txt'],
  ['empty', 'name="file"; filename=""', ''],
])('reads a file whose parameters are %s', (_, disposition, name) => {
  const file = read(`${part(disposition, 'content')}${part('name="purpose"', 'batch')}--xyz--\r\n`).file(
    'file',
  );
  expect([file?.name, file?.bytes.toString()]).toEqual([name, 'content']);
});

test.each([
  'multipart/form-data; boundary=xyz',
  'multipart/form-data;boundary=xyz',
  'multipart/form-data ; boundary=xyz; charset=UTF-8',
  'Multipart/Form-Data; Boundary=xyz',
  'multipart/form-data; boundary="xyz"',
])('reads a form of the type %s', (type) => {
  expect(read(`${part('name="a"', 'b')}--xyz--`, type).text('a')).toBe('b');
});

test.each([
  '',
  'multipart/form-data',
  'multipart/form-data; boundary=',
  'multipart/form-data; my_boundary=xyz',
  'multipart/form-data boundary=xyz',
  'multipart/mixed; boundary=xyz',
  'a multipart/form-data; boundary=xyz',
  `application/json; ${'x'.repeat(200)}`,
])('no form is of the type %s', (type) => {
  expect(refused(() => read(`${part('name="a"', 'b')}--xyz--`, type))?.message).toBe(
    `Invalid Content-Type header (${type.slice(0, 100)}), expected multipart/form-data.`,
  );
});

test('tells texts from files, in the order of the form', () => {
  const form = read(
    [
      part('name="b"', '1'),
      part('name="a"; filename="x"', '2'),
      part('name="a"', '3'),
      part('name="b"', '4'),
      part('name="a"; filename="y"', '5'),
      '--xyz--',
    ].join(''),
  );
  expect(form.fields).toEqual(['b', 'a']);
  expect([form.text('b'), form.texts('b'), form.texts('a'), form.texts('c')]).toEqual([
    '1',
    ['1', '4'],
    ['3'],
    [],
  ]);
  expect(form.files('a').map(({ name, bytes }) => [name, bytes.toString()])).toEqual([
    ['x', '2'],
    ['y', '5'],
  ]);
  expect([form.file('a')?.name, form.file('b'), form.text('c')]).toEqual(['x', undefined, undefined]);
});

test.each([
  ['', 'application/octet-stream'],
  ['\r\nContent-Type: text/plain; charset=utf-8', 'text/plain; charset=utf-8'],
  ['\r\ncontent-type:image/png  ', 'image/png'],
  ['\r\nX-Content-Type: image/png', 'application/octet-stream'],
])('with the headers %j a file is of the type %s', (headers, type) => {
  const body = `--xyz\r\nContent-Disposition:form-data; name="a"; filename="x"${headers}\r\n\r\nb\r\n--xyz--`;
  expect(read(body).file('a')).toEqual({ name: 'x', type, bytes: Buffer.from('b') });
});

test('takes no other header for the one that names a part', () => {
  const other = 'X-Content-Disposition: form-data; name="b"';
  const body = `--xyz\r\n${other}\r\nContent-Disposition: form-data; name="a"\r\n\r\nc\r\n--xyz--`;
  expect([read(body).text('a'), read(body).text('b')]).toEqual(['c', undefined]);
});

test('a part may be empty, with or without a line break of its own', () => {
  const headers = 'Content-Disposition: form-data; name="a"\r\n\r\n';
  for (const end of ['\r\n', '']) expect(read(`--xyz\r\n${headers}${end}--xyz--`).texts('a')).toEqual(['']);
});

test.each([
  ['has no name', '--xyz\r\nContent-Disposition: form-data\r\n\r\nb\r\n--xyz--'],
  ['is no form data', '--xyz\r\nContent-Disposition: attachment; name="a"\r\n\r\nb\r\n--xyz--'],
  ['does not end', '--xyz\r\nContent-Disposition: form-data; name="a"\r\n\r\nb'],
  ['has headers that do not end', '--xyz\r\nContent-Disposition: form-data; name="a"\r\nb\r\n--xyz--'],
  ['is not there', 'nothing'],
])('refuses a form with a part that %s', (_, body) => {
  expect(refused(() => read(body))).toEqual({
    message: 'Could not parse multipart form',
    type: 'invalid_request_error',
    param: null,
    code: null,
  });
});

test('takes a quoted boundary, and bytes that look like line breaks and dashes', () => {
  const content = '\r\n--xy\r\n--\r\n';
  const form = read(`${part('name="a"', content)}--xyz--`, 'multipart/form-data; boundary="xyz"');
  expect(form.text('a')).toBe(content);
});

test('takes a preamble, blanks after a delimiter, part headers in any case, and no line break at the end (RFC 2046)', () => {
  const body = 'preamble\r\n--xyz \t\r\ncontent-disposition: form-data; name="a"\r\n\r\nb\r\n--xyz--';
  expect(read(body, 'multipart/form-data; charset=UTF-8; boundary=xyz').text('a')).toBe('b');
});

test('does not take a line that merely begins like a delimiter for one', () => {
  const content = 'one\r\n--xyz1\r\ntwo';
  expect(read(`${part('name="a"', content)}--xyz--\r\n`).text('a')).toBe(content);
});

test('a form has up to a thousand parts', () => {
  const form = (parts: number) => read(`${part('name="a"', 'b').repeat(parts)}--xyz--`);
  expect(form(1000).texts('a')).toHaveLength(1000);
  expect(() => form(1001)).toThrow(Refusal);
});

test('the headers of a part have up to 16,384 bytes', () => {
  const start = '\r\nContent-Disposition: form-data; name="a"\r\nX: ';
  const form = (bytes: number) =>
    read(`--xyz${start}${'x'.repeat(bytes - start.length)}\r\n\r\nb\r\n--xyz--`).text('a');
  expect(form(16_384)).toBe('b');
  expect(() => form(16_385)).toThrow(Refusal);
});

test('refuses headers of a part that are too long to be any', () => {
  expect(() => read(`${part(`name="a"; ${';x="'.repeat(10_000)}`, 'b')}--xyz--`)).toThrow(Refusal);
});

test.each([
  '',
  '--xyz',
  '--xyz\r\n',
  '--xyz--x',
  `${part('name="a"', 'b')}--xy`,
  '--xyz\r\nNo: name\r\n\r\nx\r\n--xyz--',
])('refuses %j, or finds nothing in it', (body) => {
  const attempt = (): unknown => read(body).text('a');
  try {
    expect(attempt()).toBeUndefined();
  } catch (error) {
    expect(error).toBeInstanceOf(Refusal);
  }
});

test('never does anything else with bytes that are no form', () => {
  const pieces = fc.constantFrom(
    '--xyz',
    '\r\n',
    '--',
    'name="a"',
    'Content-Disposition: form-data;',
    '\r\n\r\n',
    'x',
  );
  fc.assert(
    fc.property(fc.array(pieces), (parts) => {
      try {
        read(parts.join(''));
      } catch (error) {
        expect(error).toBeInstanceOf(Refusal);
      }
    }),
  );
});
