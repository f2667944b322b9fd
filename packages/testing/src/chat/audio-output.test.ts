import { expect, test } from 'vitest';
import { silence } from './audio-output.ts';

test('is a WAV file of silence: 8,000 samples a second, of 16 bits, in one channel', () => {
  const file = Buffer.from(silence(1), 'base64');
  expect(file.toString('latin1', 0, 4)).toBe('RIFF');
  expect(file.readUInt32LE(4)).toBe(file.length - 8);
  expect(file.toString('latin1', 8, 16)).toBe('WAVEfmt ');
  expect(file.readUInt32LE(16)).toBe(16);
  expect([20, 22].map((at) => file.readUInt16LE(at))).toEqual([1, 1]);
  expect([24, 28].map((at) => file.readUInt32LE(at))).toEqual([8000, 16_000]);
  expect([32, 34].map((at) => file.readUInt16LE(at))).toEqual([2, 16]);
  expect(file.toString('latin1', 36, 40)).toBe('data');
  expect(file.readUInt32LE(40)).toBe(file.length - 44);
  expect(file.subarray(44).every((byte) => byte === 0)).toBe(true);
});

test.each([
  [0, 0.25],
  [1, 0.25],
  [4, 0.25],
  [5, 0.5],
  [16, 1],
  [40, 2.5],
  [1000, 2.5],
])('to say %i tokens takes %f seconds', (tokens, seconds) => {
  expect(Buffer.from(silence(tokens), 'base64')).toHaveLength(44 + seconds * 16_000);
});
