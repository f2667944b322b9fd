import { expect, test } from 'vitest';
import { modelTraits } from '../service/model-traits.ts';
import type { DeploymentRequest } from '../service/operation.ts';
import { refused } from '../service/refused.fake.ts';
import { checkChatParameters } from './chat-parameters.ts';

/** What is said against a body; `undefined` when nothing is. */
function against(body: object, { model = 'gpt-4o', api = 'v1' } = {}) {
  const surface = api === 'v1' ? 'v1' : 'dated';
  const deployment = { model, traits: modelTraits(model) };
  return refused(() => {
    checkChatParameters({ body, surface, api, deployment } as unknown as DeploymentRequest);
  });
}

const many = (count: number) => Array.from({ length: count }, () => ({}));

test.each<[string, good: unknown, bad: unknown]>([
  ['messages', many(2048), many(2049)],
  ['messages', many(1), []],
  ['model', 'gpt-4o', 7],
  ['audio', {}, 'alloy'],
  ['data_sources', many(1), []],
  ['frequency_penalty', 2, 2.1],
  ['frequency_penalty', -2, -2.1],
  ['functions', many(128), many(129)],
  ['functions', many(1), []],
  ['logit_bias', { 7: -100 }, { 7: -101 }],
  ['logit_bias', { 123: 100 }, { 123: 101 }],
  ['logit_bias', {}, []],
  ['logprobs', true, 1],
  ['max_completion_tokens', 1, 0],
  ['max_tokens', 1, 0],
  ['metadata', { a: 'x'.repeat(512) }, { a: 'x'.repeat(513) }],
  ['metadata', {}, 'text'],
  ['modalities', ['text', 'audio'], ['text', 'video']],
  ['modalities', [], 'text'],
  ['moderation', {}, 'none'],
  ['n', 128, 129],
  ['n', 1, 0],
  ['prediction', {}, 'text'],
  ['presence_penalty', 2, 2.1],
  ['presence_penalty', -2, -2.1],
  ['prompt_cache_key', 'k', 7],
  ['prompt_cache_options', {}, 'k'],
  ['prompt_cache_retention', '24h', 24],
  ['reasoning_effort', null, 7],
  ['response_format', {}, 'json'],
  ['safety_identifier', 's', 7],
  ['seed', -1, 0.5],
  ['service_tier', 'priority', 'gold'],
  ['store', true, 'yes'],
  ['stream', true, 'yes'],
  ['temperature', 2, 2.1],
  ['temperature', 0, -0.1],
  ['tools', many(128), many(129)],
  ['tools', many(1), []],
  ['top_p', 1, 1.1],
  ['top_p', 0, -0.1],
  ['user', 'ada', 7],
  ['user_security_context', {}, 'ada'],
  ['verbosity', 'low', 'loud'],
  ['web_search_options', {}, 'on'],
])('takes a good %s and refuses a bad one', (name, good, bad) => {
  expect(against({ [name]: good })).toBeUndefined();
  expect(against({ [name]: null })).toBeUndefined();
  expect(against({ [name]: bad })?.param).toMatch(new RegExp(`^${name}`));
});

test.each([
  ['2023-07-01', 'functions'],
  ['2023-07-01', 'function_call'],
  ['2023-12-01', 'tools'],
  ['2023-12-01', 'tool_choice'],
  ['2023-12-01', 'response_format'],
  ['2023-12-01', 'seed'],
  ['2024-05-01', 'logprobs'],
  ['2024-05-01', 'top_logprobs'],
  ['2024-09-01', 'max_completion_tokens'],
  ['2024-09-01', 'parallel_tool_calls'],
  ['2024-09-01', 'stream_options'],
  ['2024-12-01', 'metadata'],
  ['2024-12-01', 'reasoning_effort'],
  ['2024-12-01', 'store'],
  ['2024-12-01', 'user_security_context'],
  ['2025-01-01', 'audio'],
  ['2025-01-01', 'modalities'],
  ['2025-01-01', 'prediction'],
  ['2025-03-01', 'web_search_options'],
  ['2025-04-01', 'moderation'],
  ['2025-04-01', 'prompt_cache_key'],
  ['2025-04-01', 'prompt_cache_options'],
  ['2025-04-01', 'prompt_cache_retention'],
  ['2025-04-01', 'safety_identifier'],
  ['2025-04-01', 'service_tier'],
  ['2025-04-01', 'verbosity'],
])('the api-version %s is the first with %s', (since, name) => {
  expect(against({ [name]: null }, { api: `${since}-preview` })).toBeUndefined();
  // The day before.
  const before = new Date(Date.parse(since) - 1).toISOString().slice(0, 10);
  expect(against({ [name]: null }, { api: before })?.message).toBe(
    `Unrecognized request argument supplied: ${name}`,
  );
});

test('a model that reasons names an unknown parameter in other words', () => {
  expect(against({ best_of: 2 })?.message).toBe('Unrecognized request argument supplied: best_of');
  expect(against({ best_of: 2 }, { model: 'gpt-5' })?.message).toBe("Unknown parameter: 'best_of'.");
});

test.each<[object, string, string, string | null]>([
  [
    { modalities: ['text', 7] },
    "Invalid type for 'modalities[1]': expected one of 'text' or 'audio', but got an integer instead.",
    'modalities[1]',
    'invalid_type',
  ],
  [
    { stream: true, stream_options: { include_obfuscation: 1 } },
    "Invalid type for 'stream_options.include_obfuscation': expected a boolean, but got an integer instead.",
    'stream_options.include_obfuscation',
    'invalid_type',
  ],
  [
    { logit_bias: { 5: 1, [`x5${'x'.repeat(300)}`]: 1 } },
    `Invalid key in 'logit_bias': x5${'x'.repeat(198)}. You should only be submitting non-negative integers.`,
    'logit_bias',
    null,
  ],
  ...['5x', 'x5', '-5', ''].map((key): [object, string, string, null] => [
    { logit_bias: { [key]: 1 } },
    `Invalid key in 'logit_bias': ${key}. You should only be submitting non-negative integers.`,
    'logit_bias',
    null,
  ]),
  [
    { logit_bias: { ['1'.repeat(30)]: 'a' } },
    `Invalid type for 'logit_bias.${'1'.repeat(20)}': expected a decimal, but got a string instead.`,
    `logit_bias.${'1'.repeat(20)}`,
    'invalid_type',
  ],
  [
    { metadata: { ['k'.repeat(70)]: 1 } },
    `Invalid type for 'metadata.${'k'.repeat(64)}': expected a string, but got an integer instead.`,
    `metadata.${'k'.repeat(64)}`,
    'invalid_type',
  ],
  [
    { metadata: Object.fromEntries(Array.from({ length: 17 }, (_, index) => [`k${index}`, 'v'])) },
    "Invalid 'metadata': too many properties. Expected an object with at most 16 properties, but got an object with 17 properties instead.",
    'metadata',
    'object_above_max_properties',
  ],
  [
    { max_tokens: 5, max_completion_tokens: 5 },
    "Setting 'max_tokens' and 'max_completion_tokens' at the same time is not supported.",
    'max_tokens',
    'invalid_parameter_combination',
  ],
  [
    { stream_options: {} },
    "The 'stream_options' parameter is only allowed when 'stream' is enabled.",
    'stream_options',
    null,
  ],
  [
    { stream: false, stream_options: {} },
    "The 'stream_options' parameter is only allowed when 'stream' is enabled.",
    'stream_options',
    null,
  ],
  [
    { top_logprobs: 1 },
    "The 'top_logprobs' parameter is only allowed when 'logprobs' is enabled.",
    'top_logprobs',
    null,
  ],
  [
    { function_call: 'auto' },
    "Invalid value for 'function_call': 'function_call' is only allowed when 'functions' are specified.",
    'function_call',
    null,
  ],
  [
    { tool_choice: 'auto' },
    "Invalid value for 'tool_choice': 'tool_choice' is only allowed when 'tools' are specified.",
    'tool_choice',
    null,
  ],
  [
    { tools: null, parallel_tool_calls: false },
    "Invalid value for 'parallel_tool_calls': 'parallel_tool_calls' is only allowed when 'tools' are specified.",
    'parallel_tool_calls',
    null,
  ],
  [
    { service_tier: 'flex' },
    "The service tier 'flex' is not supported with this model.",
    'service_tier',
    null,
  ],
  [
    { max_tokens: 16_385 },
    'max_tokens is too large: 16385. This model supports at most 16384 completion tokens, whereas you provided 16385.',
    'max_tokens',
    'invalid_value',
  ],
  [
    { max_completion_tokens: 16_385 },
    'max_completion_tokens is too large: 16385. This model supports at most 16384 completion tokens, whereas you provided 16385.',
    'max_completion_tokens',
    'invalid_value',
  ],
])('says what is wrong with %j', (body, message, param, code) => {
  expect(against(body)).toEqual({ message, type: 'invalid_request_error', param, code });
});

test.each<[object]>([
  [{ metadata: Object.fromEntries(Array.from({ length: 16 }, (_, index) => [`k${index}`, 'v'])) }],
  [{ stream: true, stream_options: { include_usage: true, include_obfuscation: null } }],
  [{ max_tokens: 16_384, max_completion_tokens: null }],
  [{ max_tokens: null, max_completion_tokens: 16_384 }],
  [{ top_logprobs: 0 }],
  [{ stop: ['a', 'b'] }],
  [{ top_logprobs: 20, logprobs: true }],
  [{ function_call: 'auto', functions: [{}] }],
  [{ tool_choice: 'none' }],
  [{ tool_choice: 'auto', parallel_tool_calls: true, tools: [{}] }],
])('has nothing against %j', (body) => {
  expect(against(body)).toBeUndefined();
});

test('flex processing and reasoning are for models that reason', () => {
  const body = { service_tier: 'flex', reasoning_effort: 'low' };
  expect(against(body, { model: 'gpt-5' })).toBeUndefined();
  expect(against({ reasoning_effort: 'low' })?.message).toContain('reasoning_effort');
});

const structured = { response_format: { type: 'json_schema' } };
const required = { tools: [{}], tool_choice: 'required' };
const models = (name: string) =>
  `Model ${name} is enabled only for api versions 2024-12-01-preview and later`;

test.each<[string, object, string, string, string]>([
  ['o1', {}, '2024-11-30', '2024-12-01-preview', models('{modelName}')],
  ['o3-mini', {}, '2024-11-30', '2024-12-01-preview', models('{modelName}')],
  ['o3', {}, '2024-11-30', '2024-12-01-preview', models('o3')],
  ['o4-mini', {}, '2024-11-30', '2024-12-01-preview', models('o4-mini')],
  [
    'gpt-4o',
    structured,
    '2024-07-31',
    '2024-08-01-preview',
    'response_format value as json_schema is enabled only for api versions 2024-08-01-preview and later',
  ],
  [
    'gpt-4o',
    required,
    '2024-05-31',
    '2024-06-01',
    'tool_choice value as required is enabled only for api versions 2024-06-01 and later',
  ],
])('%s refuses %j with the api-version %s and takes it with %s', (model, body, before, since, message) => {
  expect(against(body, { model, api: before })).toEqual({ code: 'BadRequest', message });
  expect(against(body, { model, api: since })).toBeUndefined();
  // v1 has no dates.
  expect(against(body, { model })).toBeUndefined();
});

test('an old api-version takes what it has always had', () => {
  const body = { tools: [{}], tool_choice: 'auto', response_format: { type: 'json_object' } };
  expect(against(body, { api: '2024-05-31' })).toBeUndefined();
  expect(against({ response_format: null }, { api: '2024-05-31' })).toBeUndefined();
  expect(against({}, { model: 'my-o1', api: '2024-05-31' })).toBeUndefined();
});
