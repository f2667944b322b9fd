import { once } from 'node:events';
import type { Socket } from 'node:net';
import OpenAI from 'openai';
import { ResponsesWS } from 'openai/resources/responses/ws';
import { afterEach, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { defineConfig } from '@aoai/config';
import { manualClock } from '../clock.ts';
import { errorInStream, malformedJson } from '../script/body-faults.ts';
import {
  cutMidStream,
  neverAnswers,
  reset,
  truncated,
  wrongContentLength,
} from '../script/connection-faults.ts';
import type { Fault } from '../script/fault.ts';
import { serverError } from '../script/service-faults.ts';
import { rateLimited } from '../script/throttling.ts';
import { startMockAzure, type MockAzure, type MockAzureOptions } from '../start-mock-azure.ts';

const model = 'gpt-4.1-mini';
const path = '/openai/v1/responses';
let azure: MockAzure;

async function start(options: MockAzureOptions = {}): Promise<void> {
  azure = await startMockAzure(options);
}

afterEach(async () => azure.close());

interface Event {
  readonly type: string;
  readonly response?: { readonly id: string; readonly output: readonly { readonly type: string }[] };
  readonly [member: string]: unknown;
}

const last = /^(?:response\.(?:completed|incomplete|failed)|error)$/;

/** A WebSocket whose turns can be awaited. */
async function connect({ to = path, headers = { 'api-key': azure.apiKey } } = {}) {
  const socket = new WebSocket(`${azure.endpoint.replace('http', 'ws')}${to}`, { headers });
  const texts: string[] = [];
  let wake = (): void => undefined;
  socket.on('message', (data: Buffer) => {
    texts.push(data.toString());
    wake();
  });
  const closed = once(socket, 'close').then(([code, reason]) => ({
    code: code as number,
    reason: String(reason),
  }));
  socket.on('error', () => undefined);
  await once(socket, 'open');
  let read = 0;
  /** The events up to and including the next one that ends a turn. */
  const turn = async (): Promise<Event[]> => {
    const events: Event[] = [];
    for (;;) {
      for (; read < texts.length; read += 1) {
        const event = JSON.parse(texts[read] ?? '') as Event;
        events.push(event);
        if (!last.test(event.type)) continue;
        read += 1;
        return events;
      }
      await new Promise<void>((resolve) => (wake = resolve));
    }
  };
  const create = (body: object): void => {
    socket.send(JSON.stringify({ type: 'response.create', model, ...body }));
  };
  const ask = async (body: object): Promise<Event[]> => {
    create(body);
    return turn();
  };
  return { socket, texts, closed, turn, create, ask };
}

function idOf(events: readonly Event[]): string {
  return events.at(-1)?.response?.id ?? '';
}

test('a turn has the events of a stream, without its frame and its [DONE]', async () => {
  await start();
  azure.reply(model, 'Blue.');
  const { ask, socket } = await connect();
  const events = await ask({ input: 'What colour?' });
  expect(events.map(({ type }) => type)).toEqual([
    'response.created',
    'response.in_progress',
    'response.output_item.added',
    'response.content_part.added',
    'response.output_text.delta',
    'response.output_text.delta',
    'response.output_text.done',
    'response.content_part.done',
    'response.output_item.done',
    'response.completed',
  ]);
  expect(events.map(({ sequence_number: number }) => number)).toEqual([...events.keys()]);
  expect(events.at(-1)).toMatchObject({ response: { status: 'completed', model, background: false } });
  socket.close(1000);
});

test('several turns go over one connection, each in the journal as a call of its deployment', async () => {
  await start();
  const { ask, socket, closed } = await connect();
  const first = await ask({ input: 'My name is Ada.' });
  const second = await ask({ input: 'What is my name?', previous_response_id: idOf(first) });
  expect(second.at(-1)).toMatchObject({
    response: {
      previous_response_id: idOf(first),
      output: [{ content: [{ text: expect.stringContaining('Ada') as string }] }],
    },
  });
  socket.close(1000);
  expect((await closed).code).toBe(1000);
  await expect.poll(() => azure.requests()[0]?.response?.outcome).toBe('answered');
  expect(
    azure.requests().map(({ operation, response, prompt }) => [operation, response?.status, prompt]),
  ).toEqual([
    ['Responses_Connect', 101, ''],
    ['Responses_Create', 200, 'My name is Ada.'],
    ['Responses_Create', 200, 'What is my name?'],
  ]);
  expect(azure.requests(model)).toHaveLength(2);
  expect(azure.requests(model)[0]?.body).toEqual({
    type: 'response.create',
    model,
    input: 'My name is Ada.',
  });
  expect(azure.verdict()).toEqual([]);
});

test('turns that are sent at once run one after the other', async () => {
  await start();
  azure.reply(model, ['One', 'Two', 'Three']);
  const { create, turn } = await connect();
  for (const input of ['1', '2', '3']) create({ input });
  const texts = [];
  for (let count = 0; count < 3; count += 1) {
    const events = await turn();
    expect(events[0]?.type).toBe('response.created');
    texts.push(events.find(({ type }) => type === 'response.output_text.done')?.['text']);
  }
  expect(texts).toEqual(['One', 'Two', 'Three']);
});

test('the connection keeps its last response, also with `store: false`, and no other one does', async () => {
  await start();
  const [one, other] = [await connect(), await connect()];
  const first = idOf(await one.ask({ input: 'My name is Ada.', store: false }));
  expect(await other.ask({ input: 'Hi', store: false, previous_response_id: first })).toEqual([
    {
      type: 'error',
      status: 400,
      error: {
        message: `Previous response with id '${first}' not found.`,
        type: 'invalid_request_error',
        param: 'previous_response_id',
        code: 'previous_response_not_found',
      },
    },
  ]);
  const second = idOf(
    await one.ask({ input: 'What is my name?', store: false, previous_response_id: first }),
  );
  expect(second).toMatch(/^resp_/);
  // Only the last one.
  expect((await one.ask({ input: 'Hi', previous_response_id: first })).at(-1)).toMatchObject({ status: 400 });
  expect((await one.ask({ input: 'Hi', previous_response_id: second })).at(-1)).toMatchObject({
    type: 'response.completed',
  });
});

test('a turn that fails takes the response along that it went on after; a stored one is found again', async () => {
  await start();
  const { ask } = await connect();
  const unstored = idOf(await ask({ input: 'One', store: false }));
  expect((await ask({ input: 'Two', previous_response_id: unstored, top_p: 3 }))[0]).toMatchObject({
    error: { code: 'decimal_above_max_value' },
  });
  expect((await ask({ input: 'Two', previous_response_id: unstored }))[0]).toMatchObject({
    error: { code: 'previous_response_not_found' },
  });
  const stored = idOf(await ask({ input: 'One' }));
  await ask({ input: 'Two', previous_response_id: stored, top_p: 3 });
  expect((await ask({ input: 'Two', previous_response_id: stored })).at(-1)?.type).toBe('response.completed');
});

test('`generate: false` prepares a turn: an id, no output, no scripted reply', async () => {
  await start();
  azure.reply(model, 'From the script.');
  const { ask } = await connect();
  const prepared = await ask({
    generate: false,
    store: false,
    instructions: 'Be brief.',
    input: 'My name is Ada.',
  });
  expect(prepared.map(({ type }) => type)).toEqual([
    'response.created',
    'response.in_progress',
    'response.completed',
  ]);
  expect(prepared.at(-1)).toMatchObject({ response: { output: [], usage: { output_tokens: 0 } } });
  const events = await ask({ input: 'Who am I?', previous_response_id: idOf(prepared) });
  expect(events.find(({ type }) => type === 'response.output_text.done')?.['text']).toBe('From the script.');
});

test.each<[string, object | string, object]>([
  ['no JSON', 'no json', { code: 'invalid_json' }],
  ['another event', { type: 'response.steer' }, { code: 'invalid_value', param: 'type' }],
  [
    'no model',
    { type: 'response.create', input: 'Hi' },
    { code: 'missing_required_parameter', param: 'model' },
  ],
  ['no input', { type: 'response.create', model }, { code: 'missing_required_parameter' }],
  ['background', { type: 'response.create', model, input: 'Hi', background: true }, { param: 'background' }],
  ['lanes', { type: 'response.create', model, input: 'Hi', stream_id: 'a' }, { param: 'stream_id' }],
])('answers %s with an error event, and stays open', async (_, message, error) => {
  await start();
  const { socket, turn, ask } = await connect();
  socket.send(typeof message === 'string' ? message : JSON.stringify(message));
  expect(await turn()).toMatchObject([{ type: 'error', status: 400, error }]);
  expect((await ask({ input: 'Hi' })).at(-1)?.type).toBe('response.completed');
});

test('an unknown deployment is a 404 in an event', async () => {
  await start();
  const { ask } = await connect();
  expect(await ask({ model: 'nope', input: 'Hi' })).toMatchObject([
    { type: 'error', status: 404, error: { code: 'DeploymentNotFound' } },
  ]);
});

test('turns are metered, and a refusal says when to come back', async () => {
  const clock = manualClock();
  await start({
    clock,
    config: defineConfig({
      resources: { one: { endpoint: 'https://one.openai.azure.com' } },
      deployments: { chat: { resource: 'one', deployment: model, model, limits: { tpm: 1000, rpm: 6 } } },
    }),
  });
  const { ask } = await connect();
  await ask({ input: 'Hi', max_output_tokens: 16 });
  const [refused] = await ask({ input: 'Hi again', max_output_tokens: 16 });
  expect(refused).toMatchObject({
    type: 'error',
    status: 429,
    error: { code: 'RateLimitReached' },
    headers: { 'retry-after': '10', 'retry-after-ms': '10000' },
  });
  await ask({ input: 'Hi again', max_output_tokens: 16 });
  expect(azure.verdict().map(({ rule }) => rule)).toEqual(['retried-early']);
});

test.each<[string, Fault, object[]]>([
  ['a 429', rateLimited({ retryAfterMs: 300 }), [{ status: 429, headers: { 'retry-after-ms': '300' } }]],
  ['a 500', serverError(), [{ status: 500, error: { type: 'server_error' } }]],
  [
    'an error that opens the stream',
    errorInStream({ afterChunks: 0 }),
    [{ type: 'response.failed' }, { type: 'error', error: { code: 'rate_limit_exceeded' } }],
  ],
])('plays %s, and the connection goes on', async (_, fault, expected) => {
  await start();
  azure.fail(model, fault);
  const { ask, turn } = await connect();
  const events = await ask({ input: 'Hi' });
  if (events.length < expected.length) events.push(...(await turn()));
  expect(events).toMatchObject(expected);
  expect((await ask({ input: 'Hi' })).at(-1)?.type).toBe('response.completed');
});

test.each<[string, Fault, number]>([
  ['reset', reset(), 1006],
  ['cutMidStream', cutMidStream({ afterChunks: 3 }), 1006],
  ['cutMidStream with a code', cutMidStream({ afterChunks: 3, closeCode: 1011 }), 1011],
  ['truncated', truncated({ afterChunks: 3 }), 1000],
  ['wrongContentLength', wrongContentLength(), 1006],
])('%s ends the connection', async (name, fault, code) => {
  await start();
  azure.fail(model, fault);
  const { create, texts, closed } = await connect();
  create({ input: 'Hi' });
  expect((await closed).code).toBe(code);
  const types = texts.map((text) => (JSON.parse(text) as Event).type);
  if (name === 'reset') expect(types).toEqual([]);
  else if (name === 'wrongContentLength') expect(types.at(-1)).toBe('response.completed');
  else expect(types).toEqual(['response.created', 'response.in_progress', 'response.output_item.added']);
});

test('malformedJson breaks one event', async () => {
  await start();
  azure.fail(model, malformedJson());
  const { create, texts } = await connect();
  create({ input: 'Hi' });
  await expect.poll(() => texts.at(-1) ?? '').toContain('response.completed');
  const broken = texts.filter((text) => {
    try {
      JSON.parse(text);
      return false;
    } catch {
      return true;
    }
  });
  expect(broken).toHaveLength(1);
});

test('neverAnswers keeps the turn, and those behind it, until the connection ends', async () => {
  await start();
  azure.fail(model, neverAnswers());
  const { create, texts, socket, closed } = await connect();
  create({ input: 'One' });
  create({ input: 'Two' });
  await expect.poll(() => azure.requests(model).length).toBe(1);
  expect(texts).toEqual([]);
  socket.terminate();
  await closed;
  await expect.poll(() => azure.requests(model)[0]?.response?.outcome).toBe('abandoned');
  expect(azure.requests(model)).toHaveLength(1);
});

test('a caller that goes away in the middle of an answer leaves an abandoned call', async () => {
  await start({ latency: { tokensPerSecond: 0.01 } });
  const { create, texts, socket } = await connect();
  create({ input: 'Hi' });
  await expect.poll(() => texts.length).toBeGreaterThan(0);
  socket.terminate();
  await expect.poll(() => azure.requests(model)[0]?.response?.outcome).toBe('abandoned');
});

test('a caller that reads slowly slows the answer down', async () => {
  await start();
  azure.reply(model, { chunks: Array.from({ length: 20_000 }, () => 'word ') });
  const { create, socket, turn } = await connect();
  const raw = (socket as unknown as { readonly _socket: Socket })._socket;
  raw.pause();
  create({ input: 'Talk' });
  await expect.poll(() => azure.requests(model)[0]?.response?.status).toBe(200);
  // The rest waits in the mock, and is not answered before it is read.
  for (let round = 0; round < 50; round += 1) await new Promise(setImmediate);
  expect(azure.requests(model)[0]?.response?.outcome).toBe('pending');
  raw.resume();
  expect((await turn()).at(-1)?.type).toBe('response.completed');
  await expect.poll(() => azure.requests(model)[0]?.response?.outcome).toBe('answered');
});

test('a connection ends after an hour, and says so', async () => {
  const clock = manualClock();
  await start({ clock });
  const { ask, turn, closed } = await connect();
  await ask({ input: 'Hi' });
  await clock.advance(60 * 60 * 1000);
  expect(await turn()).toEqual([
    {
      type: 'error',
      status: 400,
      error: {
        type: 'invalid_request_error',
        code: 'websocket_connection_limit_reached',
        message:
          'Responses websocket connection limit reached (60 minutes). Create a new websocket connection to continue.',
      },
    },
  ]);
  expect(await closed).toMatchObject({ code: 1000 });
});

test('a turn that is under way when the hour is over is answered first, and the one behind it is not', async () => {
  const clock = manualClock();
  await start({ clock, latency: { firstTokenMs: 1000 } });
  const { create, turn, closed } = await connect();
  await clock.advance(60 * 60 * 1000 - 500);
  create({ input: 'Hi' });
  create({ input: 'Again' });
  await expect.poll(() => azure.requests(model)[0]?.response?.status).toBe(200);
  await clock.advance(1000);
  expect((await turn()).at(-1)?.type).toBe('response.completed');
  expect(await turn()).toMatchObject([
    { type: 'error', error: { code: 'websocket_connection_limit_reached' } },
  ]);
  expect((await closed).code).toBe(1000);
  expect(azure.requests(model)).toHaveLength(1);
});

test('a message that is too large ends the connection with 1009', async () => {
  await start({ maxBodyBytes: 1000 });
  const { create, closed } = await connect();
  create({ input: 'x'.repeat(2000) });
  expect((await closed).code).toBe(1009);
});

test('a mock that closes says 1001; with a grace, after the turn that is under way', async () => {
  await start();
  const { closed, ask } = await connect();
  await ask({ input: 'Hi' });
  await azure.close();
  expect((await closed).code).toBe(1001);

  const clock = manualClock();
  await start({ clock, latency: { firstTokenMs: 1000 } });
  const idle = await connect();
  const busy = await connect();
  busy.create({ input: 'Hi' });
  await expect.poll(() => azure.requests(model)[0]?.response?.status).toBe(200);
  const closing = azure.close({ graceMs: 60_000 });
  expect((await idle.closed).code).toBe(1001);
  await clock.advance(1000);
  expect((await busy.turn()).at(-1)?.type).toBe('response.completed');
  expect((await busy.closed).code).toBe(1001);
  await closing;
});

test.each<[string, string, Record<string, string>, number]>([
  ['a wrong key', path, { 'api-key': 'nope' }, 401],
  ['a page of another origin', path, { origin: 'https://evil.example' }, 403],
  ['a dated version', '/openai/responses?api-version=2025-04-01-preview', {}, 404],
])('refuses %s before the handshake', async (_, to, headers, status) => {
  await start();
  const socket = new WebSocket(`${azure.endpoint.replace('http', 'ws')}${to}`, {
    headers: { 'api-key': azure.apiKey, ...headers },
  });
  socket.on('error', () => undefined);
  const [, response] = (await once(socket, 'unexpected-response')) as [unknown, { statusCode: number }];
  expect(response.statusCode).toBe(status);
  socket.terminate();
});

test('takes a key or a token as a bearer, and names the request in the handshake', async () => {
  await start();
  const scope = 'https://ai.azure.com/.default';
  const { token } = await azure.credential().getToken(scope);
  for (const secret of [azure.apiKey, token]) {
    const socket = new WebSocket(`${azure.endpoint.replace('http', 'ws')}${path}`, {
      headers: { authorization: `Bearer ${secret}` },
    });
    const [response] = (await once(socket, 'upgrade')) as [{ headers: Record<string, string> }];
    expect(response.headers['apim-request-id']).toMatch(/^[0-9a-f-]{36}$/);
    socket.terminate();
  }
});

test('serves the WebSocket client of the openai SDK', async () => {
  await start();
  azure.reply(model, ['One.', 'Two.']);
  const client = new OpenAI({ baseURL: `${azure.endpoint}/openai/v1/`, apiKey: azure.apiKey });
  const socket = new ResponsesWS(client);
  const errors: string[] = [];
  socket.on('error', (error) => errors.push(error.message));
  const done = async (): Promise<{ id: string; output_text?: string }> =>
    new Promise((resolve) => {
      socket.once('response.completed', ({ response }) => {
        resolve(response);
      });
    });
  socket.send({ type: 'response.create', model, input: 'Hi', store: false });
  const first = await done();
  socket.send({
    type: 'response.create',
    model,
    input: 'Go on',
    store: false,
    previous_response_id: first.id,
  });
  const second = await done();
  expect(second).toMatchObject({ previous_response_id: first.id, output: [{ content: [{ text: 'Two.' }] }] });
  const failed = new Promise((resolve) => socket.once('error', resolve));
  socket.send({ type: 'response.create', model, input: 'Go on', previous_response_id: 'resp_elsewhere' });
  await failed;
  expect(errors).toEqual(["Previous response with id 'resp_elsewhere' not found."]);
  socket.close();
});
