import { expect, test } from 'vitest';
import type { DeploymentRequest } from '../service/operation.ts';
import { refused } from '../service/refused.fake.ts';
import { checkReasoningParameters, checkResponseReasoning, defaultEffort } from './reasoning-rules.ts';

const request = (model: string, body: object, isReasoning = true) =>
  ({ body, deployment: { model, traits: { isReasoning } } }) as unknown as DeploymentRequest;

const inChat = (model: string, body: object, isReasoning = true) =>
  refused(() => {
    checkReasoningParameters(request(model, body, isReasoning));
  });
const inResponse = (model: string, body: object, isReasoning = true) =>
  refused(() => {
    checkResponseReasoning(request(model, body, isReasoning));
  });

const all = ['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max'];

test.each([
  ['o1', ['low', 'medium', 'high']],
  ['o4-mini', ['low', 'medium', 'high']],
  ['gpt-5', ['minimal', 'low', 'medium', 'high']],
  ['gpt-5-mini', ['minimal', 'low', 'medium', 'high']],
  ['gpt-5-pro', ['high']],
  ['gpt-5.1', ['none', 'low', 'medium', 'high']],
  ['gpt-5.4', ['none', 'low', 'medium', 'high', 'xhigh']],
  ['gpt-6', all],
  ['my-o1', all],
  ['my-gpt-5', all],
])('%s makes the efforts %j', (model, efforts) => {
  expect(all.filter((reasoning_effort) => inChat(model, { reasoning_effort }) === undefined)).toEqual(
    efforts,
  );
  expect(all.filter((effort) => inResponse(model, { reasoning: { effort } }) === undefined)).toEqual(efforts);
});

test('an effort that the model does not make is refused with those that it makes', () => {
  expect(inChat('gpt-5.1', { reasoning_effort: 'xhigh' })).toEqual({
    message:
      "Unsupported value: 'reasoning_effort' does not support 'xhigh' with this model. Supported values are: 'none', 'low', 'medium', and 'high'.",
    type: 'invalid_request_error',
    param: 'reasoning_effort',
    code: 'unsupported_value',
  });
  expect(inResponse('gpt-5-pro', { reasoning: { effort: 'low' } })).toEqual({
    message:
      "Unsupported value: 'low' is not supported with the 'gpt-5-pro' model. Supported values are: 'high'.",
    type: 'invalid_request_error',
    param: 'reasoning.effort',
    code: 'unsupported_value',
  });
  const long = 'x'.repeat(200);
  for (const error of [
    inChat('o1', { reasoning_effort: long }),
    inResponse('o1', { reasoning: { effort: long } }),
  ])
    expect(/x+/.exec(error?.message.slice(20) ?? '')?.[0]).toHaveLength(100);
});

test('a model that does not reason knows no effort', () => {
  expect(inChat('gpt-4o', { reasoning_effort: 'low' }, false)).toEqual({
    message: 'Unrecognized request argument supplied: reasoning_effort',
    type: 'invalid_request_error',
    param: null,
    code: null,
  });
  expect(inResponse('gpt-4o', { reasoning: { effort: 'low' } }, false)).toEqual({
    message: "Unsupported parameter: 'reasoning.effort' is not supported with this model.",
    type: 'invalid_request_error',
    param: 'reasoning.effort',
    code: 'unsupported_parameter',
  });
});

test('a model that does not reason takes what a model that reasons refuses', () => {
  const sampling = { temperature: 0, top_p: 0.5, logit_bias: { 5: 1 }, max_tokens: 5, top_logprobs: 2 };
  expect(inChat('gpt-4o', { ...sampling, reasoning_effort: null }, false)).toBeUndefined();
  expect(inResponse('gpt-4o', { ...sampling, reasoning: null }, false)).toBeUndefined();
});

test.each([
  ['temperature', 1, 0],
  ['top_p', 1, 0.5],
  ['presence_penalty', 0, 1],
  ['frequency_penalty', 0, 1],
  ['logprobs', false, true],
  ['top_logprobs', 0, 2],
  ['logit_bias', {}, { 5: 1 }],
  ['max_tokens', null, 5],
])('a model that reasons takes %s: %j, and refuses %j', (name, good, bad) => {
  for (const value of [good, null, undefined]) expect(inChat('gpt-5', { [name]: value })).toBeUndefined();
  expect(inChat('gpt-5', { [name]: bad })?.param).toBe(name);
});

test.each([
  [
    'gpt-5',
    { max_tokens: 5 },
    "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.",
    'unsupported_parameter',
  ],
  [
    'gpt-5',
    { temperature: 0.2 },
    "Unsupported value: 'temperature' does not support 0.2 with this model. Only the default (1) value is supported.",
    'unsupported_value',
  ],
  [
    'o3-mini',
    { temperature: 0.2 },
    "Unsupported parameter: 'temperature' is not supported with this model.",
    'unsupported_parameter',
  ],
  [
    'o3-mini',
    { top_p: 0.2 },
    "Unsupported parameter: 'top_p' is not supported with this model.",
    'unsupported_parameter',
  ],
  [
    'gpt-5',
    { top_p: 0.2 },
    "Unsupported parameter: 'top_p' is not supported with this model.",
    'unsupported_parameter',
  ],
  [
    'gpt-5',
    { logit_bias: { 5: 1 } },
    "Unsupported parameter: 'logit_bias' is not supported with this model.",
    'unsupported_parameter',
  ],
])('%s says of %j what it does not support', (model, body, message, code) => {
  expect(inChat(model, body)).toEqual({
    message,
    type: 'invalid_request_error',
    param: Object.keys(body)[0],
    code,
  });
});

test.each([
  ['temperature', 1, 0],
  ['top_p', 1, 0.5],
  ['top_logprobs', 0, 2],
])('in a response a model that reasons takes %s: %j, and refuses %j', (name, good, bad) => {
  for (const value of [good, null, undefined]) expect(inResponse('gpt-5', { [name]: value })).toBeUndefined();
  expect(inResponse('gpt-5', { [name]: bad })).toEqual({
    message: `Unsupported parameter: '${name}' is not supported with this model.`,
    type: 'invalid_request_error',
    param: name,
    code: null,
  });
});

test.each([
  ['o3', 'medium'],
  ['gpt-5', 'medium'],
  ['gpt-5-mini', 'medium'],
  ['gpt-5-pro', 'high'],
  ['gpt-5.1', 'none'],
  ['gpt-6', 'none'],
  ['my-gpt-6', 'medium'],
  ['my-gpt-5.1', 'medium'],
])('%s makes the effort %s unless told otherwise', (model, effort) => {
  expect(defaultEffort(model)).toBe(effort);
});
