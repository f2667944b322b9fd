import OpenAI, { AzureOpenAI, toFile } from 'openai';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { splitTokens } from '../answer/tokens.ts';
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

const heard = {
  type: 'tokens',
  // Ten for each second of sound.
  input_tokens: 18,
  input_token_details: { audio_tokens: 18, text_tokens: 0 },
  output_tokens: 9,
  total_tokens: 27,
};

test('streams what it hears, and in the end what that cost', async () => {
  const file = await toFile(await say('wav'), 'said.wav');
  const events: OpenAI.Audio.TranscriptionStreamEvent[] = [];
  for await (const event of await listener.audio.transcriptions.create({ model, file, stream: true }))
    events.push(event);
  const done = events.pop();
  expect(events).toEqual(splitTokens(input).map((delta) => ({ type: 'transcript.text.delta', delta })));
  expect(done).toEqual({ type: 'transcript.text.done', text: input, usage: heard });
});

test('says what it hears and what that cost', async () => {
  const file = await toFile(await say('mp3'), 'said.mp3');
  expect(await listener.audio.transcriptions.create({ model, file, stream: false })).toEqual({
    text: input,
    usage: heard,
  });
});

test('Whisper does not say what it cost', async () => {
  const whisper = await startMockAzure({ anyDeployment: 'whisper' });
  const client = new OpenAI({ baseURL: `${whisper.endpoint}/openai/v1/`, apiKey: whisper.apiKey });
  const file = await toFile(await say('wav'), 'said.wav');
  expect(await client.audio.transcriptions.create({ model, file })).toEqual({ text: input });
  const types = [];
  for await (const event of await client.audio.transcriptions.create({ model, file, stream: true }))
    if (event.type === 'transcript.text.done') types.push(event);
  expect(types).toEqual([{ type: 'transcript.text.done', text: input }]);
  await whisper.close();
});

test('hears what a script says', async () => {
  hearing.reply('*', 'Something else.');
  const file = await toFile(await say('wav'), 'said.wav');
  expect((await listener.audio.transcriptions.create({ model, file })).text).toBe('Something else.');
});

test.each([
  [undefined, 'english'],
  ['de', 'german'],
  ['sv', 'swedish'],
  ['pt', 'pt'],
  ['constructor', 'constructor'],
])('a recording in the language %s is in %s', async (language, expected) => {
  const file = await toFile(Buffer.alloc(1600), 'call.mp3');
  const asked = { model, file, response_format: 'verbose_json' as const, ...(language && { language }) };
  const verbose = await listener.audio.transcriptions.create(asked);
  expect(verbose).toMatchObject({ task: 'transcribe', language: expected });
});

test('a translation is in English', async () => {
  const form = new FormData();
  form.append('file', new Blob([Buffer.alloc(1600)]), 'call.mp3');
  for (const [name, value] of Object.entries({ model, language: 'de', response_format: 'verbose_json' }))
    form.append(name, value);
  const response = await fetch(`${hearing.endpoint}/openai/v1/audio/translations`, {
    method: 'POST',
    headers: { 'api-key': hearing.apiKey },
    body: form,
  });
  expect(await response.json()).toMatchObject({ task: 'translate', language: 'english' });
});

test('speaks in events of up to 16 KiB of sound, the last of which says what that cost', async () => {
  const asked = { model, voice: 'alloy', input, response_format: 'wav', stream_format: 'sse' } as const;
  const response = await speaker.audio.speech.create(asked);
  const events = (await response.text())
    .trim()
    .split('\n\n')
    .map((frame) => JSON.parse(frame.slice(6)) as { type: string; audio: string });
  const whole = await say('wav');
  const pieces = Array.from({ length: Math.ceil(whole.length / 16_384) }, (_, index) =>
    whole.subarray(index * 16_384, (index + 1) * 16_384).toString('base64'),
  );
  expect(pieces).toHaveLength(6);
  expect(events).toEqual([
    ...pieces.map((audio) => ({ type: 'speech.audio.delta', audio })),
    { type: 'speech.audio.done', usage: { input_tokens: 9, output_tokens: 9, total_tokens: 18 } },
  ]);
});

test('speaks faster where that is asked for', async () => {
  const asked = { model, voice: 'alloy', input, response_format: 'pcm' } as const;
  const sizes = [];
  for (const speed of [1, 2])
    sizes.push((await (await speaker.audio.speech.create({ ...asked, speed })).arrayBuffer()).byteLength);
  expect(sizes).toEqual([84_000, 42_000]);
});

test.each([
  ['input', 'x'.repeat(4097)],
  ['instructions', 7],
  ['response_format', 'midi'],
  ['speed', 0.2],
  ['speed', 4.1],
  ['stream_format', 'json'],
])('does not speak with an odd %s', async (name, value) => {
  const body = { model, voice: 'alloy', input, [name]: value };
  await expect(speaker.audio.speech.create(body as never)).rejects.toMatchObject({
    status: 400,
    param: name,
  });
});

test('a recording is needed', async () => {
  const form = new FormData();
  form.append('model', model);
  const response = await fetch(`${hearing.endpoint}/openai/v1/audio/transcriptions`, {
    method: 'POST',
    headers: { 'api-key': hearing.apiKey },
    body: form,
  });
  expect(await response.json()).toMatchObject({ error: { message: "Missing required parameter: 'file'." } });
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
