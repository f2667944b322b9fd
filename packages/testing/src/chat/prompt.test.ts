import { expect, test } from 'vitest';
import { countTokens } from '../answer/tokens.ts';
import type { DeploymentRequest } from '../service/operation.ts';
import { refused } from '../service/refused.fake.ts';
import { maxTokensOf, readPrompt } from './prompt.ts';

const messages = [
  { role: 'system', content: 'Be brief.' },
  { role: 'user', content: 'Hello' },
];

/** Reads a prompt for a model of so many tokens. */
const read = (body: object, contextTokens = 1000) =>
  readPrompt({
    body: { messages, ...body },
    deployment: { model: 'gpt-4o', traits: { contextTokens } },
  } as unknown as DeploymentRequest);

const tools = [{ type: 'function', function: { name: 'get' } }];
const functions = [{ name: 'get' }];

test('a prompt without tools offers none', () => {
  const prompt = read({});
  expect(prompt.input).toEqual({ model: 'gpt-4o', messages: prompt.messages, format: { kind: 'text' } });
  expect(prompt.text()).toBe('Be brief.\nHello');
  expect(prompt.cachedPart()).toBe('\nsystem\nBe brief.\n\nuser\nHello\n');
});

test('a prompt with tools says how they may be used', () => {
  expect(read({ tools, tool_choice: 'required', parallel_tool_calls: false }).input).toMatchObject({
    tools: [{ name: 'get', kind: 'function' }],
    toolChoice: 'required',
    parallelToolCalls: false,
  });
});

test.each([
  ['tools', { tools }, JSON.stringify(tools)],
  ['functions', { functions }, JSON.stringify(functions)],
])('%s are a part of the prompt, and cost what their JSON costs', (_, body, text) => {
  const prompt = read(body);
  expect(prompt.tokens - read({}).tokens).toBe(countTokens(text));
  expect(prompt.cachedPart()).toBe(text + read({}).cachedPart());
});

// The prompt has 15 tokens.
const tooLong = 'your messages resulted in 15 tokens. Please reduce the length of the messages.';
const withCompletion = (all: number, wanted: number) =>
  `you requested ${all} tokens (15 in the messages, ${wanted} in the completion). Please reduce the length of the messages or completion.`;

test.each<[number, object]>([
  [15, {}],
  [20, { max_tokens: 5 }],
  [20, { max_completion_tokens: 5 }],
])('a model of %i tokens has room for %j', (limit, body) => {
  expect(refused(() => read(body, limit))).toBeUndefined();
});

test.each<[number, object, string]>([
  [14, {}, tooLong],
  [14, { max_tokens: 7 }, tooLong],
  [20, { max_tokens: 6 }, withCompletion(21, 6)],
  [15, { max_completion_tokens: 1 }, withCompletion(16, 1)],
])('a model of %i tokens has no room for %j', (limit, body, found) => {
  expect(refused(() => read(body, limit))).toEqual({
    message: `This model's maximum context length is ${limit} tokens. However, ${found}`,
    type: 'invalid_request_error',
    param: 'messages',
    code: 'context_length_exceeded',
  });
});

test.each<[object, number | undefined]>([
  [{}, undefined],
  [{ max_tokens: 5 }, 5],
  [{ max_completion_tokens: 6 }, 6],
  [{ max_completion_tokens: 6, max_tokens: 5 }, 6],
  [{ max_completion_tokens: null, max_tokens: 5 }, 5],
  [{ max_tokens: 'many' }, undefined],
])('%j sets the limit %s', (body, limit) => {
  expect(maxTokensOf(body as Record<string, unknown>)).toBe(limit);
});
