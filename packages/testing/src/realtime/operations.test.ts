import { readFileSync } from 'node:fs';
import OpenAI from 'openai';
import type { RealtimeClientEvent } from 'openai/resources/realtime/realtime';
import { OpenAIRealtimeWS } from 'openai/realtime/ws';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { record } from '../audio/recording.ts';
import { startMockAzure, type MockAzure } from '../start-mock-azure.ts';

let azure: MockAzure;

beforeEach(async () => {
  azure = await startMockAzure();
});

afterEach(async () => azure.close());

const model = 'gpt-realtime';

interface Event {
  readonly type: string;
  readonly [member: string]: unknown;
}

/** A WebSocket whose events can be awaited. */
function connect(path: string, headers: Record<string, string> = { 'api-key': azure.apiKey }) {
  const socket = new WebSocket(`${azure.endpoint.replace('http', 'ws')}${path}`, { headers });
  const events: Event[] = [];
  let wake = (): void => undefined;
  socket.on('message', (data: Buffer) => {
    events.push(JSON.parse(data.toString()) as Event);
    wake();
  });
  let read = 0;
  /** The events up to and including the next one of this type. */
  const until = async (type: string): Promise<Event[]> => {
    for (;;) {
      const at = events.findIndex((event, index) => index >= read && event.type === type);
      if (at >= 0) {
        const found = events.slice(read, at + 1);
        read = at + 1;
        return found;
      }
      await new Promise<void>((resolve) => (wake = resolve));
    }
  };
  const send = (event: object): void => {
    socket.send(JSON.stringify(event));
  };
  return { socket, send, until };
}

const path = `/openai/v1/realtime?model=${model}`;
const say = (text: string) =>
  ({
    type: 'conversation.item.create',
    item: { type: 'message', role: 'user', content: [{ type: 'input_text', text }] },
  }) satisfies RealtimeClientEvent;

test('answers a text turn with every event in order', async () => {
  const { send, until } = connect(path);
  expect((await until('session.created'))[0]).toMatchObject({
    session: { type: 'realtime', output_modalities: ['audio'] },
  });
  send({
    type: 'session.update',
    session: { type: 'realtime', output_modalities: ['text'], instructions: 'Be brief.' },
  });
  expect((await until('session.updated'))[0]).toMatchObject({
    session: {
      instructions: 'Be brief.',
      output_modalities: ['text'],
      audio: { output: { voice: 'alloy' } },
    },
  });
  send(say('Say hi'));
  send({ type: 'response.create' });
  const types = (await until('response.done')).map((event) => event.type);
  expect(types).toEqual([
    'conversation.item.added',
    'conversation.item.done',
    'response.created',
    'response.output_item.added',
    'conversation.item.added',
    'response.content_part.added',
    'response.output_text.delta',
    'response.output_text.delta',
    'response.output_text.done',
    'response.content_part.done',
    'conversation.item.done',
    'response.output_item.done',
    'response.done',
  ]);
});

test('speaks, hears and calls tools', async () => {
  const { send, until } = connect(path);
  await until('session.created');
  for (
    let at = 0, { bytes } = record('What is the weather in Oslo?', 'wav');
    at < bytes.length;
    at += 10_000
  ) {
    send({ type: 'input_audio_buffer.append', audio: bytes.subarray(at, at + 10_000).toString('base64') });
  }
  send({ type: 'input_audio_buffer.commit' });
  const parameters = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] };
  send({
    type: 'session.update',
    session: { type: 'realtime', tools: [{ type: 'function', name: 'get_weather', parameters }] },
  });
  send({ type: 'response.create' });
  const called = (await until('response.done')).find(
    (event) => event.type === 'response.function_call_arguments.done',
  );
  expect(called).toMatchObject({ name: 'get_weather', arguments: '{"city":"Oslo"}' });
  send({
    type: 'conversation.item.create',
    item: { type: 'function_call_output', call_id: called?.['call_id'], output: '{"temperature":-3}' },
  });
  send({ type: 'response.create' });
  const events = await until('response.done');
  expect(events.find((event) => event.type === 'response.output_audio_transcript.done')).toMatchObject({
    transcript: 'Temperature -3.',
  });
  expect(events.some((event) => event.type === 'response.output_audio.delta')).toBe(true);
});

test('speaks the preview on a dated version, with the key in the query', async () => {
  const query = `api-version=2025-04-01-preview&deployment=${model}&api-key=${azure.apiKey}`;
  const { send, until } = connect(`/openai/realtime?${query}`, {});
  expect((await until('session.created'))[0]).toMatchObject({ session: { modalities: ['audio', 'text'] } });
  send(say('Say hi'));
  send({ type: 'response.create', response: { modalities: ['text'] } });
  const types = (await until('response.done')).map((event) => event.type);
  expect(types).toContain('conversation.item.created');
  expect(types).toContain('response.text.delta');
});

test('answers by script', async () => {
  azure.reply(model, 'From the script');
  const { send, until } = connect(path);
  await until('session.created');
  send(say('Anything'));
  send({ type: 'response.create' });
  expect((await until('response.done')).at(-1)).toMatchObject({
    response: { output: [{ content: [{ transcript: 'From the script' }] }] },
  });
});

test.each<[object | string, string]>([
  ['no json', 'invalid_json'],
  [{ type: 'nope' }, 'invalid_value'],
  [{ type: 'session.update' }, 'missing_required_parameter'],
  [{ type: 'session.update', session: {} }, 'missing_required_parameter'],
  [{ type: 'conversation.item.delete', item_id: 'nope' }, 'item_not_found'],
  [{ type: 'input_audio_buffer.commit' }, 'input_audio_buffer_commit_empty'],
  [{ type: 'response.cancel' }, 'response_cancel_not_active'],
])('answers %j with an error and stays open', async (event, code) => {
  const { socket, send, until } = connect(path);
  await until('session.created');
  socket.send(typeof event === 'string' ? event : JSON.stringify(event));
  expect((await until('error')).at(-1)).toMatchObject({ error: { type: 'invalid_request_error', code } });
  send({ type: 'response.create' });
  await until('response.done');
});

test.each<[string, string, Record<string, string>, number]>([
  ['a wrong key', path, { 'api-key': 'nope' }, 401],
  ['an unknown deployment', '/openai/v1/realtime?model=nope', {}, 404],
  ['a model that cannot', '/openai/v1/realtime?model=gpt-4.1', {}, 400],
  ['another path', '/openai/v1/nope', {}, 404],
])('refuses %s before the handshake', async (_, to, headers, status) => {
  const { socket } = connect(to, { 'api-key': azure.apiKey, ...headers });
  const refused = await new Promise((resolve) => {
    socket.on('unexpected-response', (_request, response: { statusCode?: number }) => {
      resolve(response.statusCode);
    });
  });
  expect(refused).toBe(status);
  socket.on('error', () => undefined);
  socket.terminate();
});

test('says that a plain request has to ask for a WebSocket', async () => {
  const response = await fetch(`${azure.endpoint}${path}`, { headers: { 'api-key': azure.apiKey } });
  expect(response.status).toBe(426);
});

test('serves the realtime client of the openai SDK', async () => {
  const secure = await startMockAzure({ https: true });
  const client = new OpenAI({ baseURL: `${secure.endpoint}/openai/v1/`, apiKey: secure.apiKey });
  const ca = readFileSync(secure.identityEnv()['NODE_EXTRA_CA_CERTS'] ?? '');
  const realtime = new OpenAIRealtimeWS({ model, options: { ca } }, client);
  const text = await new Promise((resolve) => {
    realtime.on('session.created', () => {
      realtime.send({ type: 'session.update', session: { type: 'realtime', output_modalities: ['text'] } });
      realtime.send(say('Say hi'));
      realtime.send({ type: 'response.create' });
    });
    realtime.on('response.output_text.done', (event) => {
      resolve(event.text);
    });
  });
  expect(text).toBe('Hi!');
  realtime.close();
  await secure.close();
});
