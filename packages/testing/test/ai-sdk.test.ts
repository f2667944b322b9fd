import { createAzure } from '@ai-sdk/azure';
import { startMockAzure, type MockAzure } from '@aoai/testing';
import { embed, generateText, Output, stepCountIs, streamText, tool } from 'ai';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';

let azure: MockAzure;
let provider: ReturnType<typeof createAzure>;

beforeAll(async () => {
  azure = await startMockAzure();
  provider = createAzure({ baseURL: `${azure.endpoint}/openai/v1`, apiKey: azure.apiKey });
});

afterAll(async () => {
  await azure.close();
});

test('generates and streams the same text over chat completions and responses', async () => {
  for (const model of [provider.chat('gpt-4o'), provider.responses('gpt-4o')]) {
    const { text, usage } = await generateText({ model, prompt: 'What is Azure?' });
    expect(usage.totalTokens).toBeGreaterThan(0);
    const stream = streamText({ model, prompt: 'What is Azure?' });
    let streamed = '';
    for await (const piece of stream.textStream) streamed += piece;
    expect(streamed).toBe(text);
  }
});

test('speaks a dated api-version through deployment URLs', async () => {
  const dated = createAzure({
    baseURL: `${azure.endpoint}/openai`,
    apiKey: azure.apiKey,
    apiVersion: '2024-10-21',
    useDeploymentBasedUrls: true,
  });
  const { text } = await generateText({ model: dated.chat('gpt-4o'), prompt: 'What is Azure?' });
  expect(text).not.toBe('');
  expect(azure.requests('gpt-4o').at(-1)).toMatchObject({ query: { 'api-version': '2024-10-21' } });
});

test('calls a tool and answers from its result', async () => {
  const { text, steps } = await generateText({
    model: provider.chat('gpt-4o'),
    prompt: 'What is the weather in Lisbon?',
    tools: {
      weather: tool({
        description: 'Returns the weather of a city',
        inputSchema: z.object({ city: z.string() }),
        execute: ({ city }) => `It is 21 degrees in ${city}.`,
      }),
    },
    stopWhen: stepCountIs(3),
  });
  expect(steps).toHaveLength(2);
  expect(text).toContain('21');
});

test('generates an object', async () => {
  const { output } = await generateText({
    model: provider.chat('gpt-4o'),
    output: Output.object({ schema: z.object({ number: z.string(), total: z.number() }) }),
    prompt: 'Extract: number: A-17\ntotal: 12.50',
  });
  expect(output).toEqual({ number: 'A-17', total: 12.5 });
});

test('embeds', async () => {
  const { embedding } = await embed({ model: provider.embedding('text-embedding-3-small'), value: 'hello' });
  expect(embedding).toHaveLength(1536);
});

test('reports the content filter', async () => {
  const prompt = 'mock-filter:prompt:hate:high';
  await expect(generateText({ model: provider.chat('gpt-4o'), prompt, maxRetries: 0 })).rejects.toMatchObject(
    {
      statusCode: 400,
      message: expect.stringContaining('content management policy') as string,
    },
  );
});
