import { inflateSync } from 'node:zlib';
import OpenAI, { AzureOpenAI, toFile } from 'openai';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { draw } from './draw.ts';
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
    const image = await toFile(draw('in', 64, 64), 'in.png', { type: 'image/png' });
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

test.each<[string, object, string, string]>([
  [model, { response_format: 'b64_json' }, "Unknown parameter: 'response_format'.", 'unknown_parameter'],
  [model, { style: 'vivid' }, "Unknown parameter: 'style'.", 'unknown_parameter'],
  [
    model,
    { size: '512x512' },
    "Invalid value: '512x512'. Supported values are: '1024x1024', '1024x1536', '1536x1024', and 'auto'.",
    'invalid_value',
  ],
  [model, { quality: 'hd' }, "Invalid value: 'hd'.", 'invalid_value'],
  [model, { output_format: 'webp' }, "Invalid value: 'webp'.", 'invalid_value'],
  ['gpt-image-2', { size: '1000x1000' }, 'multiples of 16', 'invalid_value'],
  ['gpt-image-2', { size: '3072x1008' }, 'up to 3:1', 'invalid_value'],
  ['gpt-image-2', { size: '512x512' }, 'between 655360', 'invalid_value'],
  ['dall-e-3', { size: '1536x1024' }, "Invalid value: '1536x1024'.", 'invalid_value'],
])('%s refuses %j', async (deployment, more, message, code) => {
  const call = client.post('/images/generations', { body: { model: deployment, prompt: 'x', ...more } });
  await expect(call).rejects.toMatchObject({
    status: 400,
    code,
    message: expect.stringContaining(message) as string,
  });
});

test('gpt-image-2 paints any size within its limits', async () => {
  const { data } = await client.images.generate({ model: 'gpt-image-2', prompt: 'x', size: '2560x1440' });
  expect(look(data?.[0]?.b64_json).slice(0, 2)).toEqual([2560, 1440]);
});

test.each([
  ['low', '1024x1024', 272],
  ['medium', '1024x1536', 1584],
  ['high', '1536x1024', 6208],
  ['auto', 'auto', 4160],
] as const)('a picture of quality %s and size %s costs %i tokens', async (quality, size, tokens) => {
  const { usage } = await client.images.generate({ model, prompt: 'A boat', quality, size, n: 2 });
  expect(usage?.output_tokens).toBe(2 * tokens);
});

test('a picture that is shown before it is finished costs more', async () => {
  const asked = { model, prompt: 'A boat', quality: 'low', stream: true, partial_images: 3 } as const;
  let tokens = 0;
  for await (const event of await client.images.generate(asked))
    if (event.type === 'image_generation.completed') tokens = event.usage.output_tokens;
  expect(tokens).toBe(272 + 300);
});

test.each([
  [
    'text/plain',
    'words',
    "Invalid file 'image': unsupported mimetype ('text/plain')",
    'unsupported_file_mimetype',
  ],
  ['image/png', 'words', 'Invalid image file or mode for image 0', 'invalid_image_file'],
])('edits no file of type %s that is %s', async (type, content, message, code) => {
  const image = await toFile(Buffer.from(content), 'in.png', { type });
  const call = client.images.edit({ model, image, prompt: 'Make it blue' });
  await expect(call).rejects.toMatchObject({
    status: 400,
    code,
    message: expect.stringContaining(message) as string,
  });
});

test('edits refuse what generations refuse, and a mask that is none', async () => {
  const image = await toFile(draw('in', 64, 64), 'in.png', { type: 'image/png' });
  const asked = { model, image, prompt: 'Make it blue' };
  const old = { response_format: 'url' } as object;
  await expect(client.images.edit({ ...asked, ...old })).rejects.toThrow("'response_format'");
  const mask = await toFile(Buffer.from('words'), 'mask.png', { type: 'image/png' });
  await expect(client.images.edit({ ...asked, mask })).rejects.toThrow('Invalid image file');
});
