import { inspect } from 'node:util';
import type { Credential } from '@aoai/auth';
import { reset, respondWith, serverError, unauthorized } from '@aoai/testing';
import OpenAI, { toFile } from 'openai';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { ClientOptions } from '../src/client/client-options.ts';
import { createClient } from '../src/client/create-client.ts';
import { ResidencyError } from '../src/errors.ts';
import { messages, useEstate } from './estate.ts';
import { startGateway } from './gateway.ts';
import type { Gateway } from './gateway.ts';
import { itemsOf } from './items-of.ts';

// What is secret goes to the resource that it is for and nowhere else, and what the policy forbids goes nowhere.
const fixture = useEstate();
const chat = { model: 'chat', messages } as const;

/** Somebody else's host, which takes whatever it is sent. */
let elsewhere: Gateway;
beforeEach(async () => {
  elsewhere = await startGateway({
    basePath: '',
    backend: fixture.mock.endpoint,
    keyHeader: 'api-key',
    keys: { caller: fixture.mock.apiKey, backend: fixture.mock.apiKey },
  });
});
afterEach(async () => {
  expect(elsewhere.requests).toEqual([]);
  await elsewhere.close();
});

/** A key of its own for each resource, which the mock takes and the journal does not hide. */
function keyOf(resource: string): Credential {
  return {
    kind: 'api-key',
    headers: () => ({ 'api-key': fixture.mock.apiKey, 'x-holder': `secret-of-${resource}` }),
    refresh: async () => true,
  };
}

const connect = (options: ClientOptions = {}) =>
  fixture.connect({ credentials: { sweden: keyOf('sweden'), france: keyOf('france') }, ...options });

/** Which secret went to which port. */
function secretsByHost(): Record<string, readonly string[]> {
  const found: Record<string, string[]> = {};
  const resources = Object.entries(fixture.mock.config.resources);
  for (const { headers } of fixture.mock.requests()) {
    const [name = ''] =
      resources.find(([, { endpoint }]) => new URL(endpoint).host === headers['host']) ?? [];
    (found[name] ??= []).push(...(JSON.stringify(headers).match(/secret-of-\w+/g) ?? []));
  }
  return found;
}

function onlyOwnSecrets(): void {
  for (const [name, secrets] of Object.entries(secretsByHost())) {
    expect(new Set(secrets)).toEqual(new Set([`secret-of-${name}`]));
  }
}

test('each resource gets its own key, over failover, refresh, hedges, streams, forms and state', async () => {
  const { mock } = fixture;
  mock.fail('chat-sweden', serverError());
  mock.fail('chat-sweden', unauthorized());
  mock.fail('hear-sweden', reset());
  const azure = connect({ hedge: { afterMs: 1, maxShare: 1 }, circuit: false });
  for (let call = 0; call < 4; call += 1) await azure.chat.completions.create(chat);
  const stream = await azure.chat.completions.create({ ...chat, stream: true });
  expect(await itemsOf(stream)).not.toEqual([]);
  await azure.audio.transcriptions.create({ model: 'hear', file: await toFile(Buffer.from('x'), 'a.wav') });
  const { id } = await azure.responses.create({ model: 'chat-france', input: 'Hello' });
  await azure.responses.create({ model: 'chat', input: 'And?', previous_response_id: id });
  await azure.responses.retrieve(id);
  await azure.with({ resource: 'france' }).files.list();
  expect(Object.keys(secretsByHost()).sort()).toEqual(['france', 'sweden']);
  onlyOwnSecrets();
});

test.each([301, 302, 303, 307, 308])(
  'a %i from one resource to another, or to somebody else, is an answer',
  async (status) => {
    const { mock } = fixture;
    const azure = connect({ retry: false });
    for (const origin of [mock.config.resources['france']?.endpoint ?? '', elsewhere.endpoint]) {
      const location = `${origin}/openai/v1/chat/completions`;
      mock.reply('chat-sweden', respondWith({ status, headers: { location }, body: '' }), { times: 3 });
      const call = { model: 'chat-sweden', messages } as const;
      await expect(azure.chat.completions.create(call)).rejects.toMatchObject({ status });
      await expect(azure.chat.completions.create({ ...call, stream: true })).rejects.toMatchObject({
        status,
      });
      const answer = await azure.fetch(`${azure.baseURL}/chat/completions`, {
        method: 'POST',
        redirect: 'follow',
        body: JSON.stringify(call),
      });
      expect(answer.status).toBe(status);
    }
    expect(Object.keys(secretsByHost())).toEqual(['sweden']);
    onlyOwnSecrets();
  },
);

test('nothing goes to a host that is not in the config', async () => {
  const { sdk } = connect();
  const there = elsewhere.endpoint;
  const calls: Record<string, () => Promise<unknown>> = {
    'a URL': () => sdk.get(`${there}/openai/v1/files`),
    'a URL in a request': () =>
      sdk.request({ method: 'post', path: `${there}/openai/v1/responses`, body: {} }),
    'another baseURL': () => sdk.withOptions({ baseURL: `${there}/openai/v1` }).files.list(),
    'another baseURL, streaming': () =>
      sdk.withOptions({ baseURL: `${there}/openai/v1` }).chat.completions.create({ ...chat, stream: true }),
    'a baseURL set later': () => {
      const other = sdk.withOptions({});
      other.baseURL = `${there}/openai/v1`;
      return other.chat.completions.create(chat);
    },
  };
  for (const [title, call] of Object.entries(calls)) {
    await expect(call(), title).rejects.toThrow(
      `Cannot call ${JSON.stringify(there)}: this client calls the resources of its config, and no other. Leave \`baseURL\` as it is and give a path, such as "/files".`,
    );
  }
  expect(fixture.mock.requests()).toEqual([]);
});

test.each([
  '/../../../admin',
  '//127.0.0.1/openai/v1/files',
  '@127.0.0.1/files',
  '/responses/..%2f..%2fadmin',
  '/files/%2e%2e%5cadmin',
  '/\\127.0.0.1/files',
])('the path %s is refused before a byte is sent', async (path) => {
  const azure = connect();
  await expect(azure.get(path)).rejects.toThrow('it is no path of Azure OpenAI');
  await expect(azure.fetch(azure.baseURL + path)).rejects.toThrow('it is no path of Azure OpenAI');
  expect(fixture.mock.requests()).toEqual([]);
});

test.each(['resp_1/../../admin', 'resp_1/cancel', 'a\\b', '..', '//127.0.0.1/x'])(
  'the id %s is refused before a byte is sent',
  async (id) => {
    const azure = connect();
    await expect((async () => azure.responses.retrieve(id))()).rejects.toThrow(
      /^(Cannot send|Path parameters)/,
    );
    await expect((async () => azure.files.delete(id))()).rejects.toThrow(/^(Cannot send|Path parameters)/);
    expect(fixture.mock.requests()).toEqual([]);
  },
);

test('the name of a deployment stays a name, in a path and in a body', async () => {
  const { mock } = fixture;
  const odd = 'a/../../b?x=1#\r\nx-evil: 1';
  const deployments = { ...mock.config.deployments };
  for (const name of ['chat-sweden', 'chat-france'] as const) {
    const deployment = deployments[name];
    if (deployment !== undefined) deployments[name] = { ...deployment, deployment: odd };
  }
  await using azure = createClient(
    { ...mock.config, deployments },
    { credential: mock.credential(), retry: false },
  );
  for (const model of ['chat-sweden', 'chat-france'] as const) {
    await expect(azure.chat.completions.create({ model, messages })).rejects.toMatchObject({ status: 404 });
  }
  const [sweden, france] = mock.requests();
  expect(sweden?.path).toBe('/openai/v1/chat/completions');
  expect(france?.path).toBe(`/openai/deployments/${encodeURIComponent(odd)}/chat/completions`);
  expect(JSON.stringify(mock.requests().map(({ headers }) => headers))).not.toContain('x-evil');
});

test('credentials of the caller for somebody else go nowhere', async () => {
  const azure = connect();
  const headers = {
    Authorization: 'Bearer leak',
    'API-Key': 'leak',
    Cookie: 'leak=1',
    'Proxy-Authorization': 'Basic leak',
    'OpenAI-Organization': 'leak',
    'OpenAI-Project': 'leak',
    Host: 'leak.invalid',
  };
  const query = { 'api-key': 'leak', 'subscription-key': 'leak', 'api-version': 'leak' };
  await azure.chat.completions.create(chat, { headers });
  await azure.chat.completions.create({ ...chat, stream: true }, { headers, query });
  await azure.withOptions({ defaultHeaders: headers, defaultQuery: query }).chat.completions.create(chat);
  await azure
    .withOptions({ apiKey: 'leak', organization: 'leak', project: 'leak' })
    .chat.completions.create(chat);
  await azure.fetch('https://user:leak@api.openai.com/v1/chat/completions?api-key=leak', {
    method: 'POST',
    headers: { authorization: 'Bearer leak', 'api-key': 'leak' },
    body: JSON.stringify(chat),
  });
  expect(fixture.mock.requests()).toHaveLength(5);
  expect(JSON.stringify(fixture.mock.requests())).not.toContain('leak');
});

test('a header that no server would see fails its own call, and no deployment is blamed', async () => {
  const azure = connect();
  for (const headers of [{ 'x-tenant': 'a\r\nx-evil: 1' }, { 'x-tenant': 'Größe €' }, { 'x tenant': 'a' }]) {
    for (let call = 0; call < 3; call += 1) {
      await expect(azure.chat.completions.create(chat, { headers: headers as never })).rejects.toThrow(
        TypeError,
      );
    }
  }
  const credential: Credential = {
    kind: 'api-key',
    headers: () => ({ 'api-key': 'secret\nx-evil: 1' }),
    refresh: async () => false,
  };
  const call = connect({ credentials: {}, credential }).chat.completions.create(chat);
  await expect(call).rejects.toThrow(
    'Cannot send the request: invalid api-key header. Leave out line breaks, and encode what is no plain text.',
  );
  await expect(call).rejects.not.toThrow('secret');
  expect(fixture.mock.requests()).toEqual([]);
  expect(azure.status().targets['chat-sweden']).toMatchObject({ circuit: 'closed', failures: 0 });
  await azure.chat.completions.create(chat);
});

test('no error shows a key or a token, however it is looked at', async () => {
  const { mock } = fixture;
  const token = (await mock.credential().getToken('https://ai.azure.com/.default')).token;
  for (const credential of [keyOf('sweden'), mock.credential()]) {
    const azure = fixture.connect({ credential, retry: false });
    for (const fault of [serverError(), reset(), unauthorized()]) {
      mock.reset();
      mock.fail('*', fault, { times: Infinity });
      const error: unknown = await azure.chat.completions.create(chat).catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(OpenAI.APIError);
      const shown = inspect(error, { depth: 20, showHidden: true }) + JSON.stringify(error);
      for (const secret of [mock.apiKey, token.slice(-40), 'secret-of-', 'Bearer ']) {
        expect(shown).not.toContain(secret);
      }
    }
  }
});

test('what the policy forbids is refused before a byte is sent, by every way to it', async () => {
  const { mock } = fixture;
  const config = { ...mock.config, policy: { processing: ['francecentral'] } };
  const azure = createClient(config, { credential: mock.credential() });
  const dated = 'https://x.invalid/openai/deployments/chat-sweden/chat/completions?api-version=2024-10-21';
  const calls: Record<string, () => Promise<unknown>> = {
    chat: () => azure.chat.completions.create(chat),
    'a path': () => azure.fetch(dated, { method: 'POST', body: JSON.stringify({ messages }) }),
    'a resource': () => azure.with({ resource: 'sweden' }).files.list(),
    'a file': async () =>
      azure.files.create({ file: await toFile(Buffer.from('x'), 'a.txt'), purpose: 'assistants' }),
    'a batch': () => azure.batch.run([{ messages }], { deployment: 'chat-sweden' }),
    'a realtime session': () => azure.realtimeEndpoint('chat-sweden'),
  };
  for (const [title, call] of Object.entries(calls)) {
    await expect(call(), title).rejects.toThrow(ResidencyError);
  }
  expect(mock.requests()).toEqual([]);
  await azure.close();
});
