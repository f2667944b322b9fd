import { once } from 'node:events';
import OpenAI from 'openai';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { manualClock, type ManualClock } from '../clock.ts';
import { startMockAzure, type MockAzure } from '../start-mock-azure.ts';

let azure: MockAzure;
let clock: ManualClock;
let client: OpenAI;
const model = 'gpt-realtime';

beforeEach(async () => {
  clock = manualClock();
  azure = await startMockAzure({ clock });
  client = new OpenAI({ baseURL: `${azure.endpoint}/openai/v1/`, apiKey: azure.apiKey, maxRetries: 0 });
});

afterEach(async () => azure.close());

const session = {
  type: 'realtime',
  model,
  instructions: 'Be brief.',
  audio: { output: { voice: 'marin' } },
} as const;

const offer = [
  'v=0',
  'o=- 1 2 IN IP4 127.0.0.1',
  's=-',
  't=0 0',
  'a=group:BUNDLE 0 1',
  'm=audio 9 UDP/TLS/RTP/SAVPF 111',
  'c=IN IP4 192.0.2.1',
  'a=ice-ufrag:theirs',
  'a=ice-pwd:theirs-as-well',
  'a=fingerprint:sha-256 00:11',
  'a=setup:actpass',
  'a=mid:0',
  'a=sendrecv',
  'a=rtcp-mux',
  'a=rtpmap:111 opus/48000/2',
  'm=application 9 UDP/DTLS/SCTP webrtc-datachannel',
  'a=mid:1',
  'a=sctp-port:5000',
  '',
].join('\r\n');

async function call(secret: string, path = '/realtime/calls', body = offer): Promise<Response> {
  return fetch(`${azure.endpoint}/openai/v1${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${secret}`, 'content-type': 'application/sdp' },
    body,
  });
}

test('gives a browser a short-lived key with the session in it', async () => {
  const secret = await client.realtime.clientSecrets.create({ session });
  expect(secret.value).toMatch(/^ek_\w{32}$/);
  expect(secret.expires_at).toBe(Math.floor(clock.now() / 1000) + 600);
  expect(secret.session).toMatchObject({
    type: 'realtime',
    instructions: 'Be brief.',
    audio: { output: { voice: 'marin', speed: 1 } },
  });
  expect(azure.requests(model)[0]).toMatchObject({ operation: 'Realtime_CreateClientSecret' });
});

test('answers an offer with a description of its own', async () => {
  const { value } = await client.realtime.clientSecrets.create({ session });
  const response = await call(value);
  expect([response.status, response.headers.get('content-type')]).toEqual([201, 'application/sdp']);
  expect(response.headers.get('location')).toMatch(/^\/v1\/realtime\/calls\/rtc_\w+$/);
  const lines = (await response.text()).split('\r\n');
  for (const line of [
    'a=group:BUNDLE 0 1',
    'a=mid:0',
    'a=mid:1',
    'a=rtpmap:111 opus/48000/2',
    'a=sctp-port:5000',
  ])
    expect(lines).toContain(line);
  expect(lines.filter((line) => line === 'a=setup:passive')).toHaveLength(2);
  expect(lines.join()).not.toContain('theirs');
  expect(lines.filter((line) => line.startsWith('a=fingerprint:sha-256 '))).toHaveLength(2);
});

test('a WebSocket that is opened with it has that session', async () => {
  const { value } = await client.realtime.clientSecrets.create({ session });
  const socket = new WebSocket(`${azure.endpoint.replace('http', 'ws')}/openai/v1/realtime?model=${model}`, [
    'realtime',
    `openai-insecure-api-key.${value}`,
  ]);
  const [data] = (await once(socket, 'message')) as [Buffer];
  expect(JSON.parse(data.toString())).toMatchObject({
    type: 'session.created',
    session: { instructions: 'Be brief.', audio: { output: { voice: 'marin' } } },
  });
  socket.terminate();
});

test('the key opens sessions and nothing else, and not for ever', async () => {
  const { value } = await client.realtime.clientSecrets.create({
    session,
    expires_after: { anchor: 'created_at', seconds: 60 },
  });
  expect((await call(value, '/responses', '{}')).status).toBe(401);
  expect((await call(value, '/realtime/client_secrets', '{}')).status).toBe(401);
  await clock.advance(60_000);
  expect((await call(value)).status).toBe(401);
});

test('takes the offer with a key of the resource as well, alone or in a form', async () => {
  expect((await call(azure.apiKey, `/realtime/calls?model=${model}`)).status).toBe(201);
  const form = new FormData();
  form.set('sdp', offer);
  form.set('session', JSON.stringify(session));
  const response = await fetch(`${azure.endpoint}/openai/v1/realtime/calls`, {
    method: 'POST',
    headers: { 'api-key': azure.apiKey },
    body: form,
  });
  expect(response.status).toBe(201);
});

test.each([
  ['no session', '/realtime/client_secrets', {}, 'must provide a model parameter'],
  ['no type', '/realtime/client_secrets', { session: { model } }, "'session.type'"],
  ['another type', '/realtime/client_secrets', { session: { model, type: 'x' } }, "Invalid value: 'x'"],
  ['too long a life', '/realtime/client_secrets', { session, expires_after: { seconds: 9000 } }, '<= 7200'],
  ['no offer', `/realtime/calls?model=${model}`, {}, 'offer'],
])('refuses %s', async (_, path, body, message) => {
  await expect(client.post(path, { body })).rejects.toThrow(message);
});
