import { startMockAzure, type MockAzure } from '@aoai/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { deviations } from './spec-deviations.ts';
import { hasSpecs, loadSpec, type SpecAnswer, type SpecApi, type Violation } from './spec.ts';

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
  {
    name: 'a completion',
    path: '/completions',
    model: 'gpt-35-turbo-instruct',
    body: { prompt: 'Say hello', max_tokens: 5 },
    apis: ['2025-03-01-preview', '2024-10-21'],
  },
  {
    name: 'an image',
    path: '/images/generations',
    model: 'dall-e-2',
    body: { prompt: 'A cat', size: '1024x1024' },
    apis: ['2025-03-01-preview', '2024-10-21'],
  },
];

const rows = samples.flatMap((sample) => sample.apis.map((api) => ({ api, name: sample.name, sample })));

/** Checks one answer against its spec, and returns its body. */
type Check = (method: string, path: string, request?: SpecRequest) => Promise<Record<string, unknown>>;

interface SpecRequest {
  readonly params?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly form?: FormData;
}

const specs = new Map<SpecApi, ReturnType<typeof loadSpec>>();

function violationsOf(api: SpecApi, answer: SpecAnswer): Violation[] {
  const spec = specs.get(api) ?? loadSpec(api);
  specs.set(api, spec);
  return (spec(answer) ?? []).filter(({ at, problem }) => {
    const found = deviations.find((deviation) => deviation.at.test(at) && deviation.problem.test(problem));
    if (found !== undefined) needed.add(found);
    return found === undefined;
  });
}

describe.skipIf(!hasSpecs)('answers are as the spec says, unless a recording says otherwise', () => {
  test.each(rows)('$api: $name', async ({ api, sample }) => {
    if (sample.reply !== undefined) azure.reply(sample.model ?? '*', sample.reply);
    const { path, response } = await send(api, sample);
    const type = response.headers.get('content-type')?.split(';')[0] as SpecAnswer['type'];
    const text = await response.text();
    const bodies = type === 'text/event-stream' ? eventsOf(text) : [JSON.parse(text) as unknown];
    const { status } = response;
    const open = bodies.flatMap((body) => violationsOf(api, { path, method: 'POST', status, type, body }));
    expect(open).toEqual([]);
  });

  test.each(newer)('%s: responses that are kept', async (api) => {
    const check = checker(api);
    const { id } = await check('POST', '/responses', {
      body: { model: 'gpt-4o', input: 'Hi', metadata: { a: 'b' } },
    });
    const params = { response_id: String(id) };
    await check('GET', '/responses/{response_id}', { params });
    await check('GET', '/responses/{response_id}/input_items', { params });
    await check('DELETE', '/responses/{response_id}', { params });
    await check('GET', '/responses/{response_id}', { params });
  });

  test('v1: models and files', async () => {
    const check = checker('v1');
    await check('GET', '/models');
    await check('GET', '/models/{model}', { params: { model: 'gpt-4o' } });
    await check('GET', '/models/{model}', { params: { model: 'nope' } });
    const { id } = await check('POST', '/files', { form: fileForm() });
    const params = { file_id: String(id) };
    await check('GET', '/files');
    await check('GET', '/files/{file_id}', { params });
    await check('DELETE', '/files/{file_id}', { params });
    await check('GET', '/files/{file_id}', { params });
  });

  test.each(newer)('%s: vector stores', async (api) => {
    const check = checker(api);
    const file = await checker('v1')('POST', '/files', { form: fileForm() });
    const { id } = await check('POST', '/vector_stores', { body: { name: 'store' } });
    const params = { vector_store_id: String(id), file_id: String(file['id']) };
    await check('GET', '/vector_stores');
    await check('GET', '/vector_stores/{vector_store_id}', { params });
    await check('POST', '/vector_stores/{vector_store_id}', { params, body: { name: 'renamed' } });
    await check('POST', '/vector_stores/{vector_store_id}/files', { params, body: { file_id: file['id'] } });
    await check('GET', '/vector_stores/{vector_store_id}/files', { params });
    await check('GET', '/vector_stores/{vector_store_id}/files/{file_id}', { params });
    await check('DELETE', '/vector_stores/{vector_store_id}/files/{file_id}', { params });
    await check('DELETE', '/vector_stores/{vector_store_id}', { params });
  });

  test('v1: containers, evals and fine-tuning', async () => {
    const check = checker('v1');
    const container = await check('POST', '/containers', { body: { name: 'box' } });
    const params = { container_id: String(container['id']) };
    await check('GET', '/containers');
    await check('GET', '/containers/{container_id}', { params });
    const kept = await check('POST', '/containers/{container_id}/files', { params, form: fileForm() });
    await check('GET', '/containers/{container_id}/files', { params });
    await check('GET', '/containers/{container_id}/files/{file_id}', {
      params: { ...params, file_id: String(kept['id']) },
    });
    await check('DELETE', '/containers/{container_id}', { params });
    const grader = {
      type: 'string_check',
      name: 'same',
      input: '{{item.a}}',
      operation: 'eq',
      reference: 'b',
    };
    const evaluation = await check('POST', '/evals', {
      body: {
        name: 'eval',
        data_source_config: { type: 'custom', item_schema: { type: 'object' } },
        testing_criteria: [grader],
      },
    });
    await check('GET', '/evals');
    const source = { type: 'file_content', content: [{ item: { a: 'b' } }] };
    const run = await check('POST', '/evals/{eval_id}/runs', {
      params: { eval_id: String(evaluation['id']) },
      body: { name: 'run', data_source: { type: 'jsonl', source } },
    });
    const of = { eval_id: String(evaluation['id']), run_id: String(run['id']) };
    await check('GET', '/evals/{eval_id}/runs', { params: of });
    await check('GET', '/evals/{eval_id}/runs/{run_id}', { params: of });
    await check('DELETE', '/evals/{eval_id}/runs/{run_id}', { params: of });
    const file = await check('POST', '/files', {
      form: fileForm('fine-tune', Array.from({ length: 10 }, () => '{"messages":[]}').join('\n')),
    });
    const job = await check('POST', '/fine_tuning/jobs', {
      body: { model: 'gpt-4.1-mini', training_file: file['id'] },
    });
    const named = { fine_tuning_job_id: String(job['id']) };
    await check('GET', '/fine_tuning/jobs');
    await check('GET', '/fine_tuning/jobs/{fine_tuning_job_id}', { params: named });
    await check('GET', '/fine_tuning/jobs/{fine_tuning_job_id}/events', { params: named });
    await check('POST', '/fine_tuning/jobs/{fine_tuning_job_id}/cancel', { params: named });
  });

  test('every listed deviation is still needed', () => {
    expect(deviations.filter((deviation) => !needed.has(deviation))).toEqual([]);
  });
});

function fileForm(purpose = 'assistants', text = 'Vacation is 30 days.'): FormData {
  const form = new FormData();
  form.set('purpose', purpose);
  form.set('file', new File([text], 'vacation.txt', { type: 'text/plain' }));
  return form;
}

function checker(api: SpecApi): Check {
  return async (method, path, { params = {}, body, form } = {}) => {
    const place = path.replace(/\{(\w+)\}/g, (_, name: string) => params[name] ?? '');
    const url = api === 'v1' ? `/openai/v1${place}` : `/openai${place}?api-version=${api}`;
    const response = await fetch(`${azure.endpoint}${url}`, {
      method,
      headers: { 'api-key': azure.apiKey, ...(form === undefined && { 'content-type': 'application/json' }) },
      ...(form !== undefined && { body: form }),
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    const answer = (text === '' ? {} : JSON.parse(text)) as Record<string, unknown>;
    const { status } = response;
    const open = violationsOf(api, { path, method, status, type: 'application/json', body: answer });
    expect({ request: `${method} ${path}`, open }).toEqual({ request: `${method} ${path}`, open: [] });
    return answer;
  };
}

if (!hasSpecs) {
  test.skip('the specs are not beside this repository: answers are not checked against them');
}

/** Paths that dated versions have under a deployment. */
const deployed = ['/chat/completions', '/embeddings', '/completions', '/images/generations'];

async function send(
  api: SpecApi,
  { path, model, body, headers }: Sample,
): Promise<{ path: string; response: Response }> {
  const isDeployed = api !== 'v1' && deployed.includes(path);
  const url =
    api === 'v1'
      ? `/openai/v1${path}`
      : `/openai${isDeployed ? `/deployments/${model ?? ''}` : ''}${path}?api-version=${api}`;
  const response = await fetch(`${azure.endpoint}${url}`, {
    method: 'POST',
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
