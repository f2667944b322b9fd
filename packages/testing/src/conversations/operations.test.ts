import OpenAI from 'openai';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startMockAzure, type MockAzure } from '../start-mock-azure.ts';

let azure: MockAzure;
let client: OpenAI;

beforeAll(async () => {
  azure = await startMockAzure();
  client = new OpenAI({ baseURL: `${azure.endpoint}/openai/v1/`, apiKey: azure.apiKey, maxRetries: 0 });
});

afterAll(async () => azure.close());

test('holds what its responses said', async () => {
  const { id } = await client.conversations.create({ metadata: { topic: 'names' } });
  await client.responses.create({ model: 'gpt-4.1', input: 'My name is Ada.', conversation: id });
  const answer = await client.responses.create({
    model: 'gpt-4.1',
    input: 'What is my name?',
    conversation: { id },
  });
  expect(answer.output_text).toBe('My name is Ada.');
  const items: string[] = [];
  for await (const item of client.conversations.items.list(id, { order: 'asc', limit: 3 }))
    items.push(item.type);
  expect(items).toEqual(['message', 'message', 'message', 'message']);
});

test('is made, read, changed and deleted, with its items', async () => {
  const items = [{ type: 'message' as const, role: 'user' as const, content: 'Hello' }];
  const { id } = await client.conversations.create({ items });
  const changed = await client.conversations.update(id, { metadata: { a: 'b' } });
  expect(changed).toEqual(await client.conversations.retrieve(id));
  const added = await client.conversations.items.create(id, { items });
  const [item] = added.data;
  expect(await client.conversations.items.retrieve(item?.id ?? '', { conversation_id: id })).toEqual(item);
  await client.conversations.items.delete(item?.id ?? '', { conversation_id: id });
  expect((await client.conversations.items.list(id)).data).toHaveLength(1);
  await client.conversations.delete(id);
  await expect(client.conversations.retrieve(id)).rejects.toThrow(`Conversation with id '${id}' not found.`);
});
