import { defineConfig } from '@aoai/config';
import { afterEach, expect, test } from 'vitest';
import { manualClock } from '../clock.ts';
import { createRandom } from '../random.ts';
import type { Exchange } from '../service/exchange.ts';
import type { MockDeployment } from '../service/mock-deployment.ts';
import type { DeploymentRequest, OperationRequest } from '../service/operation.ts';
import { startMockAzure, type MockAzure, type MockAzureOptions } from '../start-mock-azure.ts';
import { asked, entry, type Told } from '../verdict/told.fake.ts';
import { refused } from './connection-faults.ts';
import { UnexpectedRequestError } from './errors.ts';
import type { Observed } from './observed.ts';
import { serverError } from './service-faults.ts';
import { createStage, type StageOptions } from './stage.ts';
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

/** A stage of its own, which is told of requests by hand. */
function aStage(options: Partial<StageOptions> = {}) {
  const closed: (readonly [resource: string, forMs: number])[] = [];
  const closedPorts = {
    close: (...call: readonly [string, number]) => closed.push(call),
    open: () => closed.splice(0),
  };
  const usual = { random: createRandom(1), anyName: true, strict: false, timeScale: 1, closedPorts };
  const stage = createStage(config, { ...usual, ...options });
  const tell = (...requests: readonly Told[]) => {
    requests.forEach((told, index) => {
      const exchange = entry(index + 1, told) as Exchange;
      stage.hooks.begun(exchange);
      stage.hooks.finished(exchange);
    });
  };
  return { ...stage, closed, tell };
}

test('what is recent are the last requests, oldest first, judged by all that came before', () => {
  const { traffic, tell } = aStage();
  tell(asked, { atMs: 1_500 }, { atMs: 1_600 }, { atMs: 9_000 });
  const recent = (count: number) =>
    traffic.recent(count).map(({ request, findings }) => [request.number, findings.map(({ rule }) => rule)]);
  expect(recent(2)).toEqual([
    [3, ['retried-early']],
    [4, []],
  ]);
  expect(recent(4)).toEqual([[1, []], [2, ['retried-early']], ...recent(2)]);
  expect(recent(9)).toEqual(recent(4));
});

test('a mock whose time runs faster judges waits in the time of its callers, wherever it does so', () => {
  const { tell, traffic, ...stage } = aStage({ timeScale: 60 });
  const observed: string[] = [];
  stage.observe(({ findings }) => observed.push(...findings.map(({ rule }) => rule)));
  tell(asked, { atMs: 60_000 });
  const seen = traffic.recent(2).flatMap(({ findings }) => findings);
  expect([stage.verdict(), seen].map((findings) => findings.map(({ rule }) => rule))).toEqual([
    ['retried-early'],
    ['retried-early'],
  ]);
  expect(observed).toEqual(['retried-early']);
});

test.each<[Name | '*', string[]]>([
  ['one', ['sweden']],
  ['alone', ['france']],
  ['chat', ['sweden', 'france']],
  ['*', ['sweden', 'france']],
])('what is down with %s are the ports of its resources, each once, for the same time', (name, resources) => {
  const { fail, closed, traffic, ...stage } = aStage();
  fail(name, refused({ forMs: 1_500 }));
  expect(closed).toEqual(resources.map((resource) => [resource, 1_500]));
  expect(traffic.armed()).toEqual([]);
  stage.assertConsumed();
  stage.reset();
  expect(closed).toEqual([]);
});

test('what is down with a name that is in no config is nothing', () => {
  const { fail, closed } = aStage();
  fail('made up', refused());
  expect(closed).toEqual([]);
});

const one = { deployment: { key: 'one' } } as DeploymentRequest;

test('a reply that is a function sees the request as it was recorded', async () => {
  const stage = aStage();
  stage.reply('one', ({ number, path }) => `${number} ${path}`);
  const scripted = await stage.hooks.script(one, entry(7, { path: '/here' }) as Exchange);
  expect(scripted?.draft).toEqual({ content: '7 /here' });
});

test('a strict mock refuses what nothing is scripted for, and names it with its deployment', async () => {
  const stage = aStage({ strict: true });
  const scripted = await stage.hooks.script(one, entry(1, { path: '/here' }) as Exchange);
  expect(scripted?.intervention?.response).toMatchObject({ kind: 'json', status: 400 });
  scripted?.restore();
  expect(() => {
    stage.assertConsumed();
  }).toThrow(/^POST \/here was not expected: nothing is scripted for "one", /);
});

test('recordings are played for requests that no fault strikes, until a reset', () => {
  const stage = aStage();
  const recorded = { method: 'GET', path: '/openai/v1/models' };
  const request = { ...recorded, raw: Buffer.alloc(0) } as Partial<OperationRequest> as OperationRequest;
  const response = { status: 418, headers: {}, body: {} };
  stage.replay({ format: 'aoai-recording/1', isMasked: false, exchanges: [{ request: recorded, response }] });
  const status = () => stage.hooks.strike(request)?.response?.status;
  stage.fail('*', serverError());
  expect([status(), status(), status()]).toEqual([500, 418, 418]);
  stage.reset();
  expect(status()).toBeUndefined();
});

test('a thousand deployments are counted, whatever names callers invent, and go on being counted', () => {
  const { hooks, traffic } = aStage();
  const deployments = Array.from(
    { length: 1_001 },
    (_, index) => ({ key: `chat-${index}` }) as MockDeployment,
  );
  for (const deployment of [...deployments, ...deployments]) hooks.finished({ deployment } as Exchange);
  expect([...traffic.called()]).toEqual(deployments.slice(0, 1_000));
  expect(deployments.slice(999).map((deployment) => traffic.count(deployment))).toEqual([2, 0]);
});
