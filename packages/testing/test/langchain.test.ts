import { startMockAzure, type MockAzure } from '@aoai/testing';
import { HumanMessage } from '@langchain/core/messages';
import { tool } from '@langchain/core/tools';
import { AzureChatOpenAI, AzureOpenAIEmbeddings, ChatOpenAI } from '@langchain/openai';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';

let azure: MockAzure;

beforeAll(async () => {
  azure = await startMockAzure();
});

afterAll(async () => {
  await azure.close();
});

function chat(): AzureChatOpenAI {
  return new AzureChatOpenAI({
    azureOpenAIEndpoint: azure.endpoint,
    azureOpenAIApiKey: azure.apiKey,
    azureOpenAIApiDeploymentName: 'gpt-4o',
    azureOpenAIApiVersion: '2024-10-21',
    maxRetries: 0,
  });
}

test('invokes and streams the same text', async () => {
  const whole = await chat().invoke('What is Azure?');
  let streamed = '';
  for await (const chunk of await chat().stream('What is Azure?')) streamed += chunk.text;
  expect(streamed).toBe(whole.text);
  expect(whole.response_metadata).toMatchObject({ finish_reason: 'stop' });
});

test('calls a tool', async () => {
  const weather = tool(({ city }) => `21 degrees in ${city}`, {
    name: 'weather',
    description: 'Returns the weather of a city',
    schema: z.object({ city: z.string() }),
  });
  const answer = await chat()
    .bindTools([weather])
    .invoke([new HumanMessage('What is the weather in Lisbon?')]);
  expect(answer.tool_calls?.map(({ name, args }) => ({ name, args }))).toEqual([
    { name: 'weather', args: { city: 'Lisbon' } },
  ]);
});

test('fills a schema', async () => {
  const answer = await chat()
    .withStructuredOutput(z.object({ number: z.string(), total: z.number() }))
    .invoke('Extract: number: A-17\ntotal: 12.50');
  expect(answer).toEqual({ number: 'A-17', total: 12.5 });
});

test('speaks v1 through the plain OpenAI class', async () => {
  const model = new ChatOpenAI({
    model: 'gpt-4o',
    apiKey: azure.apiKey,
    configuration: { baseURL: `${azure.endpoint}/openai/v1/` },
  });
  expect((await model.invoke('Hi')).text).not.toBe('');
});

test('embeds', async () => {
  const embeddings = new AzureOpenAIEmbeddings({
    azureOpenAIBasePath: `${azure.endpoint}/openai/deployments`,
    azureOpenAIApiKey: azure.apiKey,
    azureOpenAIApiEmbeddingsDeploymentName: 'text-embedding-3-small',
    azureOpenAIApiVersion: '2024-10-21',
  });
  expect(await embeddings.embedQuery('hello')).toHaveLength(1536);
});
