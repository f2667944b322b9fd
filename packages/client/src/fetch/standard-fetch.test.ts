import { Readable } from 'node:stream';
import { expect, test } from 'vitest';
import { messages, useEstate } from '../../test/estate.ts';
import type { Answer } from '../answer/answer.ts';
import { standardFetch } from './standard-fetch.ts';

const fixture = useEstate();
const url = 'https://any.openai.azure.com/openai/v1/chat/completions?api-version=preview';
const text = JSON.stringify({ model: 'chat-france', messages });
const headers = { 'content-type': 'application/json' };

test.each<[string, () => [URL | string | Request, RequestInit?]]>([
  ['a text', () => [url, { method: 'POST', headers, body: text }]],
  ['bytes', () => [url, { method: 'POST', headers, body: new TextEncoder().encode(text) }]],
  ['a Blob', () => [url, { method: 'POST', body: new Blob([text], { type: 'application/json' }) }]],
  ['a stream', () => [url, { method: 'POST', headers, body: new Blob([text]).stream(), duplex: 'half' }]],
  ['a Request', () => [new Request(url, { method: 'POST', headers, body: text })]],
  ['a Node stream', () => [url, { method: 'POST', headers, body: Readable.from([text]), duplex: 'half' }]],
  ['a URL', () => [new URL(url), { method: 'POST', headers, body: text }]],
])('finds the name in %s', async (_title, request) => {
  const response = await fixture.connect().fetch(...request());
  expect(response.status).toBe(200);
  expect(fixture.attempts()).toEqual(['chat-france']);
  expect(fixture.mock.verdict()).toEqual([]);
});

test('rejects with the reason of a Request that is aborted already', async () => {
  const reason = new Error('enough');
  const request = new Request(url, { method: 'POST', body: text, signal: AbortSignal.abort(reason) });
  await expect(fixture.connect().fetch(request)).rejects.toBe(reason);
});

test('sends no secrets that were meant for another host', async () => {
  const secrets = {
    cookie: 'session=1',
    'proxy-authorization': 'Basic x',
    authorization: 'Bearer x',
    'api-key': 'x',
  };
  await fixture.connect().fetch(url, { method: 'POST', headers: { ...headers, ...secrets }, body: text });
  const [sent] = fixture.mock.requests();
  expect(sent?.headers).not.toHaveProperty('cookie');
  expect(sent?.headers).not.toHaveProperty('proxy-authorization');
  expect(sent?.headers).not.toHaveProperty('api-key');
  expect(fixture.mock.verdict()).toEqual([]);
});

test('a path with a broken encoding names nothing of the config', async () => {
  const call = fixture.connect().fetch('https://any.invalid/openai/deployments/%zz/chat/completions');
  await expect(call).rejects.toThrow('Cannot resolve deployment "%zz"');
});

test('leaves it to the service to refuse a Request whose type is plain text', async () => {
  const response = await fixture.connect().fetch(new Request(url, { method: 'POST', body: text }));
  expect(response.status).toBe(415);
  expect(fixture.attempts()).toEqual(['chat-france']);
});

test('leaves the URL of the caller as it is', async () => {
  const given = new URL(url);
  await fixture.connect().fetch(given, { method: 'POST', headers, body: text });
  expect(given.href).toBe(url);
});

test.each(['a form', 'a Request with a form', 'the bytes of a form'])(
  'finds the name in %s',
  async (kind) => {
    const form = new FormData();
    form.set('model', 'hear-france');
    form.set('file', new File([Buffer.alloc(64)], 'a.wav', { type: 'audio/wav' }));
    const place = 'https://any.openai.azure.com/openai/v1/audio/transcriptions';
    const encoded = new Request(place, { method: 'POST', body: form });
    const type = encoded.headers.get('content-type') ?? '';
    const init: RequestInit = {
      method: 'POST',
      ...(kind === 'a form'
        ? { body: form }
        : { headers: { 'content-type': type }, body: await encoded.clone().arrayBuffer() }),
    };
    const azure = fixture.connect();
    const response = await (kind === 'a Request with a form'
      ? azure.fetch(encoded)
      : azure.fetch(place, init));
    expect(response.status).toBe(200);
    expect(fixture.attempts()).toEqual(['hear-france']);
  },
);

test('sends nothing to a host that is not in the config', async () => {
  const azure = fixture.connect();
  const body = JSON.stringify({ model: 'chat', messages });
  const response = await azure.fetch('https://evil.invalid/v1/chat/completions', { method: 'POST', body });
  expect(response.status).toBe(200);
  // Nor to one in it what was meant for a service of another kind.
  const search = azure.fetch('https://search.invalid/collect', { method: 'POST', body: '{}' });
  await expect(search).rejects.toThrow('Cannot send "/collect": it is no path of Azure OpenAI.');
  expect(fixture.mock.requests().map(({ path }) => path)).toEqual(['/openai/v1/chat/completions']);
});

test('a stream of the caller that fails fails its own call, and no deployment is blamed', async () => {
  const azure = fixture.connect({ circuit: { failures: 1, window: 1 } });
  const reason = new RangeError('the disk is gone');
  for (let call = 0; call < 3; call += 1) {
    async function* body(): AsyncGenerator<Uint8Array> {
      yield Buffer.from('{"half":');
      throw reason;
    }
    const sent = azure.fetch('https://x.invalid/openai/deployments/chat-sweden/chat/completions', {
      method: 'POST',
      body: ReadableStream.from(body()),
      duplex: 'half',
    });
    await expect(sent).rejects.toBe(reason);
  }
  expect(azure.status().targets['chat-sweden']).toMatchObject({ circuit: 'closed' });
});

const noContent: Answer = {
  status: 204,
  headers: new Headers(),
  body: new Uint8Array(),
  destroy: () => undefined,
};

test('an abort does not wait for a stream of the caller', async () => {
  let calls = 0;
  const fetch = standardFetch(async () => {
    calls += 1;
    return noContent;
  });
  const reason = new Error('enough');
  const controller = new AbortController();
  const body = new ReadableStream<Uint8Array>();
  const sent = fetch(url, { method: 'POST', headers, body, duplex: 'half', signal: controller.signal });
  controller.abort(reason);
  await expect(sent).rejects.toBe(reason);
  expect(calls).toBe(0);
});

test('hands the signal of the caller on, and gives the answer the URL that was asked for', async () => {
  const signals: unknown[] = [];
  const fetch = standardFetch(async (_, given) => {
    signals.push(...given);
    return noContent;
  });
  const { signal } = new AbortController();
  const response = await fetch(new URL(url), { method: 'POST', headers, body: text, signal });
  expect([response.status, response.url]).toEqual([204, url]);
  expect((await fetch(new Request(url, { method: 'POST', headers, body: text }))).url).toBe(url);
  expect(signals[0]).toBe(signal);
});

test('a `data:` URL goes to the platform: the SDK asks with it whether forms can be sent', async () => {
  const fetch = standardFetch(() => Promise.reject(new Error('It is no call.')));
  expect(await (await fetch('data:,hello')).text()).toBe('hello');
});

test('options beside a Request change it, as everywhere', async () => {
  const given = new Request(url, { method: 'POST', headers, body: '{"model":"nobody"}' });
  const response = await fixture.connect().fetch(given, { body: text });
  expect(response.status).toBe(200);
  expect(fixture.attempts()).toEqual(['chat-france']);
});
