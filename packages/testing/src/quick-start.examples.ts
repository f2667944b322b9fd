//#region quick-start
import { startMockAzure } from '@aoai/testing';
import OpenAI from 'openai';

const azure = await startMockAzure();
const client = new OpenAI({ baseURL: `${azure.endpoint}/openai/v1/`, apiKey: azure.apiKey });

azure.reply('gpt-5.6-luna', 'Hello from the mock.');
const answer = await client.chat.completions.create({
  model: 'gpt-5.6-luna',
  messages: [{ role: 'user', content: 'Say hello.' }],
});

await azure.close();
//#endregion

export const said: string | null | undefined = answer.choices[0]?.message.content;
