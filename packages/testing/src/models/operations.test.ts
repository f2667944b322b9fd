import OpenAI, { AzureOpenAI } from 'openai';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startMockAzure, type MockAzure } from '../start-mock-azure.ts';

let azure: MockAzure;
let v1: OpenAI;

beforeAll(async () => {
  azure = await startMockAzure();
  v1 = new OpenAI({ baseURL: `${azure.endpoint}/openai/v1/`, apiKey: azure.apiKey, maxRetries: 0 });
});

afterAll(async () => azure.close());

test('lists deployments and base models on v1', async () => {
  const ids: string[] = [];
  for await (const model of v1.models.list()) ids.push(model.id);
  expect(ids).toContain('gpt-5-mini');
  expect(ids).toContain('gpt-5-mini-2025-08-07');
  const one = await v1.models.retrieve('gpt-5-mini');
  expect(one).toMatchObject({ id: 'gpt-5-mini', object: 'model', owned_by: 'system' });
});

test('lists base models with their capabilities on a dated version', async () => {
  const dated = new AzureOpenAI({ endpoint: azure.endpoint, apiKey: azure.apiKey, apiVersion: '2024-10-21' });
  const one = await dated.models.retrieve('text-embedding-3-small-1');
  expect(one).toMatchObject({
    capabilities: { embeddings: true, chat_completion: false },
    lifecycle_status: 'generally-available',
    status: 'succeeded',
  });
});

test('says that a model is unknown', async () => {
  await expect(v1.models.retrieve('nope')).rejects.toMatchObject({ status: 404, code: 'model_not_found' });
});
