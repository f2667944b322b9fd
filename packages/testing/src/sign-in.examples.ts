//#region sign-in
import { DefaultAzureCredential, getBearerTokenProvider } from '@azure/identity';
import { AzureOpenAI } from 'openai';

const scope = 'https://cognitiveservices.azure.com/.default';
const client = new AzureOpenAI({
  azureADTokenProvider: getBearerTokenProvider(new DefaultAzureCredential(), scope),
  apiVersion: '2024-10-21',
});
const answer = await client.chat.completions.create({
  model: 'gpt-5.6-luna', // the deployment
  messages: [{ role: 'user', content: 'Say hello.' }],
});
console.log(answer.choices[0]?.message.content);
//#endregion
