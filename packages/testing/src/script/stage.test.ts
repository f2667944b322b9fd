import { defineConfig } from '@aoai/config';
import { afterEach, expect, test } from 'vitest';
import { manualClock } from '../clock.ts';
import { createRandom } from '../random.ts';
import type { Exchange } from '../service/exchange.ts';
import type { MockDeployment } from '../service/mock-deployment.ts';
import { startMockAzure, type MockAzure, type MockAzureOptions } from '../start-mock-azure.ts';
import { refused } from './connection-faults.ts';
import { UnexpectedRequestError } from './errors.ts';
import type { Observed } from './observed.ts';
import { serverError } from './service-faults.ts';
import { createStage } from './stage.ts';
import { rateLimited } from './throttling.ts';

const config = defineConfig({
  resources: {
    sweden: { endpoint: 'https://sweden.openai.azure.com' },
    france: { endpoint: 'https://france.openai.azure.com' },
  },
  deployments: {
    one: { resource: 'sweden', deployment: 'my-one', model: 'gpt-4.1', sku: 'GlobalStandard' },
    two: { resource: 'france', deployment: 'my-two', model: 'gpt-4.1', sku: 'GlobalStandard' },
    alone: { resource: 'france', deployment: 'my-alone', model: 'gpt-4.1', sku: 'GlobalStandard' },
  },
  pools: { chat: [['one'], ['two']] },
});

type Name = (typeof config.names)[number];

let azure: MockAzure<Name>;

async function start(options: MockAzureOptions<Name> = {}): Promise<void> {
  azure = await startMockAzure<Name>({ config, clock: manualClock(), ...options });
}

afterEach(async () => azure.close());

async function ask(model: string, content = 'Hi'): Promise<number> {
  const before = azure.requests().length;
  const { endpoint } = azure.config.resources[model === 'my-one' ? 'sweden' : 'france'] ?? {};
  const response = await fetch(`${endpoint}/openai/v1/chat/completions`, {
    method: 'POST',
    headers: { 'api-key': azure.apiKey, 'content-type': 'application/json' },
    body: JSON.stringify({ model, messages: [{ role: 'user', content }] }),
  });
  await response.text();
  await expect.poll(() => azure.requests()[before]?.response?.outcome).toBe('answered');
  return response.status;
}

test('the requests of a pool are those of its deployments', async () => {
  await start();
  for (const model of ['my-one', 'my-two', 'my-alone', 'nope']) await ask(model);
  const numbers = (name?: Name) => azure.requests(name).map(({ number }) => number);
  expect([numbers(), numbers('chat'), numbers('one'), numbers('alone')]).toEqual([
    [1, 2, 3, 4],
    [1, 2],
    [1],
    [3],
  ]);
});

test('a pool that is down has closed the ports of its resources, and no request uses that up', async () => {
  await start();
  azure.fail('one', refused());
  await expect(ask('my-one')).rejects.toThrow('fetch failed');
  expect(await ask('my-two')).toBe(200);
  azure.assertConsumed();
  azure.reset();
  await expect.poll(async () => ask('my-one').catch(() => undefined)).toBe(200);
});

test('a strict mock names the first request that it did not expect, until it is reset', async () => {
  await start({ strict: true });
  await ask('my-one', 'first');
  await ask('my-two', 'second');
  expect(() => {
    azure.assertConsumed();
  }).toThrow(
    expect.objectContaining({
      name: 'UnexpectedRequestError',
      body: expect.objectContaining({ model: 'my-one' }) as object,
    }) as Error,
  );
  expect(() => {
    azure.assertConsumed();
  }).toThrow(UnexpectedRequestError);
  azure.reset();
  azure.assertConsumed();
  expect(azure.requests()).toEqual([]);
});

test('who observes is told of each request and what it did wrong, until the end of that', async () => {
  await start();
  const seen: Observed[] = [];
  const stop = azure.observe((observed) => seen.push(observed));
  azure.fail('one', rateLimited({ retryAfterMs: 60_000 }));
  await ask('my-one');
  await ask('my-one');
  stop();
  await ask('my-one');
  expect(seen.map(({ request, findings }) => [request.number, findings.map(({ rule }) => rule)])).toEqual([
    [1, []],
    [2, ['retried-early']],
  ]);
});

test('a reset forgets what was scripted and what was recorded', async () => {
  await start();
  azure.fail('one', serverError(), { times: Infinity });
  azure.reply('two', 'Hello');
  expect(await ask('my-one')).toBe(500);
  azure.reset();
  expect(await ask('my-one')).toBe(200);
  azure.assertConsumed();
  expect(azure.requests().map(({ number }) => number)).toEqual([2]);
  expect(azure.verdict()).toEqual([]);
});

test('a thousand deployments are counted, whatever names callers invent, and go on being counted', () => {
  const closedPorts = { close: () => undefined, open: () => undefined };
  const options = { random: createRandom(1), anyName: true, strict: false, timeScale: 1, closedPorts };
  const { hooks, traffic } = createStage(config, options);
  const deployments = Array.from(
    { length: 1_001 },
    (_, index) => ({ key: `chat-${index}` }) as MockDeployment,
  );
  for (const deployment of [...deployments, ...deployments]) hooks.finished({ deployment } as Exchange);
  expect([...traffic.called()]).toEqual(deployments.slice(0, 1_000));
  expect(deployments.slice(999).map((deployment) => traffic.count(deployment))).toEqual([2, 0]);
});
