//#region ai-sdk
import { createAzure } from '@ai-sdk/azure';
import { entraId, scopeFor, tokenProvider } from '@aoai/auth';
import { generateText } from 'ai';

const endpoint = process.env['AZURE_OPENAI_ENDPOINT'] ?? '';
const azure = createAzure({
  baseURL: `${endpoint}/openai/v1`,
  tokenProvider: tokenProvider(entraId(), { scope: scopeFor(endpoint, 'v1') }),
});
const { text } = await generateText({ model: azure.chat('gpt-5.6-luna'), prompt: 'Say hello.' });
//#endregion

export const content: string = text;
