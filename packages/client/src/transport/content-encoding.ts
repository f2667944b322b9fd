import { Readable, pipeline } from 'node:stream';
import * as zlib from 'node:zlib';
import type { Transform } from 'node:stream';
import type { TransportHeaders, TransportResponse } from './transport.ts';

// The client never asks for compression, but a gateway in between may still compress.
const decoders: Readonly<Record<string, (() => Transform) | undefined>> = {
  br: zlib.createBrotliDecompress,
  deflate: zlib.createInflate,
  gzip: zlib.createGunzip,
  'x-gzip': zlib.createGunzip,
  // Node 22.15 and later.
  zstd: (zlib as Partial<typeof zlib>).createZstdDecompress,
};

/** The same answer with its body unpacked, or the answer itself when an encoding of it is not known. */
export function decodedAnswer(answer: TransportResponse): TransportResponse {
  const names = (answer.headers.get('content-encoding') ?? '')
    .split(',')
    .map((name) => name.trim().toLowerCase())
    .filter((name) => name !== '' && name !== 'identity');
  const needed: Transform[] = [];
  // The encoding that was applied last is removed first.
  for (const name of names.reverse()) {
    const create = decoders[name];
    if (create === undefined) return answer;
    needed.push(create());
  }
  const headers = withoutEncoding(answer.headers);
  if (needed.length === 0) return { ...answer, headers };
  // The errors of all streams appear at the last one.
  let body: Readable = Readable.from(answer.body, { objectMode: false });
  for (const decoder of needed) body = pipeline(body, decoder, () => undefined);
  return { ...answer, headers, body };
}

function withoutEncoding(headers: TransportHeaders): TransportHeaders {
  const hidden = new Set(['content-encoding', 'content-length']);
  return {
    get: (name) => (hidden.has(name.toLowerCase()) ? null : headers.get(name)),
    *[Symbol.iterator]() {
      for (const header of headers) if (!hidden.has(header[0])) yield header;
    },
  };
}
