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

test('a container ends twenty minutes after its last use, unless it is asked for another time', async () => {
  const usual = await client.containers.create({ name: 'lab' });
  expect(usual).toMatchObject({
    id: expect.stringMatching(/^cntr_\w{48}$/) as string,
    object: 'container',
    name: 'lab',
    status: 'running',
    expires_after: { anchor: 'last_active_at', minutes: 20 },
    last_active_at: usual.created_at,
  });
  const expires_after = { anchor: 'last_active_at', minutes: 5 } as const;
  expect(await client.containers.create({ name: 'lab', expires_after })).toMatchObject({ expires_after });
});

test('a file of a container has its size and its place, and is gone when it is deleted', async () => {
  const { id, created_at } = await client.containers.create({ name: 'lab' });
  const file = await client.containers.files.create(id, { file: await toFile(Buffer.from('a,b'), 'a.csv') });
  expect(file.created_at).toBeGreaterThanOrEqual(created_at);
  expect(file.created_at).toBeLessThanOrEqual(Date.now() / 1000);
  expect(file).toMatchObject({
    id: expect.stringMatching(/^cfile_\w{32}$/) as string,
    object: 'container.file',
    bytes: 3,
    container_id: id,
    path: '/mnt/data/a.csv',
    source: 'user',
  });
  expect(await client.containers.files.retrieve(file.id, { container_id: id })).toEqual(file);
  const other = await client.containers.create({ name: 'other' });
  await expect(client.containers.files.retrieve(file.id, { container_id: other.id })).rejects.toMatchObject({
    status: 404,
  });
  await client.containers.files.delete(file.id, { container_id: id });
  expect((await client.containers.files.list(id)).data).toEqual([]);
});

test.each<[string, object, string]>([
  ['containers', {}, "Missing required parameter: 'name'."],
  ['containers', { name: 1 }, "Invalid type for 'name'"],
  ['containers', { name: 'a', file_ids: 'x' }, "Invalid type for 'file_ids'"],
  ['containers', { name: 'a', file_ids: [1] }, "Invalid type for 'file_ids[0]'"],
  ['containers/ID/files', {}, "Missing required parameter: 'file_id'."],
  ['containers/ID/files', { file_id: 1 }, "Missing required parameter: 'file_id'."],
])('%s with %j is refused', async (path, body, words) => {
  const { id } = await client.containers.create({ name: 'lab' });
  await expect(client.post(`/${path.replace('ID', id)}`, { body })).rejects.toMatchObject({
    status: 400,
    message: expect.stringContaining(words) as string,
  });
});

test('a form without a file is refused', async () => {
  const { id } = await client.containers.create({ name: 'lab' });
  const body = new FormData();
  body.append('name', 'a.csv');
  await expect(client.post(`/containers/${id}/files`, { body })).rejects.toMatchObject({
    status: 400,
    message: expect.stringContaining("Missing required parameter: 'file'.") as string,
  });
});

test('a file that is not there is put into no container', async () => {
  const before = (await client.containers.list()).data.length;
  await expect(client.containers.create({ name: 'a', file_ids: ['file-x'] })).rejects.toMatchObject({
    status: 404,
  });
  expect((await client.containers.list()).data).toHaveLength(before);
  await expect(client.containers.files.create('cntr_x', { file_id: 'x' })).rejects.toMatchObject({
    status: 404,
  });
});
