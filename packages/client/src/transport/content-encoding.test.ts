import * as zlib from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { decodedAnswer } from './content-encoding.ts';
import { readBytes } from './transport.ts';
import type { TransportResponse } from './transport.ts';

function answerOf(encoding: string | undefined, body: Uint8Array): TransportResponse {
  async function* chunks(): AsyncGenerator<Uint8Array> {
    for (let at = 0; at < body.byteLength; at += 7) yield body.subarray(at, at + 7);
  }
  const headers = new Headers({ 'content-length': String(body.byteLength), 'x-request-id': 'r1' });
  if (encoding !== undefined) headers.set('content-encoding', encoding);
  return { status: 200, headers, body: chunks(), destroy: () => undefined };
}

const text = 'grüße '.repeat(20);
const plain = Buffer.from(text);
const read = async (answer: TransportResponse) => (await readBytes(answer.body))?.toString();

describe('decodedAnswer', () => {
  test.each<[string, Uint8Array]>([
    ['gzip', zlib.gzipSync(plain)],
    ['x-gzip', zlib.gzipSync(plain)],
    ['GZip', zlib.gzipSync(plain)],
    ['deflate', zlib.deflateSync(plain)],
    ['br', zlib.brotliCompressSync(plain)],
    ['identity', plain],
    ['identity, gzip', zlib.gzipSync(plain)],
    [' , gzip ,', zlib.gzipSync(plain)],
    ['gzip, br', zlib.brotliCompressSync(zlib.gzipSync(plain))],
    ['br, gzip', zlib.gzipSync(zlib.brotliCompressSync(plain))],
  ])('unpacks %s, and says so in the headers', async (encoding, body) => {
    const decoded = decodedAnswer(answerOf(encoding, body));
    expect(await read(decoded)).toBe(text);
    expect(decoded.headers.get('Content-Encoding')).toBeNull();
    expect(decoded.headers.get('content-length')).toBeNull();
    expect(decoded.headers.get('X-Request-Id')).toBe('r1');
    expect([...decoded.headers]).toEqual([['x-request-id', 'r1']]);
    expect(decoded.status).toBe(200);
  });

  test('passes the body of an answer that is not packed on as it is', () => {
    const answer = answerOf('identity', plain);
    expect(decodedAnswer(answer).body).toBe(answer.body);
  });

  test.each(['lzma', 'gzip, lzma', 'lzma, gzip'])('leaves %s as it is', async (encoding) => {
    const answer = answerOf(encoding, plain);
    expect(decodedAnswer(answer)).toBe(answer);
  });

  test('bytes that are not packed as they say fail the reader', async () => {
    await expect(read(decodedAnswer(answerOf('gzip', plain)))).rejects.toThrow('incorrect header check');
    const cut = zlib.brotliCompressSync(zlib.gzipSync(plain)).subarray(0, 20);
    await expect(read(decodedAnswer(answerOf('gzip, br', cut)))).rejects.toThrow('unexpected end of file');
  });

  test('an error of the connection reaches the reader through all decoders', async () => {
    const failure = new Error('cut');
    async function* body(): AsyncGenerator<Uint8Array> {
      yield zlib.gzipSync(plain).subarray(0, 5);
      throw failure;
    }
    const answer = { ...answerOf('gzip, gzip', plain), body: body() };
    await expect(read(decodedAnswer(answer))).rejects.toBe(failure);
  });
});
