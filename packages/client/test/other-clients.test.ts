import { createAzure } from '@ai-sdk/azure';
import { AzureChatOpenAI, ChatOpenAI, OpenAIEmbeddings } from '@langchain/openai';
import { Agent, OpenAIProvider, Runner, tool } from '@openai/agents';
import { rateLimited } from '@aoai/testing';
import { embed, generateText, streamText } from 'ai';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { longText, useEstate } from './estate.ts';

// Each of these clients has a retry policy of its own; `azure.fetch` is the one that acts, theirs is switched off.
const fixture = useEstate();

function throttleFirst(): void {
  fixture.mock.reply('chat', longText, { times: Infinity });
  fixture.mock.fail('chat-sweden', rateLimited({ retryAfterMs: 60_000 }));
}

test('AI SDK: text, streams and embeddings, on both of its surfaces', async () => {
  throttleFirst();
  const azure = fixture.connect();
  const provider = createAzure({
    baseURL: 'https://any.openai.azure.com/openai',
    apiKey: 'unused',
    fetch: azure.fetch,
  });
  for (const model of [provider('chat'), provider.chat('chat')]) {
    const { text } = await generateText({ model, prompt: 'Hello', maxRetries: 0 });
    expect(text).toBe(longText);
    const streamed = streamText({ model, prompt: 'Hello', maxRetries: 0 });
    expect(await streamed.text).toBe(longText);
  }
  const { embedding } = await embed({ model: provider.embedding('embed'), value: 'Hello', maxRetries: 0 });
  expect(embedding.length).toBeGreaterThan(0);
  expect(fixture.attempts().slice(0, 2)).toEqual(['chat-sweden', 'chat-france']);
  expect(fixture.mock.verdict()).toEqual([]);
});

test('LangChain: Azure and plain, whole, streamed and embeddings', async () => {
  throttleFirst();
  const azure = fixture.connect();
  const classic = new AzureChatOpenAI({
    azureOpenAIApiKey: 'unused',
    azureOpenAIApiInstanceName: 'any',
    azureOpenAIApiDeploymentName: 'chat',
    azureOpenAIApiVersion: '2024-10-21',
    maxRetries: 0,
    configuration: { fetch: azure.fetch },
  });
  const { baseURL, fetch } = azure;
  const plain = new ChatOpenAI({
    model: 'chat',
    apiKey: 'unused',
    maxRetries: 0,
    configuration: { baseURL, fetch },
  });
  for (const model of [classic, plain]) {
    expect((await model.invoke('Hello')).text).toBe(longText);
    let text = '';
    for await (const chunk of await model.stream('Hello')) text += chunk.text;
    expect(text).toBe(longText);
  }
  const embeddings = new OpenAIEmbeddings({
    model: 'embed',
    apiKey: 'unused',
    maxRetries: 0,
    configuration: { baseURL, fetch },
  });
  expect((await embeddings.embedQuery('Hello')).length).toBeGreaterThan(0);
  expect(fixture.mock.verdict()).toEqual([]);
});

test('Agents SDK: an agent with a tool', async () => {
  const azure = fixture.connect();
  fixture.mock.reply('chat', [{ toolCalls: [{ name: 'weather', arguments: { city: 'Paris' } }] }, longText]);
  const weather = tool({
    name: 'weather',
    description: 'The weather of a city',
    parameters: z.object({ city: z.string() }),
    execute: ({ city }) => `Rain in ${city}`,
  });
  const agent = new Agent({ name: 'helper', instructions: 'Help.', model: 'chat', tools: [weather] });
  const runner = new Runner({
    modelProvider: new OpenAIProvider({ openAIClient: azure.sdk, useResponses: true }),
    tracingDisabled: true,
  });
  const { finalOutput } = await runner.run(agent, 'What is the weather in Paris?');
  expect(finalOutput).toBe(longText);
  expect(JSON.stringify(fixture.mock.requests().at(-1)?.body)).toContain('Rain in Paris');
});
