import type { Config } from '@aoai/config';
import { afterEach, expect, test } from 'vitest';
import { rateLimited } from '../script/throttling.ts';
import { contextLengthExceeded, serverError } from '../script/service-faults.ts';
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

async function post({ header, content = 'Hi' }: { header?: string; content?: string } = {}) {
  const response = await fetch(`${azure.endpoint}/openai/v1/chat/completions`, {
    method: 'POST',
    headers: {
      'api-key': azure.apiKey,
      'content-type': 'application/json',
      ...(header !== undefined && { 'x-ms-spillover-deployment': header }),
    },
    body: JSON.stringify({ model: 'gpt-4.1-ptu', messages: [{ role: 'user', content }], max_tokens: 5_000 }),
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

test('utilisation is a header of every answer, and 429 says when to come back', async () => {
  await start();
  azure.reply('ptu', { text: 'Hello', usage: { promptTokens: 3_300, completionTokens: 0 } });
  expect((await post()).utilisation).not.toBeNull();
  expect(await post()).toMatchObject({ status: 429, utilisation: '110.0%' });
});
