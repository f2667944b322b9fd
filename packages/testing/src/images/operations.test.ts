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

test('an answer says what was painted and what it cost', async () => {
  const asked = { model, prompt: 'A red boat', quality: 'low', background: 'transparent', n: 2 } as const;
  // Pictures that are shown before they are finished exist in streams only.
  const answer = await client.images.generate({ ...asked, partial_images: 3 });
  expect(answer).toEqual({
    created: expect.any(Number) as number,
    background: 'transparent',
    output_format: 'png',
    quality: 'low',
    size: '1024x1024',
    data: [0, 1].map((index) => ({ b64_json: draw(`A red boat/${index}`, 1024, 1024).toString('base64') })),
    usage: {
      input_tokens: 3,
      input_tokens_details: { image_tokens: 0, text_tokens: 3 },
      output_tokens: 2 * 272,
      total_tokens: 3 + 2 * 272,
    },
  });
  // In seconds.
  expect(String(answer.created)).toHaveLength(10);
});

test('a stream has the partial pictures and then the whole one, with what all of them cost', async () => {
  const asked = { model, prompt: 'A red boat', quality: 'low', stream: true, partial_images: 2 } as const;
  const events: OpenAI.ImageGenStreamEvent[] = [];
  for await (const event of await client.images.generate(asked)) events.push(event);
  const picture = {
    b64_json: draw('A red boat/0', 1024, 1024).toString('base64'),
    created_at: expect.any(Number) as number,
    background: 'opaque',
    output_format: 'png',
    quality: 'low',
    size: '1024x1024',
  };
  expect(events).toEqual([
    { type: 'image_generation.partial_image', ...picture, partial_image_index: 0 },
    { type: 'image_generation.partial_image', ...picture, partial_image_index: 1 },
    {
      type: 'image_generation.completed',
      ...picture,
      usage: {
        input_tokens: 3,
        input_tokens_details: { image_tokens: 0, text_tokens: 3 },
        // A partial picture costs 100 tokens.
        output_tokens: 272 + 200,
        total_tokens: 3 + 272 + 200,
      },
    },
  ]);
});

test('an edit reads numbers from its form, and pays for the pictures that it gets', async () => {
  const image = await toFile(draw('in', 16, 16), 'in.png', { type: 'image/png' });
  const asked = { model, prompt: 'A red boat', quality: 'low', n: 2, stream: false } as const;
  const { data, usage } = await client.images.edit({ ...asked, image: [image, image] });
  expect(data).toHaveLength(2);
  expect(usage).toEqual({
    input_tokens: 3 + 2 * 323,
    input_tokens_details: { image_tokens: 2 * 323, text_tokens: 3 },
    output_tokens: 2 * 272,
    total_tokens: 3 + 2 * 323 + 2 * 272,
  });
});

test('an edit may be a stream', async () => {
  const image = await toFile(draw('in', 16, 16), 'in.png', { type: 'image/png' });
  const asked = { model, image, prompt: 'A red boat', stream: true, partial_images: 1 } as const;
  const types: string[] = [];
  for await (const event of await client.images.edit(asked)) types.push(event.type);
  expect(types).toEqual(['image_edit.partial_image', 'image_edit.completed']);
});

test('an edit needs a picture', async () => {
  const body = new FormData();
  for (const [name, value] of Object.entries({ model, prompt: 'A red boat' })) body.append(name, value);
  const url = `${azure.endpoint}/openai/v1/images/edits`;
  const response = await fetch(url, { method: 'POST', headers: { 'api-key': azure.apiKey }, body });
  expect(await response.json()).toMatchObject({ error: { message: "Missing required parameter: 'image'." } });
});

test('refuses no prompt, an odd size and a blocked prompt', async () => {
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
