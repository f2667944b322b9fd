//#region openai
import { entraId, scopeFor, tokenProvider } from '@aoai/auth';
import OpenAI from 'openai';

const endpoint = process.env['AZURE_OPENAI_ENDPOINT'] ?? ''; // https://contoso.openai.azure.com
const client = new OpenAI({
  baseURL: `${endpoint}/openai/v1/`,
  apiKey: tokenProvider(entraId(), { scope: scopeFor(endpoint, 'v1') }),
});
const answer = await client.chat.completions.create({
  model: 'gpt-5.6-luna', // the name of your deployment
  messages: [{ role: 'user', content: 'Say hello.' }],
});
//#endregion

export const content: string | null | undefined = answer.choices[0]?.message.content;
