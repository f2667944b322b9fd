import OpenAI, { AzureOpenAI, toFile } from 'openai';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startMockAzure, type MockAzure } from '../start-mock-azure.ts';

let speech: MockAzure;
let hearing: MockAzure;
let speaker: OpenAI;
let listener: OpenAI;

beforeAll(async () => {
  speech = await startMockAzure({ anyDeployment: 'tts' });
  hearing = await startMockAzure({ anyDeployment: 'gpt-4o-transcribe' });
  const connect = ({ endpoint, apiKey }: MockAzure): OpenAI =>
    new OpenAI({ baseURL: `${endpoint}/openai/v1/`, apiKey, maxRetries: 0 });
  speaker = connect(speech);
  listener = connect(hearing);
});

afterAll(async () => {
  await speech.close();
  await hearing.close();
});

const model = 'voice';
const input = 'Good morning. The meeting begins at nine.';

async function say(format: 'wav' | 'mp3' | 'pcm'): Promise<Buffer> {
  const response = await speaker.audio.speech.create({
    model,
    voice: 'alloy',
    input,
    response_format: format,
  });
  return Buffer.from(await response.arrayBuffer());
}

test('speaks in a real WAV file, as long as its words take', async () => {
  const file = await say('wav');
  expect([file.toString('latin1', 0, 4), file.toString('latin1', 8, 12)]).toEqual(['RIFF', 'WAVE']);
  expect(file.readUInt32LE(4)).toBe(file.length - 8);
  const at = file.indexOf('data');
  expect(file.readUInt32LE(at + 4) / (24_000 * 2)).toBeCloseTo(1.75, 2);
});

test('speaks in MP3 frames', async () => {
  const file = await say('mp3');
  expect(file.toString('latin1', 0, 3)).toBe('ID3');
  const first = file.indexOf(Buffer.from([0xff, 0xf3, 0x44, 0xc0]));
  expect((file.length - first) % 96).toBe(0);
});

test.each(['wav', 'mp3'] as const)('hears in %s what it said', async (format) => {
  const file = await toFile(await say(format), `said.${format}`);
  expect((await listener.audio.transcriptions.create({ model, file })).text).toBe(input);
});

test('says of any other recording where it came from', async () => {
  const file = await toFile(Buffer.alloc(16_000), 'call.mp3');
  const { text } = await listener.audio.transcriptions.create({ model, file });
  expect(text).toBe('This is a recording of 1 seconds from the file call.mp3.');
});

test('writes the other formats', async () => {
  const file = await toFile(await say('wav'), 'said.wav');
  const verbose = await listener.audio.transcriptions.create({
    model,
    file,
    response_format: 'verbose_json',
    timestamp_granularities: ['word', 'segment'],
  });
  expect(verbose).toMatchObject({
    duration: 1.75,
    language: 'english',
    segments: [{ id: 0, start: 0 }, { end: 1.75 }],
  });
  expect(verbose.words?.map((each) => each.word)).toEqual(input.replace(/\./g, '').split(' '));
  const srt = await listener.audio.transcriptions.create({ model, file, response_format: 'srt' });
  expect(srt).toContain('1\n00:00:00,000 --> ');
  const form = new FormData();
  form.append('file', new Blob([new Uint8Array(await say('wav'))]), 'said.wav');
  form.append('model', model);
  const translated = await fetch(`${hearing.endpoint}/openai/v1/audio/translations`, {
    method: 'POST',
    headers: { 'api-key': hearing.apiKey },
    body: form,
  });
  expect(await translated.json()).toMatchObject({ text: input });
});

test('streams what it hears', async () => {
  const file = await toFile(await say('wav'), 'said.wav');
  const deltas: string[] = [];
  for await (const event of await listener.audio.transcriptions.create({ model, file, stream: true })) {
    if (event.type === 'transcript.text.delta') deltas.push(event.delta);
  }
  expect(deltas.join('')).toBe(input);
});

test('speaks a dated version as well', async () => {
  const dated = new AzureOpenAI({
    endpoint: speech.endpoint,
    apiKey: speech.apiKey,
    apiVersion: '2025-04-01-preview',
  });
  const response = await dated.audio.speech.create({ model, voice: 'alloy', input: 'Hi' });
  expect(response.headers.get('content-type')).toBe('audio/mpeg');
});

test('refuses no text, no voice, no file and an unknown format', async () => {
  await expect(speaker.audio.speech.create({ model, voice: 'alloy', input: '' })).rejects.toThrow("'input'");
  await expect(speaker.audio.speech.create({ model, input } as never)).rejects.toThrow("'voice'");
  const format = { model, voice: 'alloy', input, response_format: 'midi' as never };
  await expect(speaker.audio.speech.create(format)).rejects.toThrow("Invalid value: 'midi'");
  const file = await toFile(Buffer.from('x'), 'x.wav');
  await expect(
    listener.audio.transcriptions.create({ model, file, response_format: 'midi' as never }),
  ).rejects.toThrow("Invalid value: 'midi'");
});
