import { crc32 } from 'node:zlib';
import { expect, test } from 'vitest';
import { writePng } from './png.ts';

test('every chunk of a picture ends with the checksum of its name and content', () => {
  const colours = [
    [255, 255, 255],
    [0, 40, 120],
  ] as const;
  const png = writePng({ width: 37, height: 11, colours, isInk: (x, y) => (x * y) % 3 === 0 });
  const names: string[] = [];
  for (let at = 8; at < png.length;) {
    const end = at + 8 + png.readUInt32BE(at);
    names.push(png.toString('latin1', at + 4, at + 8));
    expect(png.readUInt32BE(end)).toBe(crc32(png.subarray(at + 4, end)));
    at = end + 4;
  }
  expect(names).toEqual(['IHDR', 'PLTE', 'IDAT', 'IEND']);
});
