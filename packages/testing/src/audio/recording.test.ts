import { expect, test } from 'vitest';
import { record, transcribe } from './recording.ts';

/** The samples of a text. */
function samplesOf(text: string, speed?: number): Int16Array {
  const { bytes } = record(text, 'pcm', speed);
  return Int16Array.from({ length: bytes.length / 2 }, (_, index) => bytes.readInt16LE(index * 2));
}

const words = (count: number) => 'word '.repeat(count).trim();

test.each([
  ['', 1, 0.25],
  ['one', 1, 0.25],
  ['one two, three.', 1, 0.75],
  ['one two, three.', 2, 0.375],
  ['one two, three.', 0.5, 1.5],
  [words(80), 1, 20],
  [words(81), 1, 20],
  [words(81), 4, 5.0625],
])('to say %j at speed %f takes %f seconds', (text, speed, seconds) => {
  expect(samplesOf(text, speed)).toHaveLength(Math.ceil(seconds * 24_000));
});

test('each word is a tone, the higher the longer it is, which rises and fades', () => {
  const samples = samplesOf('a four sevenths');
  for (const [index, length] of [1, 4, 8].entries()) {
    const tone = samples.subarray(index * 6000, (index + 1) * 6000);
    // Through zero twice in each of its waves, in a quarter of a second.
    const crossings = tone.slice(1).filter((sample, at) => sample >= 0 !== (tone[at] ?? 0) >= 0).length;
    expect(Math.abs(crossings - (180 + length * 25) / 2)).toBeLessThanOrEqual(2);
    const loudest = (from: number, to: number) => Math.max(...tone.subarray(from, to).map(Math.abs));
    expect(loudest(2900, 3100)).toBeGreaterThan(5900);
    expect(loudest(0, 6000)).toBeLessThanOrEqual(6000);
    expect(loudest(0, 100)).toBeLessThan(400);
    expect(loudest(5900, 6000)).toBeLessThan(400);
  }
});

test('a WAV file says how it is to be played, and what it says', () => {
  const { bytes, contentType } = record('odd', 'wav');
  expect(contentType).toBe('audio/wav');
  const chunks: [string, Buffer][] = [];
  for (let at = 12; at < bytes.length;) {
    const size = bytes.readUInt32LE(at + 4);
    chunks.push([bytes.toString('latin1', at, at + 4), bytes.subarray(at + 8, at + 8 + size)]);
    at += 8 + size + (size % 2);
  }
  expect(chunks.map(([name]) => name)).toEqual(['fmt ', 'LIST', 'data']);
  const [format, notes, data] = chunks.map(([, content]) => content);
  expect([0, 2, 12, 14].map((at) => format?.readUInt16LE(at))).toEqual([1, 1, 2, 16]);
  expect([4, 8].map((at) => format?.readUInt32LE(at))).toEqual([24_000, 48_000]);
  expect(notes?.toString()).toBe('INFOICMT\x04\0\0\0odd\0');
  expect(data).toEqual(record('odd', 'pcm').bytes);
});

test.each(['opus', 'aac', 'flac'])('%s is a WAV file', (format) => {
  expect(record('Hi', format)).toEqual(record('Hi', 'wav'));
});

test('PCM is the samples alone', () => {
  expect(record('Hi', 'pcm').contentType).toBe('audio/pcm');
});

test.each([
  ['Hi', 1, 11],
  ['Hi', 2, 6],
  [words(4), 1, 42],
])('an MP3 file of %j at speed %f has its comment, and then %i frames', (text, speed, frames) => {
  const { bytes, contentType } = record(text, 'mp3', speed);
  expect(contentType).toBe('audio/mpeg');
  const comment = `\x03eng\0${text}`;
  const end = 20 + comment.length;
  expect(bytes.toString('latin1', 0, end)).toBe(
    `ID3\x04\0\0\0\0\0${String.fromCharCode(10 + comment.length)}COMM\0\0\0${String.fromCharCode(comment.length)}\0\0${comment}`,
  );
  expect(bytes.length - end).toBe(frames * 96);
  for (let at = end; at < bytes.length; at += 96) {
    expect(bytes.readUInt32BE(at)).toBe(0xfff344c0);
    expect(bytes.subarray(at + 4, at + 96).every((byte) => byte === 0)).toBe(true);
  }
});

test.each(['Hi', 'odd', 'Grüße, 漢字 😀', words(500), 'x'.repeat(20_000)])(
  'what was recorded is heard again (%#)',
  (text) => {
    for (const format of ['wav', 'mp3']) expect(transcribe(record(text, format).bytes, 'a').text).toBe(text);
  },
);

test('a recording takes as long as its words', () => {
  expect(transcribe(record(words(3), 'mp3').bytes, 'a').seconds).toBe(0.75);
});

/** A WAV file of another program: so many bytes a second, and so much data. */
function foreign({ perSecond = 8000, name = 'data', size = 16_000 } = {}): Buffer {
  const head = Buffer.alloc(44);
  head.write('RIFF', 0);
  head.write('WAVEfmt ', 8);
  head.writeUInt32LE(perSecond, 28);
  head.write(name, 36);
  return Buffer.concat([head, Buffer.alloc(size)]);
}

test.each<[string, Buffer, number]>([
  ['a WAV file', foreign(), 2],
  ['a WAV file of nothing', foreign({ size: 0 }), 0],
  ['a WAV file without data', foreign({ name: 'none', size: 15_956 }), 1],
  ['a WAV file that says nothing of its speed', foreign({ perSecond: 0, size: 15_956 }), 1],
  ['the beginning of a WAV file', foreign().subarray(0, 43), 0.1],
  ['an MP3 file without a comment', Buffer.concat([Buffer.from('ID3'), Buffer.alloc(31_997)]), 2],
  ['anything', Buffer.alloc(16_000), 1],
  ['nothing', Buffer.alloc(0), 0.1],
])('%s that this mock did not make takes as long as its bytes', (_, bytes, seconds) => {
  expect(transcribe(bytes, 'call.wav')).toEqual({
    text: `This is a recording of ${seconds} seconds from the file call.wav.`,
    seconds,
  });
});

test('the length of a recording is said to a tenth of a second', () => {
  expect(transcribe(Buffer.alloc(19_999), 'a').text).toContain(' 1.2 seconds');
});
