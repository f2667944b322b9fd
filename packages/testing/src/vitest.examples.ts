//#region vitest
import { azureTest } from '@aoai/testing/vitest';
import OpenAI from 'openai';
import { expect } from 'vitest';

const test = azureTest(); // a mock for each test; fails on unconsumed replies and on findings

test('asks once', async ({ azure }) => {
  const client = new OpenAI({ baseURL: `${azure.endpoint}/openai/v1/`, apiKey: azure.apiKey });
  azure.reply('gpt-5.6-luna', 'Hello');
  await client.responses.create({ model: 'gpt-5.6-luna', input: 'Say hello.' });
  expect(azure).toHaveReceived('gpt-5.6-luna', { prompt: 'Say hello.' });
});
//#endregion
