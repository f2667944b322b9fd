import { apiKey } from '@aoai/auth';
import type { Credential } from '@aoai/auth';
import {
  deploymentNotFound,
  neverAnswers,
  rateLimited,
  refused,
  reset,
  respondWith,
  serverError,
  slow,
  unavailable,
} from '@aoai/testing';
import OpenAI, { APIConnectionError, APIConnectionTimeoutError, APIUserAbortError, toFile } from 'openai';
import type { APIError } from 'openai';
import { afterEach, expect, test, vi } from 'vitest';
import { createClient } from '../src/client/create-client.ts';
import { DeadlineExceededError, PoolExhaustedError, ResidencyError } from '../src/errors.ts';
import { estate, messages, useEstate } from './estate.ts';
import { itemsOf } from './items-of.ts';

const fixture = useEstate();

afterEach(() => {
  vi.unstubAllEnvs();
});

test('a deployment that is not there yet is that target’s problem', async () => {
  fixture.mock.fail('chat-sweden', deploymentNotFound(), { times: Infinity });
  const azure = fixture.connect();
  await azure.chat.completions.create({ model: 'chat', messages });
  await azure.chat.completions.create({ model: 'chat', messages });
  expect(fixture.attempts()).toEqual(['chat-sweden', 'chat-france', 'chat-france']);
  await expect(
    fixture.connect({ deadlineMs: 500 }).chat.completions.create({ model: 'chat-sweden', messages }),
  ).rejects.toThrow(OpenAI.NotFoundError);
});

test('a request that the service finds wrong is final', async () => {
  const azure = fixture.connect();
  const call = azure.chat.completions.create({ model: 'chat', messages, temperature: 9 });
  await expect(call).rejects.toThrow(OpenAI.BadRequestError);
  expect(fixture.attempts()).toEqual(['chat-sweden']);
});

test.each([
  ['a reset', reset()],
  ['a connection that is refused', refused()],
  ['a 500', serverError()],
  ['a 503', unavailable()],
])('%s goes to the next deployment', async (_title, fault) => {
  fixture.mock.fail('chat-sweden', fault);
  const answer = await fixture.connect().chat.completions.create({ model: 'chat', messages });
  expect(answer.choices).toHaveLength(1);
  expect(fixture.attempts()).toEqual(['chat-sweden', 'chat-france']);
});

test('no answer from anybody is the SDK’s connection error', async () => {
  fixture.mock.fail('*', reset(), { times: Infinity });
  const call = fixture
    .connect({ retry: { maxRetries: 1 } })
    .chat.completions.create({ model: 'chat', messages });
  await expect(call).rejects.toThrow(APIConnectionError);
  expect(fixture.attempts()).toHaveLength(2);
});

test('an attempt that takes too long gives way to another one', async () => {
  fixture.mock.fail('chat-sweden', neverAnswers());
  await fixture.connect({ attemptTimeoutMs: 500 }).chat.completions.create({ model: 'chat', messages });
  expect(fixture.attempts()).toEqual(['chat-sweden', 'chat-france']);
});

test('the SDK’s own timeout is the time of an attempt', async () => {
  fixture.mock.fail('chat-sweden', neverAnswers());
  const call = fixture
    .connect({ retry: false })
    .chat.completions.create({ model: 'chat-sweden', messages }, { timeout: 80 });
  await expect(call).rejects.toThrow(APIConnectionTimeoutError);
});

test('the deadline ends the call, whatever is under way', async () => {
  fixture.mock.fail('*', neverAnswers(), { times: Infinity });
  const call = fixture.connect({ deadlineMs: 150 }).chat.completions.create({ model: 'chat', messages });
  await expect(call).rejects.toThrow(DeadlineExceededError);
  await expect(call).rejects.toMatchObject({ code: 'DEADLINE_EXCEEDED', deadlineMs: 150, attempts: 1 });
});

test('an abort ends the call at once, also while it waits', async () => {
  fixture.mock.fail('chat-sweden', rateLimited({ retryAfterMs: 5_000 }));
  const azure = fixture.connect();
  const controller = new AbortController();
  const call = azure.chat.completions.create(
    { model: 'chat-sweden', messages },
    { signal: controller.signal },
  );
  call.catch(() => undefined);
  await expect.poll(() => fixture.events.at(-1)?.type).toBe('call-waiting');
  controller.abort(new Error('gone'));
  await expect(call).rejects.toThrow(APIUserAbortError);
  expect(fixture.events.at(-1)).toMatchObject({ type: 'call-finished', outcome: 'aborted' });
});

test('calls that wait are served in the order in which they came', async () => {
  fixture.mock.fail('chat-sweden', rateLimited({ retryAfterMs: 150 }));
  const azure = fixture.connect();
  const order: number[] = [];
  await Promise.all(
    [0, 1, 2, 3, 4].map(async (place) => {
      // The first one learns of the wait; the others come while it waits.
      if (place > 0) await expect.poll(() => azure.status().waiting).toBe(place);
      await azure.chat.completions.create({ model: 'chat-sweden', messages });
      order.push(place);
    }),
  );
  const started = fixture.events.flatMap((event) => (event.type === 'attempt-started' ? [event.callId] : []));
  const came = fixture.events.flatMap((event) => (event.type === 'call-started' ? [event.callId] : []));
  expect([...new Set(started)]).toEqual(came);
  expect(order).toHaveLength(5);
  expect(fixture.mock.verdict()).toEqual([]);
});

test('no more retries than the call and the process have', async () => {
  fixture.mock.fail('*', serverError(), { times: Infinity });
  const azure = fixture.connect({
    retry: { maxRetries: 2, budgetReserve: 3, initialDelayMs: 1 },
    circuit: false,
  });
  const attempt = () => azure.chat.completions.create({ model: 'chat', messages }).catch(() => undefined);
  await attempt();
  expect(fixture.attempts()).toHaveLength(3);
  await attempt();
  expect(fixture.attempts()).toHaveLength(5);
  await attempt();
  expect(fixture.attempts()).toHaveLength(6);
});

test('a circuit opens, and one probe closes it', async () => {
  fixture.mock.fail('chat-sweden', serverError(), { times: 2 });
  let nowMs = Date.now();
  const azure = fixture.connect({
    circuit: { failures: 2, window: 4, openMs: 60_000 },
    now: () => nowMs,
    deadlineMs: 600_000,
  });
  for (let call = 0; call < 3; call += 1) await azure.chat.completions.create({ model: 'chat', messages });
  expect(fixture.attempts()).toEqual([
    'chat-sweden',
    'chat-france',
    'chat-sweden',
    'chat-france',
    'chat-france',
  ]);
  expect(azure.status().targets['chat-sweden']).toMatchObject({ circuit: 'open' });
  nowMs += 59_999;
  await azure.chat.completions.create({ model: 'chat', messages });
  expect(fixture.attempts().slice(5)).toEqual(['chat-france']);
  nowMs += 1;
  await Promise.all([1, 2, 3].map(() => azure.chat.completions.create({ model: 'chat', messages })));
  expect(fixture.events.filter((event) => event.type === 'attempt-started' && event.probe)).toHaveLength(1);
  expect(azure.status().targets['chat-sweden']).toMatchObject({ circuit: 'closed' });
});

test('an exhausted pool says of each target why, and when', async () => {
  fixture.mock.fail('chat-sweden', rateLimited({ retryAfterMs: 60_000 }));
  fixture.mock.fail('chat-france', rateLimited({ retryAfterMs: 90_000 }));
  const azure = fixture.connect({ deadlineMs: 1_000 });
  await expect(azure.chat.completions.create({ model: 'chat', messages })).rejects.toThrow(
    OpenAI.RateLimitError,
  );
  const error: unknown = await azure.chat.completions
    .create({ model: 'chat', messages })
    .catch((e: unknown) => e);
  expect(error).toBeInstanceOf(PoolExhaustedError);
  const { targets, retryAfterMs, message } = error as PoolExhaustedError;
  expect(targets.map(({ deployment, reason }) => [deployment, reason])).toEqual([
    ['chat-sweden', 'parked'],
    ['chat-france', 'parked'],
  ]);
  expect(retryAfterMs).toBeGreaterThan(55_000);
  expect(message).toMatch(
    /^No deployment of "chat" can be called before the deadline: "chat-sweden" is parked until /,
  );
  expect(message).toContain('raise `deadlineMs`');
  expect(fixture.mock.requests()).toHaveLength(2);
});

test('a wait that only the sentence in the body names is on the error as a header', async () => {
  fixture.mock.fail('chat-sweden', rateLimited({ retryAfterMs: 90_000, hints: ['message'] }));
  const call = fixture
    .connect({ deadlineMs: 1_000 })
    .chat.completions.create({ model: 'chat-sweden', messages });
  const error: unknown = await call.catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(OpenAI.RateLimitError);
  expect((error as APIError).headers?.get('retry-after')).toBe('90');
  expect((error as APIError).headers?.get('retry-after-ms')).toBe('90000');
});

test('a redirect is not followed: the credential stays where it belongs', async () => {
  const location = `${fixture.mock.config.resources['france']?.endpoint ?? ''}/openai/v1/chat/completions`;
  fixture.mock.reply('chat-sweden', respondWith({ status: 307, headers: { location }, body: '' }));
  const call = fixture.connect().chat.completions.create({ model: 'chat-sweden', messages });
  await expect(call).rejects.toMatchObject({ status: 307 });
  expect(fixture.mock.requests()).toHaveLength(1);
});

test('a request that a deployment can never take is told so', async () => {
  const { mock } = fixture;
  const deployments = { ...mock.config.deployments };
  const deployment = deployments['chat-sweden'];
  if (deployment !== undefined) deployments['chat-sweden'] = { ...deployment, limits: { tpm: 100 } };
  const azure = createClient({ ...mock.config, deployments }, { credential: mock.credential() });
  const call = azure.chat.completions.create({ model: 'chat-sweden', messages, max_completion_tokens: 500 });
  await expect(call).rejects.toThrow(
    '"chat-sweden" never takes so many tokens at once. Waiting does not help',
  );
  expect(mock.requests()).toEqual([]);
  await azure.close();
});

test('what was skipped and why, and when it is tried again, is told', async () => {
  fixture.mock.fail('chat-sweden', rateLimited({ retryAfterMs: 80 }));
  await fixture.connect().chat.completions.create({ model: 'chat-sweden', messages });
  expect(fixture.events.map(({ type }) => type)).toEqual([
    'call-started',
    'attempt-started',
    'attempt-failed',
    'target-parked',
    'target-skipped',
    'retry-scheduled',
    'call-waiting',
    'attempt-started',
    'attempt-succeeded',
    'call-finished',
  ]);
});

test('a slow attempt gets another one beside it, and the slower is aborted', async () => {
  fixture.mock.reply('chat-france', 'from France');
  fixture.mock.fail('chat-sweden', slow({ delayMs: 3_000 }));
  const azure = fixture.connect({ hedge: { afterMs: 40, maxShare: 1 } });
  const answer = await azure.chat.completions.create({ model: 'chat', messages });
  expect(answer.choices[0]?.message.content).toBe('from France');
  expect(fixture.events.map(({ type }) => type)).toContain('hedge-started');
  expect(fixture.events.at(-1)).toMatchObject({
    type: 'call-finished',
    deployment: 'chat-france',
    attempts: 2,
  });
});

test('hedging is off unless asked for, and bounded when it is', async () => {
  fixture.mock.fail('chat-sweden', slow({ delayMs: 60 }), { times: Infinity });
  await fixture.connect().chat.completions.create({ model: 'chat', messages });
  const hedged = fixture.connect({ hedge: { afterMs: 10, maxShare: 0.1 } });
  for (let call = 0; call < 4; call += 1) await hedged.chat.completions.create({ model: 'chat', messages });
  expect(fixture.events.filter(({ type }) => type === 'hedge-started')).toHaveLength(1);
});

test('what the policy forbids is refused before a byte is sent', async () => {
  const { mock } = fixture;
  const config = { ...mock.config, policy: { processing: ['francecentral'] } };
  const azure = createClient(config, { credential: mock.credential() });
  const call = azure.chat.completions.create({ model: 'chat', messages });
  await expect(call).rejects.toThrow(ResidencyError);
  await expect(call).rejects.toThrow(/^Cannot call "chat-sweden", and nothing was sent: `policy.processing`/);
  expect(mock.requests()).toEqual([]);
  await azure.close();
});

test('a key is refused where the policy forbids keys', () => {
  const { mock } = fixture;
  const config = { ...mock.config, policy: { apiKeys: 'forbid' as const } };
  expect(() => createClient(config, { credential: apiKey('k') })).toThrow('`policy.apiKeys` is "forbid"');
});

test('a credential goes only to the resource it is for, also on failover', async () => {
  const { mock } = fixture;
  mock.fail('chat-sweden', serverError());
  const keyOf = (resource: string): Credential => ({
    kind: 'api-key',
    headers: () => ({ 'api-key': mock.apiKey, 'x-key-of': resource }),
    refresh: async () => false,
  });
  const azure = createClient(mock.config, {
    credentials: { sweden: keyOf('sweden') },
    credential: keyOf('others'),
  });
  const theirs = { 'api-key': 'the-callers', authorization: 'Bearer the-callers' };
  await azure.chat.completions.create({ model: 'chat', messages }, { headers: theirs });
  const sent = mock.requests().map(({ headers }) => headers);
  expect(sent.map((headers) => headers['x-key-of'])).toEqual(['sweden', 'others']);
  expect(JSON.stringify(sent)).not.toContain('the-callers');
  await azure.close();
});

test('nothing of an OPENAI_* variable reaches the service', async () => {
  vi.stubEnv('OPENAI_API_KEY', 'sk-env');
  vi.stubEnv('OPENAI_ORG_ID', 'org-env');
  vi.stubEnv('OPENAI_PROJECT_ID', 'proj-env');
  vi.stubEnv('OPENAI_BASE_URL', 'http://127.0.0.1:9/');
  vi.stubEnv('OPENAI_CUSTOM_HEADERS', 'x-env: leaked');
  const azure = fixture.connect();
  await azure.chat.completions.create({ model: 'chat', messages });
  const [request] = fixture.mock.requests();
  const sent = JSON.stringify(request);
  for (const value of ['sk-env', 'org-env', 'proj-env', 'leaked', 'x-stainless'])
    expect(sent).not.toContain(value);
});

test('a response stays on the resource that holds the one before it', async () => {
  const { mock } = fixture;
  mock.fail('chat-sweden', rateLimited({ retryAfterMs: 60_000 }));
  let nowMs = Date.now();
  const azure = fixture.connect({ now: () => nowMs });
  const first = await azure.responses.create({ model: 'chat', input: 'Hello' });
  expect(fixture.attempts()).toEqual(['chat-sweden', 'chat-france']);
  nowMs += 60_001;
  const second = await azure.responses.create({
    model: 'chat',
    input: 'And?',
    previous_response_id: first.id,
  });
  expect(fixture.attempts().at(-1)).toBe('chat-france');
  const kept = await azure.responses.retrieve(second.id);
  expect(kept.id).toBe(second.id);
});

test('a response whose place is forgotten is looked for in each resource', async () => {
  const { mock } = fixture;
  mock.fail('chat-sweden', serverError());
  const made = await fixture.connect().responses.create({ model: 'chat', input: 'Hello' });
  const other = fixture.connect();
  expect((await other.responses.retrieve(made.id)).id).toBe(made.id);
});

test('a stateful call does not fail over to a resource without the state', async () => {
  const { mock } = fixture;
  const azure = fixture.connect({ retry: { maxRetries: 2, initialDelayMs: 1 } });
  const first = await azure.responses.create({ model: 'chat', input: 'Hello' });
  mock.fail('chat-sweden', serverError(), { times: Infinity });
  const call = azure.responses.create({ model: 'chat', input: 'And?', previous_response_id: first.id });
  await expect(call).rejects.toThrow(OpenAI.InternalServerError);
  expect(new Set(fixture.attempts())).toEqual(new Set(['chat-sweden']));
});

test('a form is sent with the name of the deployment, also a second time', async () => {
  const { mock } = fixture;
  mock.fail('hear-sweden', serverError());
  const file = await toFile(Buffer.from('RIFF'), 'a.wav');
  const heard = await fixture.connect().audio.transcriptions.create({ model: 'hear', file });
  expect(heard.text).not.toBe('');
  expect(fixture.attempts()).toEqual(['hear-sweden', 'hear-france']);
  const types = mock.requests().map(({ headers }) => headers['content-type']);
  expect(types).toEqual(
    [1, 2].map(() => expect.stringMatching(/^multipart\/form-data; boundary=/) as string),
  );
});

test('a file goes to one resource, and is found there again', async () => {
  const azure = fixture.connect();
  const file = await azure.files.create({
    file: await toFile(Buffer.from('{}\n'), 'a.jsonl'),
    purpose: 'batch',
  });
  expect((await azure.files.retrieve(file.id)).id).toBe(file.id);
  const inFrance = azure.with({ resource: 'france' });
  const listed = await inFrance.files.list();
  expect(listed.data).toEqual([]);
});

test('usage and cost are added up by deployment and by tag', async () => {
  fixture.mock.reply(
    'chat',
    { text: 'Hi', usage: { promptTokens: 1_000, completionTokens: 500 } },
    { times: 3 },
  );
  const azure = fixture.connect({ tags: { app: 'tests' } });
  const search = azure.with({ tags: { team: 'search' } });
  await azure.chat.completions.create({ model: 'chat', messages });
  await search.chat.completions.create({ model: 'chat', messages });
  const stream = await search.chat.completions.create({
    model: 'chat',
    messages,
    stream: true,
    stream_options: { include_usage: true },
  });
  expect(await itemsOf(stream)).not.toEqual([]);
  const { spending, spendingByTag, spendingByDeployment } = azure.status();
  expect(spending).toMatchObject({ calls: 3, failed: 0, inputTokens: 3_000, outputTokens: 1_500 });
  expect(spending.cost).toBeCloseTo(3 * (1_000 * 0.4 + 500 * 1.6) * 1e-6, 10);
  expect(spendingByTag['team=search']).toMatchObject({ calls: 2 });
  expect(spendingByTag['app=tests']).toMatchObject({ calls: 3 });
  expect(spendingByDeployment['chat-sweden']).toMatchObject({ calls: 3 });
});

test('the same id is sent with every attempt of a call', async () => {
  fixture.mock.fail('chat-sweden', serverError());
  await fixture.connect().chat.completions.create({ model: 'chat', messages });
  const ids = fixture.mock.requests().map(({ headers }) => headers['x-ms-client-request-id']);
  expect(ids).toHaveLength(2);
  expect(new Set(ids).size).toBe(1);
  expect(fixture.events.every((event) => !('callId' in event) || event.callId === ids[0])).toBe(true);
});

test('what a listener throws never reaches a call', async () => {
  const azure = fixture.connect();
  const stop = azure.observe(() => {
    throw new Error('a listener');
  });
  await azure.chat.completions.create({ model: 'chat', messages });
  stop();
  expect(estate.names).toContain('chat');
});
