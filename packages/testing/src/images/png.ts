import { crc32, deflateSync } from 'node:zlib';

/** A picture of two colours. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  /** Red, green and blue of the two colours. */
  readonly colours: readonly [readonly number[], readonly number[]];
  /** The colour of a point. */
  readonly isInk: (x: number, y: number) => boolean;
}

/** Writes a PNG file (ISO/IEC 15948): one bit for each point, so that a megapixel has a few hundred bytes. */
export function writePng({ width, height, colours, isInk }: Picture): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  // One bit per point, colours from a palette.
  header.set([1, 3, 0, 0, 0], 8);
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk('IHDR', header),
    chunk('PLTE', Buffer.from(colours.flat())),
    chunk('IDAT', deflateSync(rows(width, height, isInk))),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

/** Each row begins with the filter that it uses: none. */
function rows(width: number, height: number, isInk: Picture['isInk']): Buffer {
  const stride = 1 + Math.ceil(width / 8);
  const data = Buffer.alloc(stride * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      if (!isInk(x, y)) continue;
      const at = y * stride + 1 + (x >> 3);
      data[at] = (data[at] ?? 0) | (0x80 >> (x & 7));
    }
  }
  return data;
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const whole = Buffer.alloc(body.length + 8);
  whole.writeUInt32BE(data.length, 0);
  body.copy(whole, 4);
  whole.writeUInt32BE(crc32(body), body.length + 4);
  return whole;
}
