import OpenAI, { AzureOpenAI } from 'openai';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startMockAzure, type MockAzure } from '../start-mock-azure.ts';

let azure: MockAzure;
let client: OpenAI;

beforeAll(async () => {
  azure = await startMockAzure();
  client = new OpenAI({ baseURL: `${azure.endpoint}/openai/v1/`, apiKey: azure.apiKey, maxRetries: 0 });
});

afterAll(async () => azure.close());

const model = 'text-embedding-3-small';

async function embed(input: string[], options: { dimensions?: number } = {}): Promise<number[][]> {
  const { data } = await client.embeddings.create({ model, input, ...options });
  return data.map((each) => each.embedding);
}

function cosine(a: readonly number[] = [], b: readonly number[] = []): number {
  return a.reduce((sum, value, index) => sum + value * (b[index] ?? 0), 0);
}

test('puts near texts near each other, also by the first dimensions alone', async () => {
  const texts = [
    'How many days of vacation do I get?',
    'Employees get 25 vacation days a year.',
    'The printer on the third floor is out of toner.',
  ];
  for (const dimensions of [1536, 512, 256]) {
    const [question, near, far] = await embed(texts, { dimensions });
    expect(question).toHaveLength(dimensions);
    expect(cosine(question, question)).toBeCloseTo(1, 5);
    expect(cosine(question, near)).toBeGreaterThan(cosine(question, far) + 0.15);
  }
});

test('writes the same numbers as floats and in base64', async () => {
  const [fromBase64] = await embed(['Hello world']);
  const { data } = await client.embeddings.create({ model, input: 'Hello world', encoding_format: 'float' });
  expect(data[0]?.embedding).toHaveLength(1536);
  data[0]?.embedding.forEach((value, index) => {
    expect(Math.fround(value)).toBe(fromBase64?.[index]);
  });
});

test('gives a shortened vector that is the beginning of the whole one', async () => {
  const [whole = []] = await embed(['Hello world']);
  const [short = []] = await embed(['Hello world'], { dimensions: 100 });
  const length = Math.hypot(...whole.slice(0, 100));
  short.forEach((value, index) => {
    expect(value).toBeCloseTo((whole[index] ?? 0) / length, 5);
  });
});

test('counts tokens, keeps the order and names the model', async () => {
  const answer = await client.embeddings.create({ model, input: [[1, 2, 3], [4]] });
  expect(answer.usage).toEqual({ prompt_tokens: 4, total_tokens: 4 });
  expect(answer.data.map((each) => each.index)).toEqual([0, 1]);
  expect(answer.model).toBe('text-embedding-3-small');
});

test('has the dimensions of the model, on the dated surface too', async () => {
  const dated = new AzureOpenAI({ endpoint: azure.endpoint, apiKey: azure.apiKey, apiVersion: '2024-10-21' });
  const large = await dated.embeddings.create({ model: 'text-embedding-3-large', input: 'Hello' });
  expect(large.data[0]?.embedding).toHaveLength(3072);
});

test('takes an empty text that stands alone', async () => {
  const { data, usage } = await client.embeddings.create({ model, input: '', encoding_format: 'float' });
  expect(Math.hypot(...(data[0]?.embedding ?? []))).toBeCloseTo(1, 4);
  expect(usage).toEqual({ prompt_tokens: 0, total_tokens: 0 });
});

test.each<[object, string]>([
  [{ input: [] }, "'$.input' is invalid"],
  [{ input: ['a', ''] }, "'$.input' is invalid"],
  [{}, "Missing required parameter: 'input'."],
  [{ input: Array.from({ length: 2049 }, () => 'x') }, 'maximum length 2048'],
  [{ input: 'word '.repeat(9000) }, "This model's maximum context length is"],
  [{ input: 'x', dimensions: 4000 }, "Invalid value for 'dimensions' = 4000"],
  [{ input: 'x', dimensions: 0 }, "Invalid 'dimensions'"],
  [{ input: 'x', model: 'text-embedding-ada-002', dimensions: 5 }, 'does not support specifying dimensions'],
  [{ input: 'x', encoding_format: 'int8' }, "Supported values are: 'float' and 'base64'"],
])('refuses %o', async (body, message) => {
  const failing = client.embeddings.create({ model, ...body } as never);
  await expect(failing).rejects.toMatchObject({ status: 400, type: 'invalid_request_error' });
  await expect(failing).rejects.toThrow(message);
});
