import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import OpenAI from 'openai';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { record as recordExample, replay as replayExample } from '../recording.examples.ts';
import { createListener } from '../neighbour/listener.ts';
import { startMockAzure } from '../start-mock-azure.ts';
import { startRecorder, type RecorderOptions } from './recorder.ts';
import { readRecording, type Recording } from './recording.ts';

const key = 'a-very-secret-key';
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'aoai-recording-'));
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

function client(endpoint: string, apiKey = key): OpenAI {
  return new OpenAI({ baseURL: `${endpoint}/openai/v1/`, apiKey, maxRetries: 0 });
}

const messages = [{ role: 'user' as const, content: 'What is the capital of Sweden?' }];

async function talk(openai: OpenAI): Promise<string[]> {
  const whole = await openai.chat.completions.create({ model: 'gpt-4.1', messages });
  let streamed = '';
  for await (const chunk of await openai.chat.completions.create({
    model: 'gpt-4.1',
    messages,
    stream: true,
  })) {
    streamed += chunk.choices[0]?.delta.content ?? '';
  }
  const first = await openai.responses.create({ model: 'gpt-4.1', input: 'Remember 7.' });
  const second = await openai.responses.create({
    model: 'gpt-4.1',
    input: 'Which?',
    previous_response_id: first.id,
  });
  return [whole.choices[0]?.message.content ?? '', streamed, first.output_text, second.output_text];
}

/** Records a conversation with a second mock, which acts as the real endpoint. */
async function record(
  options: Partial<RecorderOptions> = {},
): Promise<{ said: string[]; recording: Recording }> {
  const real = await startMockAzure({ apiKey: key });
  real.reply('gpt-4.1', ['Stockholm.', { chunks: ['Stock', 'holm.'] }, 'I will.', 'Seven.']);
  const recorder = await startRecorder({ endpoint: real.endpoint, ...options });
  const said = await talk(client(recorder.endpoint));
  await recorder.close();
  await real.close();
  return { said, recording: recorder.recording() };
}

test('every close waits until the file is there, and it is written once', async () => {
  const file = join(folder, 'twice.json');
  const recorder = await startRecorder({ endpoint: 'http://127.0.0.1:9', file });
  await Promise.all([recorder.close(), recorder.close()]);
  expect(await readRecording(file)).toEqual(recorder.recording());
  rmSync(file);
  await recorder.close();
  expect(readdirSync(folder)).toEqual([]);
});

test('what was recorded is answered again, without the endpoint', async () => {
  const file = join(folder, 'talk.json');
  const { said } = await record({ file });
  expect(said).toEqual(['Stockholm.', 'Stockholm.', 'I will.', 'Seven.']);
  const azure = await startMockAzure({ strict: true });
  azure.replay(await readRecording(file));
  expect(await talk(client(azure.endpoint, azure.apiKey))).toEqual(said);
  // Also the second time: the last answer is repeated.
  expect(await talk(client(azure.endpoint, azure.apiKey))).toEqual(said);
  azure.assertConsumed();
  await azure.close();
});

test('a recording has no secrets and no hosts, and the same talk gives the same file', async () => {
  const [first, second] = [join(folder, 'first.json'), join(folder, 'second.json')];
  await record({ file: first, headers: { 'api-key': key } });
  await record({ file: second });
  const text = readFileSync(first, 'utf8');
  expect(text).not.toContain(key);
  expect(text).not.toContain('127.0.0.1');
  expect(text).toBe(readFileSync(second, 'utf8'));
  expect(text.split('\n').length).toBeGreaterThan(50);
});

test('masked content is replaced letter by letter, and still replays', async () => {
  const { recording } = await record({ maskContent: true });
  const text = JSON.stringify(recording);
  for (const word of ['Sweden', 'Stockholm', 'Remember', 'Seven']) expect(text).not.toContain(word);
  expect(text).toContain('xxxx xx xxx xxxxxxx xx xxxxxx?');
  const azure = await startMockAzure({ strict: true });
  azure.replay(recording);
  expect((await talk(client(azure.endpoint, azure.apiKey)))[0]).toBe('xxxxxxxxx.');
  await azure.close();
});

test('an answer is recorded as what it is, and a request without the keys of its query', async () => {
  const real = createListener({
    handle: async ({ url }) => {
      const type = url.searchParams.get('as') ?? '';
      const headers = { 'content-type': type, location: '/a', 'retry-after': '3', 'x-other': '1' };
      return Promise.resolve({ status: 201, headers, body: type === 'image/png' ? '' : '{"a": 1}' });
    },
  });
  await real.start();
  const recorder = await startRecorder({ endpoint: real.origin });
  for (const type of ['application/json', 'text/plain', 'audio/mpeg', 'image/png'])
    await fetch(`${recorder.endpoint}/x?as=${type}&api-key=secret&sas_token=secret`);
  await fetch(`${recorder.endpoint}/y?as=`, { method: 'POST', body: 'not JSON' });
  await Promise.all([recorder.close(), real.close()]);
  const exchange = (type: string, answer: object) => ({
    request: { method: 'GET', path: '/x', query: { as: type } },
    response: {
      status: 201,
      headers: { 'content-type': type, location: '/a', 'retry-after': '3' },
      ...answer,
    },
  });
  const { exchanges } = recorder.recording();
  expect(exchanges.slice(0, 4)).toEqual([
    exchange('application/json', { body: { a: 1 } }),
    exchange('text/plain', { body: { a: 1 } }),
    exchange('audio/mpeg', { bytes: Buffer.from('{"a": 1}').toString('base64') }),
    exchange('image/png', {}),
  ]);
  expect(exchanges[4]?.request).toEqual({ method: 'POST', path: '/y', query: { as: '' }, body: 'not JSON' });
});

test('an endpoint that cannot be reached is a 502 that says so, and nothing is recorded', async () => {
  const recorder = await startRecorder({ endpoint: 'http://127.0.0.1:9' });
  const answer = await fetch(`${recorder.endpoint}/x`);
  expect([answer.status, answer.headers.get('content-type')]).toEqual([502, 'text/plain']);
  expect(await answer.text()).toBe('Cannot reach the endpoint: fetch failed.');
  await recorder.close();
  expect(recorder.recording().exchanges).toEqual([]);
});

test('what was not recorded is a surprise to a strict mock', async () => {
  const azure = await startMockAzure({ strict: true });
  azure.replay((await record()).recording);
  await expect(
    client(azure.endpoint, azure.apiKey).chat.completions.create({ model: 'gpt-5', messages }),
  ).rejects.toThrow('Nothing is scripted');
  expect(() => {
    azure.assertConsumed();
  }).toThrow('was not expected');
  await azure.close();
});

test('a reset forgets what was to be replayed', async () => {
  const azure = await startMockAzure({ strict: true });
  azure.replay((await record()).recording);
  azure.reset();
  await expect(talk(client(azure.endpoint, azure.apiKey))).rejects.toThrow('Nothing is scripted');
  await azure.close();
});

test('a file that is no recording is refused', async () => {
  const file = join(folder, 'other.json');
  const { writeFile } = await import('node:fs/promises');
  await writeFile(file, '{}');
  await expect(readRecording(file)).rejects.toThrow('not a recording');
});

test('the example of the README records and replays', async () => {
  const file = join(folder, 'example.json');
  const real = await startMockAzure({ apiKey: key });
  const ask = async (endpoint: string, apiKey = key) => {
    await client(endpoint, apiKey).chat.completions.create({ model: 'gpt-4.1', messages });
  };
  await recordExample({ realEndpoint: real.endpoint, file, talk: ask });
  await real.close();
  const azure = await startMockAzure({ strict: true });
  await replayExample(azure, file);
  await ask(azure.endpoint, azure.apiKey);
  azure.assertConsumed();
  await azure.close();
});
