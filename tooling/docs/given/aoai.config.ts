// What a snippet gets that imports `./aoai.config.ts` on a page that does not show one.
import { defineConfig, env } from '@aoai/config';

export default defineConfig({
  resources: {
    sweden: { endpoint: env('AZURE_OPENAI_ENDPOINT_SWEDEN'), region: 'swedencentral' },
    france: { endpoint: env('AZURE_OPENAI_ENDPOINT_FRANCE'), region: 'francecentral' },
  },
  deployments: {
    'chat-sweden': { resource: 'sweden', deployment: 'gpt-5.6-luna', model: 'gpt-5.6-luna' },
    'chat-france': { resource: 'france', deployment: 'gpt-5.6-luna', model: 'gpt-5.6-luna' },
    embed: { resource: 'sweden', deployment: 'text-embedding-3-small', model: 'text-embedding-3-small' },
  },
  pools: { chat: [['chat-sweden'], ['chat-france']] },
});
