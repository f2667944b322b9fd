import { words } from '../answer/words.ts';

/** A recording of a text, made by this mock: a tone for each word, and the text itself in the comment of the file. */
export interface Recording {
  readonly bytes: Buffer;
  readonly contentType: string;
}

const sampleRate = 24_000;
const secondsPerWord = 0.25;
const longestSeconds = 20;

/** Speaks `text` in a format of the speech operation. Other formats are sent as WAV. */
export function record(text: string, format: string, speed = 1): Recording {
  if (format === 'mp3') return { bytes: mp3(text, speed), contentType: 'audio/mpeg' };
  const samples = tones(text, speed);
  if (format === 'pcm') return { bytes: samples, contentType: 'audio/pcm' };
  return { bytes: wav(samples, text), contentType: 'audio/wav' };
}

/** Length of the recording of a text. */
function secondsOf(text: string, speed = 1): number {
  const spoken = Math.max(words(text).length, 1) * secondsPerWord;
  return Math.min(spoken / speed, longestSeconds);
}

/** 16-bit samples, mono: one soft tone for each word, its pitch by the word's length. */
function tones(text: string, speed: number): Buffer {
  const total = Math.ceil(secondsOf(text, speed) * sampleRate);
  const samples = Buffer.alloc(total * 2);
  const spoken = words(text);
  const perWord = Math.ceil(total / Math.max(spoken.length, 1));
  for (let index = 0; index < total; index++) {
    const pitch = 180 + (spoken[Math.floor(index / perWord)]?.length ?? 0) * 25;
    const fade = Math.sin((Math.PI * (index % perWord)) / perWord);
    samples.writeInt16LE(
      Math.round(Math.sin((2 * Math.PI * pitch * index) / sampleRate) * fade * 6000),
      index * 2,
    );
  }
  return samples;
}

/** A WAV file with the text as its comment (RIFF `LIST`/`INFO`/`ICMT`). */
function wav(samples: Buffer, text: string): Buffer {
  const format = Buffer.alloc(16);
  format.writeUInt16LE(1, 0);
  format.writeUInt16LE(1, 2);
  format.writeUInt32LE(sampleRate, 4);
  format.writeUInt32LE(sampleRate * 2, 8);
  format.writeUInt16LE(2, 12);
  format.writeUInt16LE(16, 14);
  const notes = Buffer.concat([Buffer.from('INFO'), riff('ICMT', Buffer.from(`${text}\0`))]);
  const body = Buffer.concat([
    Buffer.from('WAVE'),
    riff('fmt ', format),
    riff('LIST', notes),
    riff('data', samples),
  ]);
  return riff('RIFF', body);
}

function riff(type: string, data: Buffer): Buffer {
  const head = Buffer.alloc(8);
  head.write(type, 0, 'latin1');
  head.writeUInt32LE(data.length, 4);
  return Buffer.concat([head, data, Buffer.alloc(data.length % 2)]);
}

/** An MP3 file of silence, with the text as its ID3v2 comment. */
function mp3(text: string, speed: number): Buffer {
  const comment = Buffer.concat([Buffer.from([3]), Buffer.from('eng\0'), Buffer.from(text)]);
  const frame = Buffer.concat([Buffer.from('COMM'), size32(comment.length), Buffer.alloc(2), comment]);
  const tag = Buffer.concat([Buffer.from('ID3'), Buffer.from([4, 0, 0]), size32(frame.length), frame]);
  const frames = Math.ceil((secondsOf(text, speed) * sampleRate) / 576);
  return Buffer.concat([tag, ...Array.from({ length: frames }, () => silentFrame)]);
}

/** MPEG-2 layer III, 32 kbit/s, 24 kHz, mono: 96 bytes and 24 ms. Empty side information decodes to silence. */
const silentFrame = Buffer.alloc(96);
silentFrame.set([0xff, 0xf3, 0x44, 0xc0]);

/** ID3 writes seven bits in each byte. */
function size32(size: number): Buffer {
  return Buffer.from([21, 14, 7, 0].map((shift) => (size >> shift) & 0x7f));
}

/** The transcript of a recording: its text when the mock made it; else a sentence with its file name and length. */
export function transcribe(
  bytes: Buffer,
  filename: string,
): { readonly text: string; readonly seconds: number } {
  const noted = noteOf(bytes);
  if (noted !== undefined) return { text: noted, seconds: secondsOf(noted) };
  const seconds = wavSeconds(bytes) ?? Math.max(0.1, bytes.length / 16_000);
  const rounded = Math.round(seconds * 10) / 10;
  return { text: `This is a recording of ${rounded} seconds from the file ${filename}.`, seconds };
}

function noteOf(bytes: Buffer): string | undefined {
  if (bytes.toString('latin1', 0, 4) === 'RIFF') {
    const at = bytes.indexOf('ICMT');
    return at < 0 ? undefined : bytes.toString('utf8', at + 8, at + 8 + bytes.readUInt32LE(at + 4) - 1);
  }
  if (bytes.toString('latin1', 0, 3) !== 'ID3') return undefined;
  const at = bytes.indexOf('COMM');
  if (at < 0) return undefined;
  const size = bytes.subarray(at + 4, at + 8).reduce((sum, byte) => sum * 128 + byte, 0);
  return bytes.toString('utf8', at + 15, at + 10 + size);
}

function wavSeconds(bytes: Buffer): number | undefined {
  if (bytes.toString('latin1', 0, 4) !== 'RIFF' || bytes.length < 44) return undefined;
  const data = bytes.indexOf('data', 12, 'latin1');
  const perSecond = bytes.readUInt32LE(28);
  if (data < 0 || perSecond === 0) return undefined;
  return (bytes.length - data - 8) / perSecond;
}
