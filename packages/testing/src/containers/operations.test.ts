import OpenAI, { toFile } from 'openai';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startMockAzure, type MockAzure } from '../start-mock-azure.ts';

let azure: MockAzure;
let client: OpenAI;

beforeAll(async () => {
  azure = await startMockAzure();
  client = new OpenAI({ baseURL: `${azure.endpoint}/openai/v1/`, apiKey: azure.apiKey, maxRetries: 0 });
});

afterAll(async () => azure.close());

test('is made with files, given more and deleted', async () => {
  const file = await client.files.create({
    file: await toFile(Buffer.from('a,b'), 'a.csv'),
    purpose: 'assistants',
  });
  const { id, status } = await client.containers.create({ name: 'lab', file_ids: [file.id] });
  expect(status).toBe('running');
  await client.containers.files.create(id, { file: await toFile(Buffer.from('c,d'), 'c.csv') });
  await client.containers.files.create(id, { file_id: file.id });
  const paths: string[] = [];
  for await (const each of client.containers.files.list(id, { order: 'asc' })) paths.push(each.path);
  expect(paths).toEqual(['/mnt/data/a.csv', '/mnt/data/c.csv', '/mnt/data/a.csv']);
  const [newest] = (await client.containers.files.list(id)).data;
  const content = await client.containers.files.content.retrieve(newest?.id ?? '', { container_id: id });
  expect(await content.text()).toBe('a,b');
  await client.containers.delete(id);
  await expect(client.containers.retrieve(id)).rejects.toMatchObject({ status: 404 });
  await expect(client.containers.files.list(id)).rejects.toMatchObject({ status: 404 });
});
