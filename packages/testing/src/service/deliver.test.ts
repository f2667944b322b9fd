import { defineConfig } from '@aoai/config';
import { afterEach, expect, test } from 'vitest';
import { manualClock, type ManualClock } from '../clock.ts';
import type { Fault } from '../script/fault.ts';
import { neverAnswers } from '../script/connection-faults.ts';
import { respondWith } from '../script/respond-with.ts';
import { startMockAzure, type MockAzure, type MockAzureOptions } from '../start-mock-azure.ts';

const config = defineConfig({
  resources: { main: { endpoint: 'https://contoso.openai.azure.com' } },
  deployments: {
    ptu: {
      resource: 'main',
      deployment: 'ptu',
      model: 'gpt-4.1',
      sku: 'GlobalProvisionedManaged',
      limits: { ptu: 10 },
    },
  },
});

let azure: MockAzure<'ptu'>;
let clock: ManualClock;

async function start(options: MockAzureOptions<'ptu'> = {}): Promise<void> {
  clock = manualClock(1_000_000);
  azure = await startMockAzure<'ptu'>({ config, clock, ...options });
}

afterEach(async () => azure.close());

const post = async (body: object = {}, init: RequestInit = {}) =>
  fetch(`${azure.endpoint}/openai/v1/chat/completions`, {
    method: 'POST',
    headers: { 'api-key': azure.apiKey, 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'ptu', messages: [{ role: 'user', content: 'Hi' }], ...body }),
    ...init,
  });

/** What the journal has of the first answer. */
const kept = () => {
  const { outcome, finishedAtMs, status } = azure.requests()[0]?.response ?? {};
  return [outcome, finishedAtMs, status];
};

/** The share of the purchased throughput that is in use, in percent. */
const utilisation = async () =>
  Number.parseFloat((await post({ max_tokens: 0 })).headers.get('azure-openai-deployment-utilization') ?? '');

test('an answer is finished when its last byte is out, and not when it is decided', async () => {
  await start({ latency: { firstTokenMs: 1_000, tokensPerSecond: 100 } });
  azure.reply('ptu', { chunks: ['One ', 'two ', 'three.'] });
  const answer = post({ stream: true }).then(async (response) => response.text());
  await expect.poll(() => azure.requests()[0]?.response?.status).toBe(200);
  await clock.advance(1_020);
  expect(kept()).toEqual(['pending', undefined, 200]);
  await clock.advance(40);
  expect(await answer).toContain('[DONE]');
  await expect.poll(kept).toEqual(['answered', 1_001_060, 200]);
});

test('a caller that leaves in the middle has used what its answer costs, and no estimate stays behind', async () => {
  await start({ latency: { tokensPerSecond: 1 } });
  azure.reply('ptu', {
    chunks: Array.from({ length: 100 }, () => 'word '),
    usage: { promptTokens: 3_000, completionTokens: 0 },
  });
  const controller = new AbortController();
  const { body } = await post({ stream: true, max_tokens: 5_000 }, { signal: controller.signal });
  await body?.getReader().read();
  azure.reply('ptu', ['a', 'b']);
  // An estimate of 5,000 tokens of output counts 20,000, and ten units are 30,000 a minute.
  expect(await utilisation()).toBeGreaterThan(60);
  controller.abort();
  await expect.poll(() => kept()[0]).toBe('abandoned');
  expect(kept()).toEqual(['abandoned', 1_000_000, 200]);
  expect(await utilisation()).toBeLessThan(12);
});

test('a caller that leaves before its answer comes is abandoned, and the mock closes all the same', async () => {
  await start();
  azure.fail('ptu', neverAnswers());
  const controller = new AbortController();
  const asked = post({}, { signal: controller.signal });
  await expect.poll(() => azure.requests()).toHaveLength(1);
  expect(kept()[0]).toBe('pending');
  controller.abort();
  await expect(asked).rejects.toThrow('aborted');
  await expect.poll(() => kept()[0]).toBe('abandoned');
});

test.each<[string, Fault]>([
  [
    'whole',
    {
      name: 'change',
      intervention: () => ({ change: (given) => ({ ...given, kind: 'json', text: '{"a":"é"}' }) }),
    },
  ],
  ['given', respondWith({ body: '{"a":"é"}' })],
])('what a script writes is counted by its bytes: %s', async (_, fault) => {
  await start();
  azure.fail('ptu', fault);
  const response = await post();
  expect([response.headers.get('content-length'), await response.text()]).toEqual(['10', '{"a":"é"}']);
});

test.each<[string, () => void, string]>([
  [
    'an answer that throws',
    () => {
      azure.reply('ptu', () => {
        throw new Error('The script is wrong.');
      });
    },
    'The script is wrong.',
  ],
  [
    'an answer that is rejected',
    () => {
      azure.reply('ptu', async () => Promise.reject(new Error('The script is wrong.')));
    },
    'The script is wrong.',
  ],
  [
    'a header that no answer can have',
    () => {
      azure.fail('ptu', respondWith({ headers: { 'a b': 'c' } }));
    },
    'a b',
  ],
])('a script with %s is reported to the caller as a failure of the service', async (_, script, words) => {
  await start();
  script();
  const response = await post();
  const { error } = (await response.json()) as { error: { innererror: { message: string } } };
  expect([response.status, error]).toMatchObject([
    500,
    {
      type: 'server_error',
      innererror: { code: 'MockFailure', message: expect.stringContaining(words) as string },
    },
  ]);
  await expect.poll(() => kept()[0]).toBe('answered');
  expect((await post()).status).toBe(200);
});

test('an answer in a script that fails has used nothing', async () => {
  await start();
  azure.reply('ptu', () => {
    throw new Error('The script is wrong.');
  });
  expect((await post({ max_tokens: 5_000 })).status).toBe(500);
  expect(await utilisation()).toBeLessThan(2);
});

test('a pace of a fault goes before the latency of the mock', async () => {
  await start({ latency: { firstTokenMs: 60_000 } });
  azure.fail('ptu', { name: 'quick', intervention: () => ({ pace: { firstMs: 10, nextMs: () => 0 } }) });
  const answer = post();
  await expect.poll(() => azure.requests()).toHaveLength(1);
  await clock.advance(10);
  expect((await answer).status).toBe(200);
});
