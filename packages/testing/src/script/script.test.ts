import type { Config } from '@aoai/config';
import type OpenAI from 'openai';
import { afterEach, describe, expect, test } from 'vitest';
import { manualClock } from '../clock.ts';
import { startMockAzure, type MockAzure, type MockAzureOptions } from '../start-mock-azure.ts';
import { errorInStream, malformedJson } from './body-faults.ts';
import {
  cutMidStream,
  neverAnswers,
  refused,
  reset,
  slow,
  truncated,
  wrongContentLength,
} from './connection-faults.ts';
import { UnconsumedRepliesError, UnexpectedRequestError } from './errors.ts';
import type { Fault } from './fault.ts';
import { firewalled, keysDisabled, permissionDenied, unauthorized, wrongTenant } from './identity-faults.ts';
import { respondWith } from './respond-with.ts';
import {
  contextLengthExceeded,
  deploymentNotFound,
  failedDependency,
  modelRetired,
  notInRegion,
  operationTimeout,
  serverError,
  unavailable,
} from './service-faults.ts';
import { highDemand, rateLimited, type RateLimitedOptions } from './throttling.ts';

type Name = 'ptu' | 'standard' | 'chat';

const deployment = { resource: 'sweden', model: 'gpt-4.1', sku: 'GlobalStandard', limits: {}, tags: {} };

const config: Config<Name> = {
  names: ['ptu', 'standard', 'chat'],
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
    ptu: { ...deployment, deployment: 'gpt-4.1-ptu' },
    standard: { ...deployment, deployment: 'gpt-4.1' },
  },
  pools: { chat: [[{ deployment: 'ptu', weight: 1 }], [{ deployment: 'standard', weight: 1 }]] },
  policy: {},
};

let azure: MockAzure<Name>;

async function start(options: MockAzureOptions<Name> = {}): Promise<void> {
  azure = await startMockAzure<Name>({ config, ...options });
}

afterEach(async () => {
  await azure.close();
});

function post(
  body: object = {},
  { model = 'gpt-4.1-ptu', signal }: { model?: string; signal?: AbortSignal } = {},
) {
  return fetch(`${azure.endpoint}/openai/v1/chat/completions`, {
    method: 'POST',
    headers: { 'api-key': azure.apiKey, 'content-type': 'application/json' },
    body: JSON.stringify({ model, messages: [{ role: 'user', content: 'Hi' }], ...body }),
    ...(signal && { signal }),
  });
}

async function say(model = 'gpt-4.1-ptu', content = 'Hi'): Promise<string | null | undefined> {
  const response = await post({ messages: [{ role: 'user', content }] }, { model });
  const answer = (await response.json()) as OpenAI.ChatCompletion;
  return answer.choices[0]?.message.content;
}

describe('reply', () => {
  test('answers once, and then the mock speaks for itself again', async () => {
    await start();
    azure.reply('ptu', 'Hello');
    expect(await say()).toBe('Hello');
    expect(await say()).not.toBe('Hello');
  });

  test('a list is a sequence, and further replies queue up behind it', async () => {
    await start();
    azure.reply('ptu', ['one', 'two']);
    azure.reply('ptu', 'three', { times: 2 });
    expect([await say(), await say(), await say(), await say()]).toEqual(['one', 'two', 'three', 'three']);
  });

  test('a pool answers for its deployments, and a deployment for itself first', async () => {
    await start();
    azure.reply('chat', ['pool', 'pool again']);
    azure.reply('standard', 'standard');
    expect([await say('gpt-4.1'), await say('gpt-4.1'), await say('gpt-4.1-ptu')]).toEqual([
      'standard',
      'pool',
      'pool again',
    ]);
  });

  test('a function sees the request, and may take its time', async () => {
    await start();
    azure.reply('ptu', (request) => `You said ${request.prompt}`);
    azure.reply('ptu', async ({ number }) => Promise.resolve(`This was request ${number}`));
    expect(await say('gpt-4.1-ptu', 'Hello')).toBe('You said Hello');
    expect(await say()).toBe('This was request 2');
  });

  test('JSON, chunks and whole answers arrive as given', async () => {
    await start();
    azure.reply('ptu', [
      { json: { answer: 42 } },
      { chunks: ['Hel', 'lo'] },
      respondWith({ status: 418, body: { teapot: true } }),
    ]);
    expect(await say()).toBe('{"answer":42}');
    const text = await (await post({ stream: true })).text();
    expect(text).toContain('"content":"Hel"');
    expect(text).toContain('"content":"lo"');
    const raw = await post();
    expect([raw.status, await raw.json()]).toEqual([418, { teapot: true }]);
  });

  test('a sequence may contain a fault', async () => {
    await start();
    azure.reply('ptu', ['one', serverError(), 'two']);
    expect(await say()).toBe('one');
    expect((await post()).status).toBe(500);
    expect(await say()).toBe('two');
  });

  test('a request that is refused does not use up its reply', async () => {
    await start();
    azure.reply('ptu', 'Hello');
    expect((await post({}, { model: 'no-such-deployment' })).status).toBe(404);
    expect(await say()).toBe('Hello');
  });

  test('refuses names, parts and counts that mean nothing', async () => {
    await start();
    expect(() => {
      azure.reply('chatt' as Name, 'x');
    }).toThrow(
      new RangeError('Cannot script "chatt": not in this config. Known names: "ptu", "standard", "chat".'),
    );
    expect(() => {
      azure.reply('ptu', { txt: 'x' } as object);
    }).toThrow('`txt` is not part of one');
    expect(() => {
      azure.reply('ptu', 'x', { times: 0 });
    }).toThrow('`times` is 0');
    expect(() => {
      azure.fail('ptu', serverError(), { rate: 2 });
    }).toThrow('`rate` is 2');
  });
});

describe('fail', () => {
  test.each<[string, Fault, number, string]>([
    ['serverError', serverError(), 500, '"type":"server_error"'],
    [
      'serverError of the gateway',
      serverError({ from: 'gateway' }),
      500,
      '{ "statusCode": 500, "message": "Internal server error"',
    ],
    ['unavailable', unavailable(), 503, 'no healthy upstream'],
    ['operationTimeout', operationTimeout(), 408, '"code":"Timeout"'],
    ['contextLengthExceeded', contextLengthExceeded(), 400, 'context_length_exceeded'],
    ['deploymentNotFound', deploymentNotFound(), 404, '"code":"DeploymentNotFound"'],
    ['notInRegion', notInRegion(), 404, '"code":"NotFound","message":"Responses API is not enabled'],
    ['modelRetired', modelRetired(), 404, '{"error":{"code":"404","message": "Resource not found"}}'],
    ['modelRetired with 400', modelRetired({ status: 400 }), 400, 'specified model, gpt-4.1. Please choose'],
    ['failedDependency', failedDependency(), 424, 'The model failed with status 429.'],
    ['unauthorized', unauthorized(), 401, 'invalid subscription key'],
    ['permissionDenied', permissionDenied(), 401, 'Principal does not have access'],
    ['keysDisabled', keysDisabled(), 403, 'AuthenticationTypeDisabled'],
    ['wrongTenant', wrongTenant(), 400, 'does not match resource tenant'],
    ['firewalled', firewalled(), 403, 'Virtual Network/Firewall rules'],
    ['behind a private endpoint', firewalled({ privateEndpoint: true }), 403, 'configure private endpoint'],
    ['highDemand', highDemand(), 429, 'Please retry after 20 seconds'],
  ])('%s is answered in the words of Azure, and then it is over', async (_name, fault, status, words) => {
    await start();
    azure.fail('ptu', fault);
    const response = await post();
    expect(response.status).toBe(status);
    expect(await response.text()).toContain(words);
    expect(response.headers.get('apim-request-id')).toMatch(/^[0-9a-f-]{36}$/);
    expect((await post()).status).toBe(200);
  });

  const hints = ['retry-after', 'retry-after-ms', 'x-ms-retry-after-ms', 'x-ratelimit-reset-tokens'];
  test.each<[RateLimitedOptions, (string | null)[], string]>([
    [{ retryAfterMs: 300 }, ['1', '300', null, null], 'retry after 1 second.'],
    [{ retryAfter: 2 }, ['2', null, null, null], 'retry after 2 seconds.'],
    [{ retryAfter: 61 }, ['61', null, null, null], 'retry after 61 seconds.'],
    [{ retryAfter: 86_400 }, ['86400', null, null, null], 'retry after 86400 seconds.'],
    [{ retryAfterMs: 300, hints: ['x-ms-retry-after-ms'] }, [null, null, '300', null], 'high demand'],
    [{ retryAfterMs: 5_000, hints: ['x-ratelimit-reset-tokens'] }, [null, null, null, '5'], 'high demand'],
    [
      { retryAfterMs: 5_000, hints: ['message'], era: '2024' },
      [null, null, null, null],
      'Please retry after 5 seconds. Please go here',
    ],
    [{ hints: [] }, [null, null, null, null], 'high demand'],
    [
      { retryAfter: 'Sun, 22 Nov 2099 12:00:00 GMT' },
      ['Sun, 22 Nov 2099 12:00:00 GMT', null, null, null],
      'retry after',
    ],
    [{ message: 'Slow down.' }, ['1', '1000', null, null], 'Slow down.'],
  ])('rateLimited(%j) names the time in these places only', async (options, values, words) => {
    await start();
    azure.fail('ptu', rateLimited(options));
    const response = await post();
    expect(response.status).toBe(429);
    expect(hints.map((name) => response.headers.get(name))).toEqual(values);
    expect(await response.text()).toContain(words);
  });

  test('failedDependency names the status behind it in a header', async () => {
    await start();
    azure.fail('ptu', failedDependency({ status: 503 }));
    expect((await post()).headers.get('ms-azureml-model-error-statuscode')).toBe('503');
  });

  test('modelRetired has two forms and no other', () => {
    expect(() => modelRetired({ status: 410 as 404 })).toThrow('`status` is 410. Give 404 or 400.');
  });

  test('refuses a wait that is none', () => {
    expect(() => rateLimited({ retryAfter: 'soon' })).toThrow('`retryAfter` is "soon"');
    expect(() => rateLimited({ retryAfterMs: -1 })).toThrow('`retryAfterMs` is -1');
  });

  test('strikes as often as asked, at a rate drawn from the seed, and everywhere with *', async () => {
    await start({ seed: 3 });
    azure.fail('ptu', serverError(), { times: 2 });
    expect([(await post()).status, (await post()).status, (await post()).status]).toEqual([500, 500, 200]);
    azure.fail('*', unavailable(), { rate: 0.5 });
    const statuses: number[] = [];
    for (let call = 0; call < 20; call += 1) statuses.push((await post({}, { model: 'gpt-4.1' })).status);
    const struck = statuses.filter((status) => status === 503).length;
    expect(struck).toBeGreaterThan(4);
    expect(struck).toBeLessThan(16);
  });

  test('does not use up quota or replies', async () => {
    await start();
    azure.reply('ptu', 'Hello');
    azure.fail('ptu', serverError());
    expect((await post()).status).toBe(500);
    expect(await say()).toBe('Hello');
  });

  test('reset ends the connection before any answer', async () => {
    await start();
    azure.fail('ptu', reset());
    await expect(post()).rejects.toThrow('fetch failed');
  });

  test('refused closes the port until its time is over, or until reset', async () => {
    const clock = manualClock();
    await start({ clock });
    azure.fail('chat', refused({ forMs: 1_000 }));
    await expect(post()).rejects.toMatchObject({ cause: { code: 'ECONNREFUSED' } });
    await clock.advance(1_000);
    await expect.poll(async () => (await post().catch(() => undefined))?.status).toBe(200);
    azure.fail('*', refused());
    await expect(post()).rejects.toThrow('fetch failed');
    azure.reset();
    await expect.poll(async () => (await post().catch(() => undefined))?.status).toBe(200);
    azure.fail('*', refused({ forMs: 1_000 }));
  });

  test('neverAnswers holds the connection until somebody gives up', async () => {
    await start();
    azure.fail('ptu', neverAnswers());
    const controller = new AbortController();
    const waiting = post({}, { signal: controller.signal });
    await expect.poll(() => azure.requests('ptu')).toHaveLength(1);
    controller.abort(new Error('enough'));
    await expect(waiting).rejects.toThrow('enough');
    await expect.poll(() => azure.requests('ptu')[0]?.response?.outcome).toBe('abandoned');
  });

  test('slow takes the time of the clock', async () => {
    const clock = manualClock();
    await start({ clock });
    azure.fail('ptu', slow({ delayMs: 60_000 }));
    let isAnswered = false;
    const answer = post().then((response) => {
      isAnswered = true;
      return response.status;
    });
    await expect.poll(() => azure.requests('ptu')).toHaveLength(1);
    await clock.advance(59_999);
    expect(isAnswered).toBe(false);
    await clock.advance(1);
    expect(await answer).toBe(200);
  });

  test('cutMidStream breaks off with an error, truncated without one', async () => {
    await start();
    azure.reply('ptu', { chunks: ['one ', 'two ', 'three ', 'four '] }, { times: 2 });
    azure.fail('ptu', cutMidStream({ afterChunks: 4 }));
    const cut = await post({ stream: true });
    await expect(cut.text()).rejects.toThrow('terminated');
    azure.fail('ptu', truncated({ afterChunks: 4 }));
    const text = await (await post({ stream: true })).text();
    expect(text).toContain('two ');
    expect(text).not.toContain('three ');
    expect(text).not.toContain('"finish_reason":"');
    expect(text).not.toContain('[DONE]');
  });

  test('truncated never reaches the event that says that the answer is complete', async () => {
    await start();
    azure.fail('ptu', truncated({ afterChunks: 1_000 }));
    expect(await (await post({ stream: true })).text()).not.toMatch(/"finish_reason":"|\[DONE\]/);
  });

  test.each([false, true])('malformedJson is not JSON (stream: %s)', async (stream) => {
    await start();
    azure.fail('ptu', malformedJson());
    const response = await post({ stream });
    expect(response.status).toBe(200);
    const text = await response.text();
    const documents = stream
      ? text
          .split('\n\n')
          .filter((line) => line.startsWith('data: {'))
          .map((line) => line.slice(6))
      : [text];
    expect(() => {
      documents.forEach((document) => {
        JSON.parse(document);
      });
    }).toThrow(SyntaxError);
  });

  test('wrongContentLength promises more than it sends', async () => {
    await start();
    azure.fail('ptu', wrongContentLength());
    const response = await post();
    await expect(response.text()).rejects.toThrow('terminated');
  });

  test.each([
    [{ code: 429 }, { error: { code: 429, type: 'too_many_requests' } }],
    [
      { code: 500, choices: [] },
      { error: { code: 500, type: 'server_error' }, choices: [] },
    ],
    [{ choices: null }, { error: { code: 'server_error' }, choices: null }],
  ])('errorInStream(%j) reports it in this shape', async (options, shape) => {
    await start();
    azure.fail('ptu', errorInStream({ afterChunks: 1, ...options }));
    const response = await post({ stream: true });
    const last = (await response.text()).trimEnd().split('\n\n').at(-1) ?? '';
    expect(JSON.parse(last.replace('data: ', ''))).toMatchObject(shape);
  });

  test('errorInStream reports an error inside a 200', async () => {
    await start();
    azure.fail('ptu', errorInStream(), { times: 2 });
    const text = await (await post({ stream: true })).text();
    expect(text.split('\n\n').at(-2)).toContain('data: {"error":{"code":"server_error"');
    expect((await post()).status).toBe(500);
  });
});

describe('assertConsumed', () => {
  test('names what was scripted and never asked for', async () => {
    await start();
    azure.reply('chat', 'Hello', { times: 2 });
    azure.reply('ptu', { toolCalls: [{ name: 'weather', arguments: { city: 'Oslo' } }] });
    azure.fail('standard', rateLimited());
    azure.fail('standard', unavailable(), { rate: 0.1 });
    expect(() => {
      azure.assertConsumed();
    }).toThrow(UnconsumedRepliesError);
    expect(() => {
      azure.assertConsumed();
    }).toThrow(
      'Scripted but never asked for:\n' +
        '  "chat": "Hello" (2 times)\n' +
        '  "ptu": {"toolCalls":[{"name":"weather","arguments":{"city":"Oslo"}}]}\n' +
        '  "standard": the fault rateLimited\n' +
        'Send the requests that they wait for, or remove them.',
    );
    azure.reset();
    azure.assertConsumed();
  });

  test('names the request that a strict mock did not expect', async () => {
    await start({ strict: true });
    azure.reply('ptu', 'Hello');
    expect(await say()).toBe('Hello');
    azure.assertConsumed();
    const surprise = await post();
    expect([surprise.status, await surprise.text()]).toEqual([
      400,
      expect.stringContaining('Nothing is scripted for'),
    ]);
    expect(() => {
      azure.assertConsumed();
    }).toThrow(UnexpectedRequestError);
    expect(() => {
      azure.assertConsumed();
    }).toThrow(
      /^POST \/openai\/v1\/chat\/completions was not expected: nothing is scripted for "ptu", .*`azure.reply\("ptu", …\)`, or start the mock without `strict`\.$/,
    );
  });
});
