import type { Config } from '@aoai/config';
import { afterEach, describe, expect, test } from 'vitest';
import { manualClock, type ManualClock } from '../clock.ts';
import { keysDisabled, unauthorized } from '../script/identity-faults.ts';
import { rateLimited, type RateLimitedOptions } from '../script/throttling.ts';
import { startMockAzure, type MockAzure, type MockAzureOptions } from '../start-mock-azure.ts';
import { contextLengthExceeded, deploymentNotFound, unavailable } from '../script/service-faults.ts';

let azure: MockAzure;
let clock: ManualClock;

async function start(options: MockAzureOptions = {}): Promise<void> {
  clock = manualClock();
  azure = await startMockAzure({ clock, ...options });
}

afterEach(async () => {
  await azure.close();
});

interface Sent {
  readonly headers?: Record<string, string>;
  readonly model?: string;
  readonly content?: string;
  readonly path?: string;
  /** @default true */
  readonly hasKey?: boolean;
}

async function send({
  hasKey = true,
  headers = {},
  model = 'gpt-4.1',
  content = 'Hi',
  path,
}: Sent = {}): Promise<number> {
  const before = azure.requests().length;
  const response = await fetch(`${azure.endpoint}${path ?? '/openai/v1/chat/completions'}`, {
    method: 'POST',
    headers: { ...(hasKey && { 'api-key': azure.apiKey }), 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ model, messages: [{ role: 'user', content }] }),
  });
  await response.text();
  await expect.poll(() => azure.requests()[before]?.response?.outcome).toBe('answered');
  return response.status;
}

const rules = () => azure.verdict().map(({ rule, requests }) => [rule, ...requests]);

test('a caller that does nothing wrong gets an empty verdict', async () => {
  await start();
  azure.fail('gpt-4.1', rateLimited({ retryAfterMs: 300 }));
  await send();
  await clock.advance(300);
  await send();
  await send({ content: 'Something else' });
  expect(azure.verdict()).toEqual([]);
});

describe('a hint', () => {
  test.each<[RateLimitedOptions, number, string]>([
    [{ retryAfterMs: 300 }, 294, '300 ms (`retry-after-ms`)'],
    [{ retryAfter: 2 }, 1_500, '2 s (`retry-after`)'],
    [{ retryAfterMs: 300, hints: ['x-ms-retry-after-ms'] }, 200, '300 ms (`x-ms-retry-after-ms`)'],
    [{ retryAfterMs: 5_000, hints: ['x-ratelimit-reset-tokens'] }, 1_000, '5 s (`x-ratelimit-reset-tokens`)'],
    [{ retryAfter: 86_400 }, 1_000, '86400 s (`retry-after`)'],
  ])('of %j must be waited for', async (options, waitedMs, asked) => {
    await start();
    azure.fail('gpt-4.1', rateLimited(options));
    await send();
    await clock.advance(waitedMs);
    await send();
    expect(azure.verdict()).toMatchObject([
      {
        rule: 'retried-early',
        requests: [1, 2],
        message: expect.stringContaining(`had asked for ${asked}`) as string,
      },
    ]);
  });

  test('of a 503 counts as well', async () => {
    await start();
    azure.fail('gpt-4.1', unavailable({ retryAfterMs: 1_000 }));
    await send();
    await send();
    expect(rules()).toEqual([['retried-early', 1, 2]]);
  });

  test('cannot be obeyed by calls that were sent together with the one that got it', async () => {
    await start();
    azure.fail('gpt-4.1', rateLimited({ retryAfter: 31 }), { times: 20 });
    const headers = { 'x-stainless-retry-count': '0' };
    await Promise.all(
      Array.from({ length: 20 }, (_, number) => send({ headers, content: `Call ${number}` })),
    );
    expect(azure.verdict()).toEqual([]);
    await clock.advance(100);
    await send({ headers, content: 'Call 20' });
    expect(azure.verdict()).toMatchObject([{ rule: 'ignored-park' }]);
  });

  test('must be waited for by the retry of an SDK, however soon it comes', async () => {
    await start();
    azure.fail('gpt-4.1', rateLimited({ retryAfter: 31 }));
    await send({ headers: { 'x-stainless-retry-count': '0' } });
    await send({ headers: { 'x-stainless-retry-count': '1' } });
    expect(rules()).toEqual([['retried-early', 1, 2]]);
  });

  test('of another call of the same bytes is not that of the retry', async () => {
    await start();
    const counted = (count: number) => ({ headers: { 'x-stainless-retry-count': String(count) } });
    azure.fail('gpt-4.1', rateLimited({ retryAfterMs: 50 }), { times: 2 });
    await send(counted(0));
    await clock.advance(30);
    await send(counted(0));
    await clock.advance(20);
    await send(counted(1));
    expect(azure.verdict()).toEqual([]);
  });

  test('parks the deployment for other calls too, and no other deployment', async () => {
    await start();
    azure.fail('gpt-4.1', rateLimited({ retryAfter: 31 }));
    await send();
    await send({ model: 'gpt-5' });
    await clock.advance(1_000);
    await send({ content: 'Another call' });
    expect(azure.verdict()).toEqual([
      {
        rule: 'ignored-park',
        requests: [1, 3],
        message:
          'Request 3 was sent to "gpt-4.1" 1 s after request 1 was refused there: it had asked for 31 s (`retry-after`). Do not call it before.',
      },
    ]);
  });
});

describe('an answer that is final', () => {
  test('is not asked for again', async () => {
    await start();
    azure.fail('gpt-4.1', contextLengthExceeded());
    await send();
    await send({ content: 'Shorter' });
    await send();
    expect(azure.verdict()).toEqual([
      {
        rule: 'retried-final',
        requests: [1, 3],
        message:
          'Request 3 repeats request 1, which was answered 400: that answer is final. Do not retry it.',
      },
    ]);
  });

  test.each([
    [{ 'x-ms-client-request-id': 'a' }, { 'x-ms-client-request-id': 'b' }, 0],
    [{ 'x-ms-client-request-id': 'a' }, { 'x-ms-client-request-id': 'a' }, 1],
    [{ 'x-stainless-retry-count': '0' }, { 'x-stainless-retry-count': '0' }, 0],
    [{ 'x-stainless-retry-count': '0' }, { 'x-stainless-retry-count': '1' }, 1],
  ])('headers %j and %j tell a new call from a retry', async (first, second, findings) => {
    await start();
    azure.fail('gpt-4.1', contextLengthExceeded());
    await send({ headers: first });
    await clock.advance(100);
    await send({ headers: second });
    expect(azure.verdict()).toHaveLength(findings);
  });

  test.each([
    ['v1', (_: string) => '/openai/v1/chat/completions'],
    ['dated', (model: string) => `/openai/deployments/${model}/chat/completions?api-version=2024-10-21`],
  ])('is not final for another deployment of the same resource, on %s', async (_, path) => {
    await start();
    const headers = { 'x-ms-client-request-id': 'one call' };
    azure.fail('gpt-4.1', deploymentNotFound());
    await send({ headers, path: path('gpt-4.1') });
    await send({ headers, path: path('gpt-4.1-mini'), model: 'gpt-4.1-mini' });
    expect(azure.verdict()).toEqual([]);
    azure.fail('gpt-4.1-mini', deploymentNotFound(), { times: 2 });
    await send({ headers, path: path('gpt-4.1-mini'), model: 'gpt-4.1-mini' });
    await send({ headers, path: path('gpt-4.1-mini'), model: 'gpt-4.1-mini' });
    expect(rules()).toEqual([['retried-final', 3, 4]]);
  });

  test('is not final for a deployment that follows one which does not exist', async () => {
    await start();
    const headers = { 'x-ms-client-request-id': 'one call' };
    await send({ headers, model: 'nope' });
    await send({ headers, model: 'neither' });
    await send({ headers });
    expect(rules()).toEqual([
      ['unknown-deployment', 1],
      ['unknown-deployment', 2],
    ]);
    await send({ headers, model: 'neither' });
    expect(rules().at(-1)).toEqual(['retried-final', 2, 4]);
  });

  test('is not final for a body that was corrected, nor for another api-version', async () => {
    await start();
    const headers = { 'x-ms-client-request-id': 'one call' };
    azure.fail('gpt-4.1', contextLengthExceeded());
    await send({ headers, content: 'Too long' });
    await send({ headers, content: 'Shorter' });
    azure.fail('gpt-4.1', deploymentNotFound());
    const path = '/openai/deployments/gpt-4.1/chat/completions?api-version=';
    await send({ headers, path: `${path}2024-10-21` });
    await send({ headers, path: `${path}2025-04-01-preview` });
    expect(azure.verdict()).toEqual([]);
  });

  test('a 401 may be tried again with another credential only', async () => {
    await start();
    azure.fail('gpt-4.1', unauthorized());
    await send();
    await send({ headers: { 'api-key': 'another key' } });
    expect(azure.verdict()).toEqual([]);
    await send({ headers: { 'api-key': 'another key' } });
    expect(rules()).toEqual([['retried-final', 2, 3]]);
  });
});

test('where keys are forbidden, a token may be tried, and then a 403 is final', async () => {
  await start();
  const asToken = async () => {
    const { token } = await azure.credential().getToken('https://ai.azure.com/.default');
    return { headers: { authorization: `Bearer ${token}` }, hasKey: false };
  };
  azure.fail('gpt-4.1', keysDisabled(), { times: 3 });
  await send();
  await send(await asToken());
  expect(azure.verdict()).toEqual([]);
  await send(await asToken());
  expect(rules()).toEqual([['retried-final', 2, 3]]);
});

test.each<[string, string, string]>([
  ['/openai/deployments/gpt-4.1/chat/completions', 'missing-api-version', 'has no `api-version`'],
  [
    '/openai/deployments/gpt-4.1/chat/completions?api-version=2099-01-01',
    'unknown-api-version',
    '"2099-01-01"',
  ],
  ['/openai/v1/chat/completions?api-version=2024-10-21', 'unknown-api-version', '"2024-10-21"'],
  ['/openai/chat/completion', 'unknown-operation', 'POST /openai/chat/completion'],
  ['/openai/deployments/nope/chat/completions?api-version=2024-10-21', 'unknown-deployment', '"nope"'],
  ['/openai/v1/chat/completions?api-key=abc', 'credential-in-url', '`api-key` in its URL'],
])('%s is %s', async (path, rule, words) => {
  await start();
  await send({ path });
  expect(azure.verdict()).toMatchObject([
    { rule, requests: [1], message: expect.stringContaining(words) as string },
  ]);
});

test('a key is wrong where the policy forbids keys', async () => {
  const config: Config = {
    names: ['chat'],
    resources: {
      main: {
        endpoint: 'https://contoso.openai.azure.com',
        basePath: '',
        api: 'v1',
        cloud: 'public',
        keyHeader: 'api-key',
        tags: {},
      },
    },
    deployments: {
      chat: {
        resource: 'main',
        deployment: 'gpt-4.1',
        model: 'gpt-4.1',
        sku: 'GlobalStandard',
        limits: {},
        tags: {},
      },
    },
    pools: {},
    policy: { apiKeys: 'forbid' },
  };
  await start({ config });
  await send();
  expect(azure.verdict()).toMatchObject([{ rule: 'key-forbidden' }]);
});
