import { defineConfig } from '@aoai/config';
import OpenAI from 'openai';
import { afterEach, expect, test } from 'vitest';
import { manualClock, type ManualClock } from '../clock.ts';
import { rateLimited } from '../script/throttling.ts';
import { startMockAzure, type MockAzure, type MockAzureOptions } from '../start-mock-azure.ts';

const resources = { sweden: { endpoint: 'https://contoso.openai.azure.com', region: 'swedencentral' } };

function configWith(limits: { readonly tpm?: number; readonly rpm?: number }) {
  return defineConfig({
    resources,
    deployments: {
      chat: { resource: 'sweden', deployment: 'my-chat', model: 'gpt-4.1', sku: 'DataZoneStandard', limits },
    },
  });
}

let azure: MockAzure;

afterEach(async () => {
  await azure.close();
});

async function ask(body: object = {}): Promise<Response> {
  return fetch(`${azure.endpoint}/openai/deployments/my-chat/chat/completions?api-version=2024-10-21`, {
    method: 'POST',
    headers: { 'api-key': azure.apiKey, 'content-type': 'application/json' },
    body: JSON.stringify({ messages: [{ role: 'user', content: 'Hi' }], ...body }),
  });
}

async function start(
  limits: { readonly tpm?: number; readonly rpm?: number },
  options: Pick<MockAzureOptions, 'headers'> = {},
): Promise<ManualClock> {
  const clock = manualClock();
  azure = await startMockAzure({ config: configWith(limits), clock, ...options });
  return clock;
}

test('a request is admitted by what it may cost, and refused in the words of Azure', async () => {
  const clock = await start({ tpm: 1_000 });
  const first = await ask({ max_tokens: 900 });
  expect(first.status).toBe(200);
  expect(Number(first.headers.get('x-ratelimit-remaining-tokens'))).toBeLessThan(100);
  await clock.advance(13_000);
  const second = await ask({ max_tokens: 900 });
  expect(second.status).toBe(429);
  expect([second.headers.get('retry-after'), second.headers.get('retry-after-ms')]).toEqual(['47', '47000']);
  expect(await second.json()).toEqual({
    error: {
      code: 'RateLimitReached',
      message:
        'Your requests to my-chat for gpt-4.1 in Sweden Central have exceeded the token rate limit for your current OpenAI S0 pricing tier. This request was for ChatCompletions_Create under Azure OpenAI API version 2024-10-21. Please retry after 47 seconds. To increase your default rate limit, visit: https://aka.ms/oai/quotaincrease.',
    },
  });
  await clock.advance(47_000);
  expect((await ask({ max_tokens: 900 })).status).toBe(200);
  expect(azure.verdict()).toEqual([]);
});

test('a request that may cost more than a minute has is told to come back in a day', async () => {
  await start({ tpm: 1_000 });
  const answer = await ask({ max_tokens: 1_500 });
  expect([answer.status, answer.headers.get('retry-after')]).toEqual([429, '86400']);
});

test('a mock of 2024 refuses in the words of then, by quota and by script', async () => {
  await start({ tpm: 1_000 }, { headers: '2024' });
  const words =
    'Requests to the ChatCompletions_Create Operation under Azure OpenAI API version 2024-10-21 have exceeded token rate limit of your current OpenAI S0 pricing tier.';
  const byQuota = await ask({ max_tokens: 1_500 });
  expect(await byQuota.json()).toMatchObject({
    error: { code: '429', message: expect.stringContaining(words) as string },
  });
  expect(
    Object.keys(Object.fromEntries(byQuota.headers)).filter((name) => name.includes('ratelimit')),
  ).toEqual(['x-ratelimit-remaining-requests', 'x-ratelimit-remaining-tokens']);
  azure.fail('chat', rateLimited());
  expect(await (await ask()).text()).toContain(words);
});

test.each<[string, object]>([
  ['the limit of the answer', { max_tokens: -500 }],
  ['the limit of the answer', { max_tokens: 'many' }],
  ['the number of answers', { n: 'x' }],
])('what is wrong with %s neither costs nor gives back tokens: %j', async (_, body) => {
  await start({ tpm: 1_000 });
  const wrong = await ask(body);
  expect(wrong.status).toBe(400);
  const left = Number(wrong.headers.get('x-ratelimit-remaining-tokens'));
  expect(left).toBeGreaterThan(950);
  expect(left).toBeLessThan(1_000);
});

test('a picture counts as one, and not by its bytes', async () => {
  await start({ tpm: 1_000 });
  const url = `data:image/png;base64,${'A'.repeat(100_000)}`;
  const content = [
    { type: 'text', text: 'What is this?' },
    { type: 'image_url', image_url: { url } },
  ];
  const answer = await ask({ messages: [{ role: 'user', content }] });
  expect(answer.status).toBe(200);
  expect(Number(answer.headers.get('x-ratelimit-remaining-tokens'))).toBeGreaterThan(800);
  expect((await ask({ messages: [{ role: 'user', content: 'word '.repeat(2_000) }] })).status).toBe(429);
});

test('each deployment has limits of its own, which the versions of the API share', async () => {
  const limits = { rpm: 6 };
  const deployment = { resource: 'sweden', model: 'gpt-4.1', sku: 'GlobalStandard', limits } as const;
  const config = defineConfig({
    resources,
    deployments: {
      chat: { ...deployment, deployment: 'my-chat' },
      other: { ...deployment, deployment: 'my-other' },
    },
  });
  azure = await startMockAzure({ config, clock: manualClock() });
  const onV1 = async (model: string) => {
    const { status } = await fetch(`${azure.endpoint}/openai/v1/chat/completions`, {
      method: 'POST',
      headers: { 'api-key': azure.apiKey, 'content-type': 'application/json' },
      body: JSON.stringify({ model, messages: [{ role: 'user', content: 'Hi' }] }),
    });
    return status;
  };
  expect([(await ask()).status, await onV1('my-chat')]).toEqual([200, 429]);
  expect([await onV1('my-other'), await onV1('my-other')]).toEqual([200, 429]);
});

test('a second refusal asks for what is left of the first wait, and no longer', async () => {
  const clock = await start({ rpm: 6 });
  const waits: (string | null)[] = [];
  for (const waitedMs of [0, 0, 4_000, 5_999]) {
    await clock.advance(waitedMs);
    const { headers } = await ask();
    waits.push(headers.get('retry-after-ms'));
  }
  expect(waits).toEqual([null, '10000', '6000', '1']);
  await clock.advance(1);
  expect((await ask()).status).toBe(200);
});

test('a refused request uses up neither replies nor tokens', async () => {
  const clock = await start({ rpm: 6 });
  azure.reply('chat', ['one', 'two']);
  expect(await (await ask()).text()).toContain('one');
  expect(await (await ask()).text()).toContain('exceeded the call rate limit');
  await clock.advance(10_000);
  expect(await (await ask()).text()).toContain('two');
  azure.assertConsumed();
});

test('the SDK waits as long as it is told, which a time scale makes short', async () => {
  azure = await startMockAzure({ config: configWith({ rpm: 6 }), timeScale: 20 });
  const client = new OpenAI({ baseURL: `${azure.endpoint}/openai/v1/`, apiKey: azure.apiKey });
  for (let call = 0; call < 3; call += 1) {
    await client.chat.completions.create({ model: 'my-chat', messages: [{ role: 'user', content: 'Hi' }] });
  }
  expect(azure.requests('chat').map(({ response }) => response?.status)).toEqual([200, 429, 200, 429, 200]);
  expect(azure.verdict()).toEqual([]);
});
