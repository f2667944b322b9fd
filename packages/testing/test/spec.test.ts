import { startMockAzure, type MockAzure } from '@aoai/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { deviations } from './spec-deviations.ts';
import { hasSpecs, loadSpec, type SpecApi } from './spec.ts';

let azure: MockAzure;
const needed = new Set<(typeof deviations)[number]>();

beforeAll(async () => {
  azure = await startMockAzure({
    contentFilters: { policies: { words: { blocklists: { fruit: ['banana'] } } } },
  });
});

afterAll(async () => {
  await azure.close();
});

interface Sample {
  readonly name: string;
  /** Path of the spec. */
  readonly path: string;
  readonly method?: string;
  readonly model?: string;
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
  readonly reply?: string;
  readonly apis: readonly SpecApi[];
}

const everywhere: readonly SpecApi[] = ['v1', '2025-03-01-preview', '2024-10-21'];
const newer: readonly SpecApi[] = ['v1', '2025-03-01-preview'];
const messages = [{ role: 'user', content: 'What is the weather in Lisbon?' }];
const tools = [
  {
    type: 'function',
    function: {
      name: 'get_weather',
      parameters: { type: 'object', properties: { city: { type: 'string' } } },
    },
  },
];

const chat = (name: string, body: object, more: Partial<Sample> = {}): Sample => ({
  name,
  path: '/chat/completions',
  model: 'gpt-4o',
  body: { messages, ...body },
  apis: everywhere,
  ...more,
});

const samples: readonly Sample[] = [
  chat('a chat completion', {}),
  chat('two choices with log probabilities', { n: 2, logprobs: true, top_logprobs: 2 }),
  chat('a tool call', { tools }),
  chat('a function call', { functions: tools.map((tool) => tool.function) }),
  chat('a cut answer', { max_tokens: 2 }),
  chat('a filtered answer', { messages: [{ role: 'user', content: 'Hi mock-filter:completion:hate:high' }] }),
  chat('protected code', {
    messages: [{ role: 'user', content: 'Hi mock-filter:completion:protected_material_code' }],
  }),
  chat('a blocked prompt', { messages: [{ role: 'user', content: 'mock-filter:prompt:jailbreak' }] }),
  chat('a reasoning model', {}, { model: 'gpt-5-mini' }),
  chat(
    'a spoken answer',
    { modalities: ['text', 'audio'], audio: { voice: 'alloy', format: 'wav' } },
    { apis: newer },
  ),
  chat(
    'a blocklisted answer',
    {},
    { headers: { 'x-policy-id': 'words' }, reply: 'Here is a banana for you.' },
  ),
  chat('a stream', { stream: true }),
  chat('a stream with usage', { stream: true, stream_options: { include_usage: true } }, { apis: newer }),
  chat('a stream of tool calls', { stream: true, tools }),
  chat('a stream with log probabilities', { stream: true, logprobs: true }),
  chat(
    'a stream with the asynchronous filter',
    { stream: true },
    { headers: { 'x-policy-id': 'Asynchronous_filter' } },
  ),
  chat('a filtered stream', {
    stream: true,
    messages: [{ role: 'user', content: 'mock-filter:completion:sexual' }],
  }),
  chat('a reasoning stream', { stream: true }, { model: 'gpt-5-mini' }),
  chat('an unknown parameter', { nope: 1 }),
  chat('an unknown deployment', {}, { model: 'nope' }),
  {
    name: 'embeddings',
    path: '/embeddings',
    model: 'text-embedding-3-small',
    body: { input: 'Hi' },
    apis: everywhere,
  },
  { name: 'a response', path: '/responses', model: 'gpt-5-mini', body: { input: 'Hi' }, apis: newer },
  {
    name: 'a response with a tool',
    path: '/responses',
    model: 'gpt-4o',
    body: {
      input: 'What is the weather in Lisbon?',
      tools: tools.map((tool) => ({ type: 'function', ...tool.function, strict: false })),
    },
    apis: newer,
  },
  {
    name: 'a stream of a response',
    path: '/responses',
    model: 'gpt-5-mini',
    body: { input: 'Hi', stream: true },
    apis: newer,
  },
  { name: 'the models', path: '/models', method: 'GET', apis: ['v1'] },
];

const rows = samples.flatMap((sample) => sample.apis.map((api) => ({ api, name: sample.name, sample })));

describe.skipIf(!hasSpecs)('answers are as the spec says, unless a recording says otherwise', () => {
  const specs = new Map<SpecApi, ReturnType<typeof loadSpec>>();
  const specOf = (api: SpecApi): ReturnType<typeof loadSpec> => {
    const spec = specs.get(api) ?? loadSpec(api);
    specs.set(api, spec);
    return spec;
  };

  test.each(rows)('$api: $name', async ({ api, sample }) => {
    if (sample.reply !== undefined) azure.reply(sample.model ?? '*', sample.reply);
    const { path, response } = await send(api, sample);
    const type = response.headers.get('content-type')?.split(';')[0] as
      'application/json' | 'text/event-stream';
    const text = await response.text();
    const bodies = type === 'text/event-stream' ? eventsOf(text) : [JSON.parse(text) as unknown];
    const violations = bodies.flatMap((body) => {
      const answer = { path, method: sample.method ?? 'POST', status: response.status, type, body };
      return specOf(api)(answer) ?? [];
    });
    const open = violations.filter(({ at, problem }) => {
      const found = deviations.find((deviation) => deviation.at.test(at) && deviation.problem.test(problem));
      if (found !== undefined) needed.add(found);
      return found === undefined;
    });
    expect(open).toEqual([]);
  });

  test('every listed deviation is still needed', () => {
    expect(deviations.filter((deviation) => !needed.has(deviation))).toEqual([]);
  });
});

if (!hasSpecs) {
  test.skip('the specs are not beside this repository: answers are not checked against them');
}

async function send(
  api: SpecApi,
  { path, method = 'POST', model, body, headers }: Sample,
): Promise<{ path: string; response: Response }> {
  const isDeployed = api !== 'v1' && ['/chat/completions', '/embeddings'].includes(path);
  const url =
    api === 'v1'
      ? `/openai/v1${path}`
      : `/openai${isDeployed ? `/deployments/${model ?? ''}` : ''}${path}?api-version=${api}`;
  const response = await fetch(`${azure.endpoint}${url}`, {
    method,
    headers: { 'api-key': azure.apiKey, 'content-type': 'application/json', ...headers },
    ...(body !== undefined && { body: JSON.stringify({ ...body, ...(model !== undefined && { model }) }) }),
  });
  return { path: isDeployed ? `/deployments/{deployment-id}${path}` : path, response };
}

function eventsOf(text: string): unknown[] {
  return text
    .split('\n\n')
    .filter((event) => event !== '' && !event.endsWith('[DONE]'))
    .map((event) => JSON.parse(event.replace(/^(?:event:.*\n)?data: /, '')) as unknown);
}
