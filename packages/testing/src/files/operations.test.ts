import { AzureOpenAI, toFile } from 'openai';
import type OpenAI from 'openai';
import { expect, test } from 'vitest';
import { useClockedMock } from '../batches/clocked.fake.ts';
import { startMockAzure } from '../start-mock-azure.ts';

const fixture = useClockedMock();

async function upload(text: string, purpose: OpenAI.FilePurpose = 'batch'): Promise<OpenAI.FileObject> {
  return fixture.client.files.create({ file: await toFile(Buffer.from(text), 'some file.jsonl'), purpose });
}

test('keeps what was uploaded until it is deleted', async () => {
  const made = await upload('{"a":"ü"}\n');
  expect(made).toMatchObject({ object: 'file', bytes: 11, filename: 'some file.jsonl', purpose: 'batch' });
  expect(await (await fixture.client.files.content(made.id)).text()).toBe('{"a":"ü"}\n');
  expect(await fixture.client.files.delete(made.id)).toEqual({ id: made.id, object: 'file', deleted: true });
  await expect(fixture.client.files.retrieve(made.id)).rejects.toMatchObject({ status: 404 });
});

test('is pending for a moment, then processed', async () => {
  const made = await upload('x');
  expect(made).toMatchObject({ status: 'pending' });
  await fixture.clock.advance(1000);
  expect(await fixture.client.files.retrieve(made.id)).toMatchObject({ status: 'processed' });
});

test('forgets a file that has expired', async () => {
  const { id } = await fixture.client.files.create({
    file: await toFile(Buffer.from('x'), 'x.jsonl'),
    purpose: 'batch',
    expires_after: { anchor: 'created_at', seconds: 1_209_600 },
  });
  await fixture.clock.advance(1_209_600_000);
  await expect(fixture.client.files.retrieve(id)).rejects.toMatchObject({ status: 404 });
});

test('answers as the authoring service does on a dated version', async () => {
  const options = { endpoint: fixture.azure.endpoint, apiKey: fixture.azure.apiKey, maxRetries: 0 };
  const dated = new AzureOpenAI({ ...options, apiVersion: '2025-04-01-preview' });
  const file = await toFile(Buffer.from('x'), 'x.jsonl');
  const { data, response } = await dated.files.create({ file, purpose: 'batch' }).withResponse();
  expect(response.status).toBe(201);
  expect(response.headers.get('location')).toContain(
    `/openai/files/${data.id}?api-version=2025-04-01-preview`,
  );
  await expect(dated.files.retrieve('file-x')).rejects.toMatchObject({ status: 404, code: 'notFound' });
});

test.each([false, true])(
  'names the place of a file so that it can be called, with https: %j',
  async (https) => {
    const other = await startMockAzure({ https });
    other.identity.trust();
    const form = new FormData();
    form.set('purpose', 'batch');
    form.set('file', new Blob(['x']), 'x.jsonl');
    const headers = { 'api-key': other.apiKey };
    const url = `${other.endpoint}/openai/files?api-version=2025-04-01-preview`;
    const made = await fetch(url, { method: 'POST', body: form, headers });
    const found = await fetch(made.headers.get('location') ?? '', { headers });
    expect(await found.json()).toMatchObject({ filename: 'x.jsonl' });
    await other.close();
  },
);

test('lists by purpose', async () => {
  await upload('x', 'batch');
  const { id } = await upload('x', 'assistants');
  const listed = await fixture.client.files.list({ purpose: 'assistants' });
  expect(listed.data.map((each) => each.id)).toEqual([id]);
});

test.each<[string, Record<string, string | Blob>]>([
  ['a form without a file', { purpose: 'batch' }],
  ['a form without a purpose', { file: new Blob(['x']) }],
  ['an unknown purpose', { file: new Blob(['x']), purpose: 'fun' }],
  [
    'too short a life',
    {
      file: new Blob(['x']),
      purpose: 'batch',
      'expires_after[seconds]': '5',
      'expires_after[anchor]': 'created_at',
    },
  ],
])('refuses %s', async (_, fields) => {
  const body = new FormData();
  for (const [name, value] of Object.entries(fields)) body.append(name, value);
  const response = await fetch(`${fixture.azure.endpoint}/openai/v1/files`, {
    method: 'POST',
    headers: { 'api-key': fixture.azure.apiKey },
    body,
  });
  expect(response.status).toBe(400);
  expect(await response.json()).toHaveProperty('error.message');
});

test('refuses a body that is no form', async () => {
  const response = await fetch(`${fixture.azure.endpoint}/openai/v1/files`, {
    method: 'POST',
    headers: { 'api-key': fixture.azure.apiKey, 'content-type': 'multipart/form-data; boundary=x' },
    body: 'nothing like a form',
  });
  expect(response.status).toBe(400);
});

test('puts an upload together from its parts', async () => {
  const { id } = await fixture.client.uploads.create({
    bytes: 6,
    filename: 'x.jsonl',
    mime_type: 'text/jsonl',
    purpose: 'batch',
  });
  const parts = [];
  for (const text of ['abc', 'def']) {
    parts.push(
      await fixture.client.uploads.parts.create(id, { data: await toFile(Buffer.from(text), 'part') }),
    );
  }
  const done = await fixture.client.uploads.complete(id, { part_ids: parts.map((part) => part.id) });
  expect(done).toMatchObject({ status: 'completed', file: { bytes: 6 } });
  expect(await (await fixture.client.files.content(done.file?.id ?? '')).text()).toBe('abcdef');
  await expect(fixture.client.uploads.cancel(id)).rejects.toMatchObject({ status: 400 });
});
