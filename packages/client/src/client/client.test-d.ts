import { defineConfig } from '@aoai/config';
import type OpenAI from 'openai';
import type { Stream } from 'openai/streaming';
import { zodResponseFormat } from 'openai/helpers/zod';
import { expectTypeOf, test } from 'vitest';
import { z } from 'zod';
import { createClient } from './create-client.ts';

const config = defineConfig({
  resources: { sweden: { endpoint: 'https://sweden.openai.azure.com' } },
  deployments: {
    mini: { resource: 'sweden', deployment: 'gpt-5-mini', model: 'gpt-5-mini', sku: 'GlobalStandard' },
    embed: { resource: 'sweden', deployment: 'e3', model: 'text-embedding-3-small', sku: 'GlobalStandard' },
  },
  pools: { chat: ['mini'] },
});
const azure = createClient(config);
const messages: OpenAI.ChatCompletionMessageParam[] = [];

test('takes the names of the config, and nothing else, wherever the SDK takes a model', () => {
  void azure.chat.completions.create({ model: 'chat', messages });
  void azure.chat.completions.create({ model: 'mini', messages, stream: true });
  void azure.embeddings.create({ model: 'embed', input: 'x' });
  void azure.responses.create({ model: 'chat', input: 'x' });
  // @ts-expect-error - no such name
  void azure.chat.completions.create({ model: 'chatt', messages });
  // @ts-expect-error - the name of the deployment in Azure is not the name in the config
  void azure.chat.completions.create({ model: 'gpt-5-mini', messages });
  // @ts-expect-error - no such name in a stream
  void azure.chat.completions.create({ model: 'chatt', messages, stream: true });
  // @ts-expect-error - no such name in a response
  void azure.responses.create({ model: 'chatt', input: 'x' });
  // @ts-expect-error - no such name for an embedding
  void azure.embeddings.create({ model: 'embedd', input: 'x' });
  // @ts-expect-error - no such name for a parsed answer
  void azure.chat.completions.parse({ model: 'chatt', messages });
  // @ts-expect-error - no such name through other options of the SDK
  void azure.withOptions({ timeout: 5 }).chat.completions.create({ model: 'chatt', messages });
  // @ts-expect-error - no such name for a realtime session
  void azure.realtimeEndpoint('chatt');
});

test('gives what the SDK gives', () => {
  expectTypeOf(
    azure.chat.completions.create({ model: 'chat', messages }),
  ).resolves.toExtend<OpenAI.ChatCompletion>();
  expectTypeOf(azure.chat.completions.create({ model: 'chat', messages, stream: true })).resolves.toExtend<
    Stream<OpenAI.ChatCompletionChunk>
  >();
  const parsed = azure.chat.completions.parse({
    model: 'chat',
    messages,
    response_format: zodResponseFormat(z.object({ city: z.string() }), 'answer'),
  });
  expectTypeOf(parsed.then(({ choices }) => choices[0]?.message.parsed)).resolves.toEqualTypeOf<
    { city: string } | null | undefined
  >();
  expectTypeOf(azure.sdk).toEqualTypeOf<OpenAI>();
  expectTypeOf(azure.fetch).toEqualTypeOf<typeof globalThis.fetch>();
});

test('takes any name of a config whose names are not known', () => {
  const open = createClient(config as typeof config & { names: readonly string[] });
  expectTypeOf(open.files).toEqualTypeOf<OpenAI['files']>();
});
