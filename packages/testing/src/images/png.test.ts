import { crc32 } from 'node:zlib';
import { expect, test } from 'vitest';
import { writePng } from './png.ts';
import { readPng } from './read-png.fake.ts';

const colours = [
  [255, 255, 255],
  [0, 40, 120],
] as const;

test('every chunk of a picture ends with the checksum of its name and content', () => {
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

test('a picture has one bit for each point, and rows that are whole bytes', () => {
  const isInk = (x: number, y: number) => x === y || x === 9;
  expect(readPng(writePng({ width: 10, height: 3, colours, isInk }))).toEqual({
    width: 10,
    height: 3,
    format: [1, 3, 0, 0, 0],
    colours: [255, 255, 255, 0, 40, 120],
    rows: ['#........#......', '.#.......#......', '..#......#......'],
  });
});

test.each([
  [1, '#.......'],
  [8, '########'],
  [9, '#########.......'],
])('a row of %i points is %s', (width, row) => {
  expect(readPng(writePng({ width, height: 2, colours, isInk: () => true })).rows).toEqual([row, row]);
});
