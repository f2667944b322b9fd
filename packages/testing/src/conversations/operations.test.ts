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

test('a conversation has its metadata, and begins with the items that it was given, in their order', async () => {
  const message = (content: string) => ({ type: 'message' as const, role: 'user' as const, content });
  const made = await client.conversations.create({
    metadata: { topic: 'names' },
    items: [message('one'), message('two')],
  });
  expect(made).toEqual({
    id: expect.stringMatching(/^conv_\w{50}$/) as string,
    object: 'conversation',
    created_at: expect.any(Number) as number,
    metadata: { topic: 'names' },
  });
  const added = await client.conversations.items.create(made.id, {
    items: [message('three'), message('four')],
  });
  expect(added).toMatchObject({ object: 'list', has_more: false, first_id: added.data[0]?.id });
  const texts = async (order?: 'asc' | 'desc') =>
    (await client.conversations.items.list(made.id, order && { order })).data.map((item) =>
      item.type === 'message' && item.content[0]?.type === 'input_text' ? item.content[0].text : '',
    );
  expect(await texts('asc')).toEqual(['one', 'two', 'three', 'four']);
  expect(await texts()).toEqual(['four', 'three', 'two', 'one']);
  const [, second] = (await client.conversations.items.list(made.id, { order: 'asc' })).data;
  const left = await client.conversations.items.delete(second?.id ?? '', { conversation_id: made.id });
  expect(left).toEqual(made);
  expect(await texts('asc')).toEqual(['one', 'three', 'four']);
});

test('twenty items are taken at once, and no more', async () => {
  const items = Array.from({ length: 21 }, () => ({ role: 'user', content: 'x' }) as const);
  const { id } = await client.conversations.create({ items: items.slice(1) });
  expect((await client.conversations.items.list(id, { limit: 100 })).data).toHaveLength(20);
  await expect(client.conversations.items.create(id, { items })).rejects.toThrow('maximum length 20');
  expect((await client.conversations.items.list(id, { limit: 100 })).data).toHaveLength(20);
});

test('conversations do not share their items', async () => {
  const [one, other] = [await client.conversations.create({}), await client.conversations.create({})];
  await client.responses.create({ model: 'gpt-4.1', input: 'Hello', conversation: one.id });
  const lengths = [one, other].map(async ({ id }) => (await client.conversations.items.list(id)).data.length);
  expect(await Promise.all(lengths)).toEqual([2, 0]);
});

test.each<[string, (id: string) => Promise<unknown>, number, string]>([
  ['no items', async (id) => client.post(`/conversations/${id}/items`, { body: {} }), 400, "'items'"],
  [
    'no words of its second item',
    async (id) =>
      client.post(`/conversations/${id}/items`, {
        body: { items: [{ role: 'user', content: 'x' }, { role: 'user' }] },
      }),
    400,
    "Missing required parameter: 'items[1].content'.",
  ],
  [
    'another item',
    async (id) => client.get(`/conversations/${id}/items/x`),
    404,
    "Item with id 'x' not found.",
  ],
  ['another conversation', async () => client.get('/conversations/conv_x/items'), 404, "'conv_x' not found"],
  [
    'the item of another conversation',
    async (id) => {
      const items = [{ role: 'user', content: 'x' }] as const;
      const other = await client.conversations.create({ items: [...items] });
      const [item] = (await client.conversations.items.list(other.id)).data;
      return client.delete(`/conversations/${id}/items/${item?.id}`);
    },
    404,
    'not found',
  ],
])('a request that names %s is refused', async (_, ask, status, words) => {
  const { id } = await client.conversations.create({});
  await expect(ask(id)).rejects.toMatchObject({
    status,
    message: expect.stringContaining(words) as string,
  });
});
