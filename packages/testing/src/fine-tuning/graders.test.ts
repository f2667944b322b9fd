import OpenAI from 'openai';
import type { GraderRunParams } from 'openai/resources/fine-tuning/alpha/graders';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startMockAzure, type MockAzure } from '../start-mock-azure.ts';
import { compute } from './formula.ts';

let azure: MockAzure;
let client: OpenAI;

beforeAll(async () => {
  azure = await startMockAzure();
  client = new OpenAI({ baseURL: `${azure.endpoint}/openai/v1/`, apiKey: azure.apiKey, maxRetries: 0 });
});

afterAll(async () => azure.close());

type Grader = GraderRunParams['grader'];

const exact: Grader = {
  type: 'string_check',
  name: 'exact',
  input: '{{sample.output_text}}',
  reference: '{{item.answer}}',
  operation: 'eq',
};
const near: Grader = {
  type: 'text_similarity',
  name: 'near',
  input: '{{sample.output_text}}',
  reference: '{{item.answer}}',
  evaluation_metric: 'rouge_1',
};

async function run(grader: Grader, model_sample: string, item: object = { answer: 'The sky is blue' }) {
  return client.fineTuning.alpha.graders.run({ grader, model_sample, item });
}

test('checks strings, and what is in a JSON answer', async () => {
  expect((await run(exact, 'The sky is blue')).reward).toBe(1);
  expect((await run(exact, 'The sky')).reward).toBe(0);
  const inJson = { ...exact, input: '{{sample.output_json.colour}}', reference: 'blue' };
  expect((await run(inJson, '{"colour":"blue"}')).reward).toBe(1);
});

test('measures how near a text is', async () => {
  expect((await run(near, 'The sky is blue')).reward).toBe(1);
  expect((await run(near, 'The sky is grey')).reward).toBe(0.75);
  expect((await run(near, 'Rain')).reward).toBe(0);
});

test('scores by a model, which is always content, and says what that cost', async () => {
  const judge: Grader = {
    type: 'score_model',
    name: 'judge',
    model: 'gpt-4.1',
    input: [{ role: 'user', content: 'Rate {{sample.output_text}}' }],
    range: [0, 10],
  };
  const { reward, metadata, model_grader_token_usage_per_model: usage } = await run(judge, 'Hello');
  expect([reward, metadata.sampled_model_name]).toEqual([10, 'gpt-4.1']);
  expect(usage).toEqual({ 'gpt-4.1': metadata.token_usage });
});

test('combines graders by a formula, and says when there is no such name', async () => {
  const multi = (calculate_output: string): Grader =>
    ({ type: 'multi', name: 'both', graders: { exact, near }, calculate_output }) as unknown as Grader;
  const both = await run(multi('0.5 * exact + near / 2'), 'The sky is grey');
  expect(both).toMatchObject({ reward: 0.375, sub_rewards: { exact: 0, near: 0.75 } });
  expect((await run(multi('exact + nobody'), 'x')).metadata.errors.formula_parse_error).toBe(true);
});

test('runs no Python, and says so', async () => {
  const { reward, metadata } = await run({ type: 'python', name: 'py', source: 'def grade(): pass' }, 'x');
  expect([reward, metadata.errors.python_grader_server_error]).toEqual([0, true]);
});

test('validates a grader', async () => {
  expect(await client.fineTuning.alpha.graders.validate({ grader: exact })).toEqual({ grader: exact });
});

test.each([
  [{}, "Missing required parameter: 'grader'."],
  [{ grader: { name: 'x' } }, "Missing required parameter: 'grader.type'."],
  [{ grader: { type: 'nope', name: 'x' } }, "Invalid value: 'nope'."],
  [{ grader: { ...exact, operation: 'is' } }, "Invalid value: 'is'."],
  [{ grader: { type: 'string_check', name: 'x', input: 'a' } }, "parameter: 'grader.reference'."],
  [
    { grader: { type: 'multi', name: 'x', graders: { a: { type: 'multi' } }, calculate_output: 'a' } },
    'multi',
  ],
])('refuses %j', async (body, message) => {
  const call = client.post('/fine_tuning/alpha/graders/validate', { body });
  await expect(call).rejects.toMatchObject({
    status: 400,
    message: expect.stringContaining(message) as string,
  });
});

test.each<[string, number | undefined]>([
  ['1 + 2 * 3', 7],
  ['(1 + 2) * -a', -6],
  ['a / 4 - 1', -0.5],
  ['1 / 0', undefined],
  ['(1', undefined],
  ['1 2', undefined],
  ['', undefined],
  ['b', undefined],
  [`${'('.repeat(5000)}1`, undefined],
])('the formula %j', (formula, value) => {
  expect(compute(formula, new Map([['a', 2]]))).toBe(value);
});
