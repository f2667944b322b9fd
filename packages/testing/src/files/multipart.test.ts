import { expect, test } from 'vitest';
import fc from 'fast-check';
import type { OperationRequest } from '../service/operation.ts';
import { Refusal } from '../service/refusal.ts';
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
])('reads a file whose parameters are %s', (_, disposition, name) => {
  const file = read(`${part(disposition, 'content')}${part('name="purpose"', 'batch')}--xyz--\r\n`).file(
    'file',
  );
  expect([file?.name, file?.bytes.toString()]).toEqual([name, 'content']);
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
