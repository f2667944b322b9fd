import { defineConfig } from '@aoai/config';
import { contextLengthExceeded, rateLimited, respondWith, startMockAzure } from '@aoai/testing';
import type { MockAzure } from '@aoai/testing';
import fc from 'fast-check';
import OpenAI from 'openai';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Client } from '../src/client/client.ts';
import { createClient } from '../src/client/create-client.ts';
import type { ClientOptions } from '../src/client/client-options.ts';
import type { ClientEvent } from '../src/events/events.ts';
import { itemsOf } from './items-of.ts';

const base = { resource: 'sweden', sku: 'DataZoneStandard' } as const;
const tiers = [['short'], ['same'], ['medium'], ['shorter'], ['unknown'], ['long']] as const;

const config = defineConfig({
  resources: { sweden: { endpoint: 'https://sweden.openai.azure.com' } },
  deployments: {
    // Prompts of 111,616 tokens.
    short: { ...base, deployment: 'short', model: 'gpt-5.3-chat', contentFilter: 'strict' },
    same: { ...base, deployment: 'same', model: 'gpt-5.3-chat', contentFilter: 'strict' },
    // Of 272,000.
    medium: { ...base, deployment: 'medium', model: 'gpt-5.4-mini', contentFilter: 'strict' },
    shorter: { ...base, deployment: 'shorter', model: 'gpt-5.2-chat', contentFilter: 'mild' },
    unknown: { ...base, deployment: 'unknown', model: 'of-our-own' },
    // Of 922,000.
    long: { ...base, deployment: 'long', model: 'gpt-5.4', contentFilter: 'mild' },
    'unknown-too': { ...base, deployment: 'unknown-too', model: 'of-our-own' },
    ptu: { ...base, deployment: 'ptu', model: 'gpt-4.1', sku: 'DataZoneProvisionedManaged' },
    paygo: { ...base, deployment: 'paygo', model: 'gpt-4.1' },
  },
  pools: {
    final: tiers,
    length: { tiers, leadOn: ['context_length_exceeded'] },
    filter: { tiers, leadOn: ['content_filter'] },
    both: { tiers: [['short'], ['long']], leadOn: ['context_length_exceeded', 'content_filter'] },
    mine: { tiers: [['short', 'same'], ['long']], leadOn: ['OperationNotSupported'] },
    equals: { tiers: [['short'], ['shorter'], ['long']], leadOn: ['context_length_exceeded'] },
    twins: { tiers: [['unknown'], ['unknown-too']], leadOn: ['context_length_exceeded'] },
    unfiltered: { tiers: [['ptu'], ['paygo']], leadOn: ['content_filter'] },
    spillover: { tiers: [['ptu'], ['paygo']], leadOn: ['context_length_exceeded'] },
    back: { tiers: [['paygo'], ['ptu']], leadOn: ['context_length_exceeded'] },
  },
});
type Name = (typeof config)['names'][number];

let mock: MockAzure<Name>;
let azure: Client<Name>;
const events: ClientEvent[] = [];

beforeEach(async () => {
  events.length = 0;
  const policies = { strict: { blocklists: { plans: ['merger'] } }, mild: {} };
  const deployments = { short: 'strict', same: 'strict', medium: 'strict', shorter: 'mild', long: 'mild' };
  mock = await startMockAzure({ config, contentFilters: { policies, deployments } });
  azure = connect();
});
afterEach(async () => {
  await azure.close();
  await mock.close();
});

/** No retry: to lead on is none. */
function connect(options: ClientOptions = {}): Client<Name> {
  return createClient(mock.config, {
    credential: mock.credential(),
    onEvent: (event) => events.push(event),
    retry: false,
    ...options,
  });
}

const attempts = () =>
  events.splice(0).flatMap((event) => (event.type === 'attempt-started' ? [event.deployment] : []));
const messages = [{ role: 'user' as const, content: 'Tell me of the merger.' }];
const plain = [{ role: 'user' as const, content: 'Hello' }];

test('a call that is too long goes to the deployments that take longer prompts, and to no other', async () => {
  for (const name of ['short', 'medium', 'unknown'] as const) mock.fail(name, contextLengthExceeded());
  const answer = await azure.chat.completions.create({ model: 'length', messages: plain });
  expect(answer.choices[0]?.finish_reason).toBe('stop');
  expect(attempts()).toEqual(['short', 'medium', 'unknown', 'long']);
  expect(mock.verdict()).toEqual([]);
});

test.each(['chat', 'stream', 'responses', 'fetch'] as const)('leads on for %s', async (way) => {
  mock.fail('short', contextLengthExceeded());
  if (way === 'chat') await azure.chat.completions.create({ model: 'both', messages: plain });
  if (way === 'responses') await azure.responses.create({ model: 'both', input: 'Hello' });
  if (way === 'stream') {
    const stream = await azure.chat.completions.create({ model: 'both', messages: plain, stream: true });
    expect(await itemsOf(stream)).not.toEqual([]);
  }
  if (way === 'fetch') {
    const body = JSON.stringify({ model: 'both', messages: plain });
    const { status } = await azure.fetch(`${azure.baseURL}/chat/completions`, { method: 'POST', body });
    expect(status).toBe(200);
  }
  expect(attempts()).toEqual(['short', 'long']);
});

test.each([
  ['a code in an error', { error: { code: 'context_length_exceeded', message: 'Too long.' } }],
  ['words without a code', { error: { code: null, message: "This model's maximum context length is 8." } }],
  [
    'words of Responses',
    { error: { code: null, message: 'Your input exceeds the context window of this model.' } },
  ],
])('knows by %s that a call is too long', async (_, body) => {
  mock.fail('short', respondWith({ status: 400, body: JSON.stringify(body) }));
  await azure.chat.completions.create({ model: 'both', messages: plain });
  expect(attempts()).toEqual(['short', 'long']);
});

test('a stream that opens with such an error leads on as well', async () => {
  const error = { type: 'error', code: 'context_length_exceeded', message: 'Too long.' };
  const body = `data: ${JSON.stringify({ type: 'error', error })}\n\n`;
  mock.fail('short', respondWith({ status: 200, headers: { 'content-type': 'text/event-stream' }, body }));
  for await (const event of await azure.responses.create({ model: 'both', input: 'Hello', stream: true })) {
    expect(event).toBeDefined();
  }
  expect(attempts()).toEqual(['short', 'long']);
});

test('a filtered prompt goes to a deployment with another content filter, or with one that is not known', async () => {
  mock.fail('shorter', rateLimited({ retryAfterMs: 60_000 }));
  const answer = await azure.chat.completions.create({ model: 'filter', messages }).catch(() => undefined);
  expect(answer).toBeUndefined();
  expect(attempts()).toEqual(['short', 'shorter']);
  const again = await azure.chat.completions.create({ model: 'filter', messages });
  expect(again.choices[0]?.finish_reason).toBe('stop');
  expect(attempts()).toEqual(['short', 'unknown']);
});

test('a deployment that takes prompts of the same length is passed by, and so is the same model, known or not', async () => {
  mock.fail('short', contextLengthExceeded());
  await azure.chat.completions.create({ model: 'equals', messages: plain });
  expect(attempts()).toEqual(['short', 'long']);
  mock.fail('unknown', contextLengthExceeded());
  const call = azure.chat.completions.create({ model: 'twins', messages: plain });
  await expect(call).rejects.toMatchObject({ code: 'context_length_exceeded' });
  expect(attempts()).toEqual(['unknown']);
});

test('a filtered prompt goes on where no content filter is known', async () => {
  const error = { code: 'content_filter', message: 'The response was filtered.' };
  mock.fail('ptu', respondWith({ status: 400, body: JSON.stringify({ error }) }));
  await azure.chat.completions.create({ model: 'unfiltered', messages: plain });
  expect(attempts()).toEqual(['ptu', 'paygo']);
});

test('no refusal leads to a deployment that the policy forbids', async () => {
  const strict = { ...mock.config, policy: { models: { deny: ['gpt-5.4'] } } };
  const careful = createClient(strict, {
    credential: mock.credential(),
    onEvent: (event) => events.push(event),
    retry: false,
  });
  mock.fail('short', contextLengthExceeded());
  const call = careful.chat.completions.create({ model: 'both', messages: plain });
  await expect(call).rejects.toMatchObject({ status: 400, code: 'context_length_exceeded' });
  expect(attempts()).toEqual(['short']);
  await careful.close();
});

test('any other code leads to each deployment in turn', async () => {
  const refusal = respondWith({
    status: 400,
    body: JSON.stringify({ error: { code: 'OperationNotSupported', message: 'No.' } }),
  });
  for (const name of ['short', 'same'] as const) mock.fail(name, refusal);
  await azure.chat.completions.create({ model: 'mine', messages: plain });
  const [first, second, third] = attempts();
  expect([first, second].sort()).toEqual(['same', 'short']);
  expect(third).toBe('long');
});

test('provisioned throughput may lead to the same model without it, and not back', async () => {
  mock.fail('ptu', contextLengthExceeded());
  await azure.chat.completions.create({ model: 'spillover', messages: plain });
  expect(attempts()).toEqual(['ptu', 'paygo']);
  mock.fail('paygo', contextLengthExceeded());
  const call = azure.chat.completions.create({ model: 'back', messages: plain });
  await expect(call).rejects.toMatchObject({ code: 'context_length_exceeded' });
  expect(attempts()).toEqual(['paygo']);
});

test('a refusal is final in a pool that does not say otherwise, and for a deployment called by its name', async () => {
  for (const model of ['final', 'filter', 'short'] as const) {
    mock.fail('short', contextLengthExceeded());
    const call = azure.chat.completions.create({ model, messages: plain });
    await expect(call).rejects.toThrow(OpenAI.BadRequestError);
    expect(attempts()).toEqual(['short']);
  }
});

test('when all have refused, the last refusal reaches the caller', async () => {
  for (const name of ['short', 'long'] as const) mock.fail(name, contextLengthExceeded());
  const call = azure.chat.completions.create({ model: 'both', messages: plain });
  await expect(call).rejects.toMatchObject({ status: 400, code: 'context_length_exceeded' });
  expect(attempts()).toEqual(['short', 'long']);
});

test('tells in events what led on, and settles the books of the one that refused', async () => {
  mock.fail('short', contextLengthExceeded());
  await azure.chat.completions.create({ model: 'both', messages: plain });
  expect(events.filter(({ type }) => type === 'attempt-failed' || type === 'failover')).toMatchObject([
    { deployment: 'short', outcome: 'leads-on', code: 'context_length_exceeded', status: 400 },
    { from: 'short', to: 'long', spillover: true, leadOn: 'context_length_exceeded' },
  ]);
  expect(events.at(-1)).toMatchObject({ type: 'call-finished', outcome: 'ok', attempts: 2 });
  expect(azure.status().targets['short']).toMatchObject({ circuit: 'closed', failures: 0, parkedUntilMs: 0 });
});

test('each failover names the refusal that led to it, and only that', async () => {
  const patient = connect({ retry: { budgetReserve: 20, initialDelayMs: 1 } });
  for (const name of ['short', 'medium'] as const) mock.fail(name, contextLengthExceeded());
  mock.fail('unknown', rateLimited({ retryAfterMs: 60_000 }));
  await patient.chat.completions.create({ model: 'length', messages: plain });
  const led = events.flatMap((event) =>
    event.type === 'failover' ? [[event.from, event.to, event.leadOn]] : [],
  );
  expect(led).toEqual([
    ['short', 'medium', 'context_length_exceeded'],
    ['medium', 'unknown', 'context_length_exceeded'],
    ['unknown', 'long', undefined],
  ]);
  await patient.close();
});

test('a failover for another reason names no refusal', async () => {
  mock.fail('short', rateLimited({ retryAfterMs: 60_000 }));
  const patient = connect({ retry: { budgetReserve: 20 } });
  await patient.chat.completions.create({ model: 'both', messages: plain });
  expect(events.find(({ type }) => type === 'failover')).toEqual(
    expect.not.objectContaining({ leadOn: expect.anything() as unknown }),
  );
  await patient.close();
});

test('for any deployments that find a call too long, none is asked that takes no longer prompts', async () => {
  const prompts: Readonly<Record<string, number>> = {
    short: 111_616,
    same: 111_616,
    medium: 272_000,
    shorter: 111_616,
    long: 922_000,
  };
  const refusing = fc.subarray(['short', 'same', 'medium', 'shorter', 'unknown', 'long'] as const);
  await fc.assert(
    fc.asyncProperty(refusing, async (all) => {
      for (const name of all) mock.fail(name, contextLengthExceeded());
      events.length = 0;
      const status = await azure.chat.completions.create({ model: 'length', messages: plain }).then(
        () => 200,
        (error: unknown) => (error as { readonly status: number }).status,
      );
      const asked = attempts();
      expect(new Set(asked).size).toBe(asked.length);
      let longest = 0;
      for (const name of asked) {
        const prompt = prompts[name] ?? Infinity;
        expect(prompt).toBeGreaterThan(longest);
        if (Number.isFinite(prompt)) longest = prompt;
      }
      const answered = asked.at(-1) ?? '';
      expect(status).toBe(all.some((name) => name === answered) ? 400 : 200);
      if (status === 400) expect(asked).toContain('long');
      mock.reset();
    }),
    { numRuns: 40 },
  );
});
