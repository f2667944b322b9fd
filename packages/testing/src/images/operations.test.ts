import { inflateSync } from 'node:zlib';
import OpenAI, { AzureOpenAI, toFile } from 'openai';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startMockAzure, type MockAzure } from '../start-mock-azure.ts';

let azure: MockAzure;
let client: OpenAI;

beforeAll(async () => {
  azure = await startMockAzure({ anyDeployment: 'gpt-image-1' });
  client = new OpenAI({ baseURL: `${azure.endpoint}/openai/v1/`, apiKey: azure.apiKey, maxRetries: 0 });
});

afterAll(async () => azure.close());

const model = 'image';

/** Width, height and the number of bytes of the points of a PNG file. */
function look(base64 = ''): [number, number, number] {
  const file = Buffer.from(base64, 'base64');
  expect(file.toString('latin1', 1, 4)).toBe('PNG');
  const at = file.indexOf('IDAT');
  const points = inflateSync(file.subarray(at + 4, at + 4 + file.readUInt32BE(at - 4)));
  return [file.readUInt32BE(16), file.readUInt32BE(20), points.length];
}

test('draws a real picture of the size asked for, the same for the same prompt', async () => {
  const first = await client.images.generate({ model, prompt: 'A red boat', size: '1536x1024' });
  expect(look(first.data?.[0]?.b64_json)).toEqual([1536, 1024, 1024 * (1 + 1536 / 8)]);
  const second = await client.images.generate({ model, prompt: 'A red boat', size: '1536x1024', n: 2 });
  expect(second.data?.[0]).toEqual(first.data?.[0]);
  expect(second.data?.[1]).not.toEqual(first.data?.[0]);
  expect(first.usage?.total_tokens).toBeGreaterThan(0);
});

test('gives links to the pictures of DALL·E, which lead to them without a key', async () => {
  const { data, usage } = await client.images.generate({ model: 'Dalle3', prompt: 'A red boat', n: 2 });
  expect(usage).toBeUndefined();
  const [first, second] = data ?? [];
  expect(first?.b64_json).toBeUndefined();
  expect(first).toMatchObject({
    revised_prompt: 'A red boat',
    content_filter_results: expect.anything() as object,
  });
  expect(second?.url).not.toBe(first?.url);
  const response = await fetch(first?.url ?? '');
  expect([response.status, response.headers.get('content-type')]).toEqual([200, 'image/png']);
  expect(look(Buffer.from(await response.arrayBuffer()).toString('base64')).slice(0, 2)).toEqual([
    1024, 1024,
  ]);
  expect((await fetch(first?.url ?? '', { method: 'HEAD' })).status).toBe(200);
  expect((await fetch(`${azure.endpoint}/private/images/none/generated_00.png`)).status).toBe(404);
  const body = { model: 'dall-e-3', prompt: 'x', response_format: 'b64_json' };
  const whole = await client.post<OpenAI.ImagesResponse>('/images/generations', { body });
  expect(look(whole.data?.[0]?.b64_json).slice(0, 2)).toEqual([1024, 1024]);
});

test('edits pictures, on both surfaces', async () => {
  const options = { endpoint: azure.endpoint, apiKey: azure.apiKey, apiVersion: '2025-04-01-preview' };
  for (const each of [client, new AzureOpenAI(options)]) {
    const image = await toFile(Buffer.from('not looked at'), 'in.png', { type: 'image/png' });
    const edited = await each.images.edit({ model, image: [image, image], prompt: 'Make it blue' });
    expect(look(edited.data?.[0]?.b64_json)).toEqual([1024, 1024, 1024 * 129]);
  }
});

test('streams partial pictures and then the whole one', async () => {
  const stream = await client.images.generate({ model, prompt: 'A boat', stream: true, partial_images: 2 });
  const types: string[] = [];
  for await (const event of stream) types.push(event.type);
  expect(types).toEqual([
    'image_generation.partial_image',
    'image_generation.partial_image',
    'image_generation.completed',
  ]);
});

test('refuses no prompt, no picture, an odd size and a blocked prompt', async () => {
  await expect(client.images.generate({ model, prompt: '' })).rejects.toThrow(
    "Missing required parameter: 'prompt'",
  );
  await expect(client.images.generate({ model, prompt: 'x', size: 'big' })).rejects.toThrow('Invalid value');
  await expect(
    client.images.generate({ model, prompt: 'mock-filter:prompt:violence' }),
  ).rejects.toMatchObject({
    status: 400,
    code: 'content_filter',
    error: { inner_error: { code: 'ResponsibleAIPolicyViolation' } },
  });
});
