//#region langchain
import { entraId, scopeFor, tokenProvider } from '@aoai/auth';
import { AzureChatOpenAI } from '@langchain/openai';

const endpoint = process.env['AZURE_OPENAI_ENDPOINT'] ?? '';
const api = '2024-10-21';
const model = new AzureChatOpenAI({
  azureOpenAIEndpoint: endpoint,
  azureOpenAIApiDeploymentName: 'gpt-5.6-luna',
  azureOpenAIApiVersion: api,
  azureADTokenProvider: tokenProvider(entraId(), { scope: scopeFor(endpoint, api) }),
});
const message = await model.invoke('Say hello.');
//#endregion

export const content: unknown = message.content;
