import { apiKey } from '@aoai/auth';
import { defineConfig } from '@aoai/config';
import { startMockAzure } from '@aoai/testing';
import type { MockAzure } from '@aoai/testing';
import { toFile } from 'openai';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Client } from '../src/client/client.ts';
import type { ClientOptions } from '../src/client/client-options.ts';
import { createClient } from '../src/client/create-client.ts';
import { startGateway } from './gateway.ts';
import type { Gateway } from './gateway.ts';
import { itemsOf } from './items-of.ts';

// A gateway such as API Management stands before the resource: `basePath` and `keyHeader` of the config.
const deployments = {
  chat: { resource: 'main', deployment: 'gpt-4.1-mini', model: 'gpt-4.1-mini', sku: 'GlobalStandard' },
  embed: {
    resource: 'main',
    deployment: 'text-embedding-3-small',
    model: 'text-embedding-3-small',
    sku: 'GlobalStandard',
  },
  hear: { resource: 'main', deployment: 'whisper', model: 'whisper', sku: 'Standard' },
  bulk: { resource: 'main', deployment: 'bulk', model: 'gpt-4.1-mini', sku: 'GlobalBatch' },
} as const;
type Name = keyof typeof deployments;

const messages = [{ role: 'user' as const, content: 'Hello' }];
const keyHeader = 'ocp-apim-subscription-key';

let mock: MockAzure<Name>;
let gateway: Gateway;
let clients: Client<Name>[] = [];

afterEach(async () => {
  await Promise.all(clients.map((client) => client.close({ graceMs: 0 })));
  clients = [];
  await gateway.close();
  await mock.close();
});

async function start(api: string, basePath: string): Promise<void> {
  mock = await startMockAzure({
    config: defineConfig({
      resources: { main: { endpoint: 'https://contoso.openai.azure.com', api } },
      deployments,
    }),
    timeScale: 100,
  });
  gateway = await startGateway({
    basePath,
    backend: mock.endpoint,
    keyHeader,
    keys: { caller: 'gateway-key', backend: mock.apiKey },
  });
}

/** `given` is how `basePath` is written in the config. */
function connect(api: string, given: string, options: ClientOptions): Client<Name> {
  const config = defineConfig({
    resources: {
      main: { endpoint: gateway.endpoint, api, basePath: given, keyHeader: 'Ocp-Apim-Subscription-Key' },
    },
    deployments,
  });
  const client = createClient(config, options);
  clients.push(client);
  return client;
}

describe.each([
  ['v1', '/genai', '/genai/'],
  ['v1', '/teams/search/openai', '/teams/search/openai'],
  ['2025-04-01-preview', '/genai', '/genai'],
  ['2025-04-01-preview', '/genai/v2', '/genai/v2///'],
])('on %s behind %s, given as %s', (api, basePath, given) => {
  beforeEach(() => start(api, basePath));

  describe.each(['a key', 'Entra ID'])('with %s', (kind) => {
    const options = (): ClientOptions => ({
      credential: kind === 'a key' ? apiKey('gateway-key') : mock.credential(),
      retry: false,
    });

    test('calls of every kind arrive, signed for the gateway', async () => {
      const azure = connect(api, given, options());
      await azure.chat.completions.create({ model: 'chat', messages });
      const stream = await azure.chat.completions.create({ model: 'chat', messages, stream: true });
      expect(await itemsOf(stream)).not.toEqual([]);
      const response = await azure.responses.create({ model: 'chat', input: 'Hello' });
      expect((await azure.responses.retrieve(response.id)).id).toBe(response.id);
      await azure.embeddings.create({ model: 'embed', input: 'Hello' });
      await azure.audio.transcriptions.create({
        model: 'hear',
        file: await toFile(Buffer.from('x'), 'a.wav'),
      });
      const [result] = await azure.batch.run([{ messages }], { deployment: 'bulk', pollMs: 5 });
      expect(result).toMatchObject({ ok: true });
      for (const url of [
        `${azure.baseURL}/chat/completions`,
        `${gateway.endpoint}${basePath}/openai/v1/chat/completions`,
        `${gateway.endpoint}${basePath}/openai/deployments/chat/chat/completions?api-version=2024-10-21`,
      ]) {
        const answer = await azure.fetch(url, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ model: 'chat', messages }),
        });
        expect(answer.status).toBe(200);
      }
      expect(mock.verdict()).toEqual([]);
      const root = api === 'v1' ? `${basePath}/openai/v1/` : `${basePath}/openai/`;
      for (const { url, headers } of gateway.requests) {
        expect(url.startsWith(root)).toBe(true);
        expect(url.slice(root.length)).not.toMatch(/\/\/|openai|v1/);
        expect(url.includes('api-version=')).toBe(api !== 'v1');
        expect({ key: headers[keyHeader], old: headers['api-key'], bearer: headers.authorization }).toEqual(
          kind === 'a key'
            ? { key: 'gateway-key' }
            : { bearer: expect.stringMatching(/^Bearer ey/) as string },
        );
      }
      // And what is behind the gateway saw neither its path nor its key.
      expect(JSON.stringify(mock.requests())).not.toContain('gateway-key');
      for (const { path } of mock.requests()) expect(path.startsWith('/openai/')).toBe(true);
    });

    test('a redirect is an answer, wherever it leads', async () => {
      gateway.redirectTo(`${mock.endpoint}/openai/v1/chat/completions`);
      const azure = connect(api, given, options());
      const calls = [
        azure.chat.completions.create({ model: 'chat', messages }),
        azure.chat.completions.create({ model: 'chat', messages, stream: true }),
        azure.batch.run([{ messages }], { deployment: 'bulk', pollMs: 5 }),
        azure.files.list(),
      ];
      await Promise.all(calls.map((call) => expect(call).rejects.toMatchObject({ status: 307 })));
      const answer = await azure.fetch(`${azure.baseURL}/chat/completions`, {
        method: 'POST',
        body: JSON.stringify({ model: 'chat', messages }),
      });
      expect({ status: answer.status, redirected: answer.redirected }).toEqual({
        status: 307,
        redirected: false,
      });
      expect(mock.requests()).toEqual([]);
    });
  });

  test('the address of a realtime session goes through the gateway', async () => {
    const azure = connect(api, given, { credential: apiKey('gateway-key') });
    const { url, headers } = await azure.realtimeEndpoint('chat');
    expect(url.href).toBe(
      `${gateway.endpoint.replace('http', 'ws')}${basePath}/openai/` +
        (api === 'v1'
          ? 'v1/realtime?model=gpt-4.1-mini'
          : `realtime?api-version=${api}&deployment=gpt-4.1-mini`),
    );
    expect(headers).toEqual({ [keyHeader]: 'gateway-key' });
  });

  test('a gateway that wants a key and a token gets both from a credential of the caller', async () => {
    const entra = mock.credential();
    const azure = connect(api, given, {
      credential: {
        kind: 'entra-id',
        headers: async ({ scope }) => ({
          authorization: `Bearer ${(await entra.getToken(scope)).token}`,
          'api-key': 'gateway-key',
        }),
        refresh: async () => false,
      },
    });
    await azure.chat.completions.create({ model: 'chat', messages });
    expect(gateway.requests[0]?.headers).toMatchObject({
      [keyHeader]: 'gateway-key',
      authorization: expect.stringMatching(/^Bearer ey/) as string,
    });
  });

  test('a key of the gateway that a caller hands to one call goes nowhere', async () => {
    const azure = connect(api, given, { credential: mock.credential() });
    const headers = { 'Ocp-Apim-Subscription-Key': 'somebody-elses' };
    await azure.chat.completions.create({ model: 'chat', messages }, { headers });
    expect(gateway.requests[0]?.headers).not.toHaveProperty(keyHeader);
  });
});
