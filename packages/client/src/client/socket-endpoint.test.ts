import type { Credential } from '@aoai/auth';
import { defineConfig } from '@aoai/config';
import { describe, expect, test } from 'vitest';
import { createEngine } from './create-engine.ts';
import { realtimeEndpoint, responsesEndpoint } from './socket-endpoint.ts';

const sku = 'DataZoneStandard';
const live = { model: 'gpt-realtime', sku } as const;
const scopes: string[] = [];
const signing = (headers: Readonly<Record<string, string>>): Credential => ({
  kind: 'entra-id',
  headers: ({ scope }) => {
    scopes.push(scope);
    return headers;
  },
  refresh: async () => Promise.resolve(false),
});

function engineOf(policy: object = {}) {
  const config = defineConfig({
    resources: {
      sweden: { endpoint: 'https://sweden.openai.azure.com', region: 'swedencentral' },
      older: {
        endpoint: 'https://older.openai.azure.com',
        region: 'francecentral',
        api: '2025-04-01-preview',
      },
      desk: {
        endpoint: 'http://127.0.0.1:8080',
        basePath: '/gateway',
        keyHeader: 'x-desk-key',
        region: 'westeurope',
      },
    },
    deployments: {
      first: { resource: 'sweden', deployment: 'live-one', ...live },
      dated: { resource: 'older', deployment: 'live-two', ...live },
      local: { resource: 'desk', deployment: 'live-three', ...live },
      abroad: { resource: 'sweden', deployment: 'live-four', model: 'gpt-realtime', sku: 'GlobalStandard' },
    },
    pools: {
      all: [['first'], ['dated', 'local']],
      later: ['dated', 'first'],
      mixed: ['abroad', 'first'],
    },
    allowHosts: ['127.0.0.1'],
  });
  return createEngine(
    { ...config, policy: { ...config.policy, ...policy } },
    {
      credential: signing({ authorization: 'Bearer token-of-a-test' }),
      credentials: { desk: signing({ 'api-key': 'key-of-a-test', 'x-other': '1' }) },
      transport: async () => Promise.reject(new Error('Nothing is sent.')),
      now: () => Date.UTC(2026, 10, 29),
    },
    { emit: () => undefined, watched: () => undefined },
  );
}

/** Ends an attempt at a deployment in a way that the next call notices. */
async function end(
  engine: ReturnType<typeof engineOf>,
  name: string,
  settlement: { readonly result: 'throttled' | 'failed'; readonly parkUntilMs?: number },
): Promise<void> {
  const target = engine.targets.get(name);
  if (target === undefined) throw new Error('No such target.');
  const grant = await engine.quota.reserve(target.quota, { input: 1, output: 1 });
  if (!grant.ok) throw new Error('No permission.');
  await engine.quota.settle(grant, settlement);
}
const park = async (engine: ReturnType<typeof engineOf>, name: string) =>
  end(engine, name, { result: 'throttled', parkUntilMs: Date.UTC(2026, 10, 30) });

describe('a realtime session', () => {
  test('is opened on v1 with its model in the query', async () => {
    scopes.length = 0;
    const { url, ...rest } = await realtimeEndpoint(engineOf(), 'first');
    expect(url.href).toBe('wss://sweden.openai.azure.com/openai/v1/realtime?model=live-one');
    expect(rest).toEqual({
      ...{ deployment: 'first', model: 'live-one' },
      headers: { authorization: 'Bearer token-of-a-test' },
    });
    expect(scopes).toEqual(['https://ai.azure.com/.default']);
  });

  test('is opened on a dated api with its version and its deployment', async () => {
    scopes.length = 0;
    const { url, deployment } = await realtimeEndpoint(engineOf(), 'dated');
    expect(url.href).toBe(
      'wss://older.openai.azure.com/openai/realtime?api-version=2025-04-01-preview&deployment=live-two',
    );
    expect(deployment).toBe('dated');
    expect(scopes).toEqual(['https://cognitiveservices.azure.com/.default']);
  });

  test('goes below the path of a gateway, without TLS where it has none, and with its key in its header', async () => {
    const { url, headers } = await realtimeEndpoint(engineOf(), 'local');
    expect(url.href).toBe('ws://127.0.0.1:8080/gateway/openai/v1/realtime?model=live-three');
    expect(headers).toEqual({ 'x-desk-key': 'key-of-a-test', 'x-other': '1' });
  });

  test('leaves a deployment alone that is parked or has an open circuit, while another is free', async () => {
    const engine = engineOf();
    const opened = async () => (await realtimeEndpoint(engine, 'all')).deployment;
    expect(await opened()).toBe('first');
    await park(engine, 'first');
    expect(await opened()).toBe('dated');
    for (let failure = 0; failure < 5; failure += 1) await end(engine, 'dated', { result: 'failed' });
    expect(await opened()).toBe('local');
    await park(engine, 'local');
    expect(await opened(), 'where none is free, the first').toBe('first');
  });

  test('goes to no deployment that the policy forbids', async () => {
    const engine = engineOf({ processing: ['EU'] });
    expect((await realtimeEndpoint(engine, 'mixed')).deployment).toBe('first');
    await expect(realtimeEndpoint(engine, 'abroad')).rejects.toMatchObject({
      ...{ code: 'RESIDENCY_FORBIDDEN', target: 'abroad', policy: 'processing' },
    });
    await park(engine, 'first');
    expect((await realtimeEndpoint(engine, 'mixed')).deployment).toBe('first');
  });

  test('is refused by a client that is closed, and for a name that it does not have', async () => {
    const engine = engineOf();
    await expect(realtimeEndpoint(engine, 'other')).rejects.toThrow('Cannot resolve deployment "other"');
    await engine.calls.close();
    await expect(realtimeEndpoint(engine, 'first')).rejects.toMatchObject({ code: 'CLIENT_CLOSED' });
  });
});

describe('the Responses API over a WebSocket', () => {
  test('is opened on the v1 api only', async () => {
    const engine = engineOf();
    const { url, deployment } = await responsesEndpoint(engine, 'later');
    expect([deployment, url.href]).toEqual(['first', 'wss://sweden.openai.azure.com/openai/v1/responses']);
    await park(engine, 'first');
    expect((await responsesEndpoint(engine, 'all')).deployment).toBe('local');
    expect((await responsesEndpoint(engine, 'later')).deployment).toBe('first');
    await expect(responsesEndpoint(engine, 'dated')).rejects.toThrow(
      'Cannot open a WebSocket for "dated": none of its deployments has one. Call a resource with `api: "v1"`.',
    );
  });
});
