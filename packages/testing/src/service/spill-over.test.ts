import type { Config } from '@aoai/config';
import { afterEach, expect, test } from 'vitest';
import type { Fault } from '../script/fault.ts';
import { rateLimited } from '../script/throttling.ts';
import { contextLengthExceeded, serverError } from '../script/service-faults.ts';
import { respondWith } from '../script/respond-with.ts';
import { unauthorized } from '../script/identity-faults.ts';
import { manualClock } from '../clock.ts';
import { startMockAzure, type MockAzure, type MockAzureOptions } from '../start-mock-azure.ts';

type Name = 'ptu' | 'standard';

const deployment = { resource: 'sweden', model: 'gpt-4.1', limits: {}, tags: {} };
const config: Config<Name> = {
  names: ['ptu', 'standard'],
  resources: {
    sweden: {
      endpoint: 'https://contoso.openai.azure.com',
      basePath: '',
      api: 'v1',
      cloud: 'public',
      keyHeader: 'api-key',
      tags: {},
    },
  },
  deployments: {
    ptu: { ...deployment, deployment: 'gpt-4.1-ptu', sku: 'GlobalProvisionedManaged', limits: { ptu: 1 } },
    standard: { ...deployment, deployment: 'gpt-4.1', sku: 'GlobalStandard' },
  },
  pools: {},
  policy: {},
};

let azure: MockAzure<Name>;

async function start(options: MockAzureOptions<Name> = {}): Promise<void> {
  azure = await startMockAzure<Name>({ config, clock: manualClock(), ...options });
}

afterEach(async () => {
  await azure.close();
});

const use = async (): Promise<number> => Number.parseFloat((await post({ tokens: 1 })).utilisation ?? '');

interface Sent {
  readonly model?: string;
  readonly header?: string;
  readonly content?: string;
  readonly tokens?: number;
}

async function post({ model = 'gpt-4.1-ptu', header, content = 'Hi', tokens = 5_000 }: Sent = {}) {
  const response = await fetch(`${azure.endpoint}/openai/v1/chat/completions`, {
    method: 'POST',
    headers: {
      'api-key': azure.apiKey,
      'content-type': 'application/json',
      ...(header !== undefined && { 'x-ms-spillover-deployment': header }),
    },
    body: JSON.stringify({ model, messages: [{ role: 'user', content }], max_tokens: tokens }),
  });
  await response.text();
  const of = (name: string) => response.headers.get(name);
  return {
    status: response.status,
    servedBy: of('x-ms-deployment-name'),
    from: of('x-ms-spillover-from-deployment'),
    isSpilledOver: of('x-ms-is-spilled-over'),
    error: of('x-ms-spillover-error'),
    utilisation: of('azure-openai-deployment-utilization'),
  };
}

const notSpilled = { servedBy: 'gpt-4.1-ptu', from: null, isSpilledOver: 'false', error: null };
const spilled = {
  status: 200,
  servedBy: 'gpt-4.1',
  from: 'gpt-4.1-ptu',
  isSpilledOver: 'true',
  error: null,
  utilisation: null,
};

test('a full provisioned deployment hands over to the one that its property names', async () => {
  await start({ spillover: { ptu: 'standard' } });
  azure.reply('ptu', { text: 'Hello', usage: { promptTokens: 10_000, completionTokens: 1 } });
  expect(await post()).toMatchObject({ status: 200, ...notSpilled });
  expect(await post()).toMatchObject(spilled);
});

test('without one, the request may name it in a header', async () => {
  await start();
  azure.fail('ptu', rateLimited(), { times: 2 });
  expect(await post()).toMatchObject({ status: 429, from: null });
  expect(await post({ header: 'gpt-4.1' })).toMatchObject(spilled);
});

test.each([
  [serverError(), 200],
  [contextLengthExceeded(), 200],
  [unauthorized(), 401],
])('%o ends as %i', async (fault, status) => {
  await start({ spillover: { ptu: 'standard' } });
  azure.fail('ptu', fault);
  expect((await post()).status).toBe(status);
});

test('when both fail, the answer of the provisioned deployment counts', async () => {
  await start({ spillover: { ptu: 'standard' } });
  azure.fail('ptu', serverError());
  azure.fail('standard', rateLimited());
  expect(await post()).toMatchObject({ status: 500, ...notSpilled, error: 'RateLimitReached' });
});

test.each<[string, Fault, string]>([
  ['with a status and no code', respondWith({ status: 502, body: 'no' }), '502'],
  ['with a code that is no text', respondWith({ status: 502, body: { error: { code: 7 } } }), '502'],
  ['with JSON that is null', respondWith({ status: 502, body: null }), '502'],
  ['with a code', respondWith({ status: 400, body: { error: { code: 'mine' } } }), 'mine'],
])('the error of the other deployment is told, %s', async (_, fault, error) => {
  await start({ spillover: { ptu: 'standard' } });
  azure.fail('ptu', serverError());
  azure.fail('standard', fault);
  expect(await post()).toMatchObject({ status: 500, ...notSpilled, error });
});

test('a deployment that is not there takes nothing over, and the property goes before the header', async () => {
  await start();
  azure.fail('ptu', serverError(), { times: 2 });
  expect(await post({ header: 'nobody' })).toMatchObject({ status: 500, error: 'DeploymentNotFound' });
  expect(await post({ header: 'gpt-4.1' })).toMatchObject(spilled);
  await azure.close();
  await start({ spillover: { ptu: 'standard' } });
  azure.fail('ptu', serverError());
  expect(await post({ header: 'nobody' })).toMatchObject(spilled);
});

test('only a provisioned deployment hands over, by its units or by its sku', async () => {
  await start();
  azure.fail('standard', serverError());
  expect(await post({ model: 'gpt-4.1', header: 'gpt-4.1-ptu' })).toMatchObject({
    status: 500,
    servedBy: 'gpt-4.1',
    error: null,
  });
  await azure.close();
  const provisioned = [
    ['GlobalProvisionedManaged', {}],
    ['GlobalStandard', { ptu: 1 }],
  ] as const;
  for (const [sku, limits] of provisioned) {
    const ptu = { ...deployment, deployment: 'gpt-4.1-ptu', sku, limits };
    await start({ config: { ...config, deployments: { ...config.deployments, ptu } } });
    azure.fail('ptu', serverError());
    expect(await post({ header: 'gpt-4.1' })).toMatchObject(spilled);
    await azure.close();
  }
  await start();
});

test('the journal has the deployment that answered, and the scripted fault of the one that did not', async () => {
  await start({ spillover: { ptu: 'standard' } });
  azure.fail('ptu', serverError(), { times: 2 });
  await post();
  azure.fail('standard', rateLimited());
  await post();
  await expect
    .poll(() => azure.requests().map(({ response }) => response?.outcome))
    .toEqual(['answered', 'answered']);
  expect(azure.requests().map(({ deployment, response }) => [deployment, response?.status])).toEqual([
    ['standard', 200],
    ['ptu', 500],
  ]);
});

test('utilisation is a header of every answer, and 429 says when to come back', async () => {
  await start();
  azure.reply('ptu', { text: 'Hello', usage: { promptTokens: 3_300, completionTokens: 0 } });
  expect((await post()).utilisation).not.toBeNull();
  expect(await post()).toMatchObject({ status: 429, utilisation: '110.0%' });
});

test('an answer that failed has used nothing of a provisioned deployment, also where another one took over', async () => {
  await start({ spillover: { ptu: 'standard' } });
  expect((await post({ content: 'mock-filter:prompt:violence' })).status).toBe(400);
  expect(await use()).toBeLessThan(5);
  azure.reply('ptu', respondWith({ status: 503, body: 'no' }));
  expect(await post()).toMatchObject(spilled);
  expect(await use()).toBeLessThan(5);
});

test('the estimate counts until the answer is out', async () => {
  const clock = manualClock();
  await start({ clock, latency: { firstTokenMs: 1_000 } });
  const first = post({ tokens: 500 });
  await expect.poll(() => azure.requests()).toHaveLength(1);
  const second = post({ tokens: 1 });
  await expect.poll(() => azure.requests()).toHaveLength(2);
  await clock.advance(1_000);
  expect(Number.parseFloat((await second).utilisation ?? '')).toBeGreaterThan(60);
  await first;
  const third = post({ tokens: 1 });
  await expect.poll(() => azure.requests()).toHaveLength(3);
  await clock.advance(1_000);
  expect(Number.parseFloat((await third).utilisation ?? '')).toBeLessThan(20);
});
