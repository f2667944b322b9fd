import { Readable, pipeline } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import type { Transform } from 'node:stream';
import type { TransportHeaders, TransportResponse } from './transport.ts';

// We never ask for compression, but a gateway in between may compress all the same.
const decoders: Readonly<Record<string, () => Transform>> = {
  br: createBrotliDecompress,
  deflate: createInflate,
  gzip: createGunzip,
  'x-gzip': createGunzip,
};

/** The same answer with its body unpacked, or the answer itself when its encoding is not known. */
export function decodedAnswer(answer: TransportResponse): TransportResponse {
  const create = decoders[answer.headers.get('content-encoding')?.trim().toLowerCase() ?? ''];
  if (create === undefined) return answer;
  const body = pipeline(Readable.from(answer.body, { objectMode: false }), create(), () => undefined);
  return { ...answer, headers: withoutEncoding(answer.headers), body };
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
