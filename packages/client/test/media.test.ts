import { defineConfig } from '@aoai/config';
import { startMockAzure } from '@aoai/testing';
import { expect, test } from 'vitest';
import { createClient } from '../src/client/create-client.ts';

// A picture, a recording or a file counts for what it is: its bytes alone would be more than a minute's quota.
const limits = { tpm: 30_000 };
const config = defineConfig({
  resources: { main: { endpoint: 'https://main.openai.azure.com' } },
  deployments: {
    chat: { resource: 'main', deployment: 'chat', model: 'gpt-4.1-mini', sku: 'GlobalStandard', limits },
    embed: {
      resource: 'main',
      deployment: 'embed',
      model: 'text-embedding-3-small',
      sku: 'Standard',
      limits,
    },
  },
});
const base64 = 'A'.repeat(400_000);
const picture = `data:image/png;base64,${base64}`;

test('media of 300 kB go through a quota of 30,000 tokens, and both sides count the same', async () => {
  const mock = await startMockAzure({ config });
  const azure = createClient(mock.config, { credential: mock.credential(), retry: false });
  const ask = (part: object) =>
    azure.chat.completions.create({
      model: 'chat',
      messages: [{ role: 'user', content: [{ type: 'text', text: 'What is this?' }, part as never] }],
      max_completion_tokens: 16,
    });
  const respond = (input: readonly object[]) =>
    azure.responses.create({ model: 'chat', input: input as never, max_output_tokens: 16 });
  await ask({ type: 'image_url', image_url: { url: picture } });
  await ask({ type: 'image_url', image_url: { url: picture, detail: 'high' } });
  await ask({ type: 'image_url', image_url: { url: 'https://x.invalid/a.png' } });
  await respond([{ role: 'user', content: [{ type: 'input_image', image_url: picture }] }]);
  await respond([
    {
      role: 'user',
      content: [
        { type: 'input_file', filename: 'a.pdf', file_data: `data:application/pdf;base64,${base64}` },
      ],
    },
  ]);
  await respond([
    { type: 'function_call', call_id: 'call_1', name: 'look', arguments: '{}' },
    {
      type: 'function_call_output',
      call_id: 'call_1',
      output: [{ type: 'input_image', image_url: picture }],
    },
  ]);
  expect(mock.requests()).toHaveLength(6);
  expect(mock.verdict()).toEqual([]);
  await azure.close();
  await mock.close();
});

test('token arrays are counted, and not their digits', async () => {
  const mock = await startMockAzure({ config });
  const azure = createClient(mock.config, { credential: mock.credential(), retry: false });
  const input = Array.from({ length: 7 }, () => Array.from({ length: 4_000 }, () => 100_000));
  await azure.embeddings.create({ model: 'embed', input });
  // 28,000 tokens of 30,000: their digits would be 49,000.
  expect(mock.requests()).toHaveLength(1);
  await azure.close();
  await mock.close();
});
