import { defineConfig, env } from '@aoai/config';

/** What the settings are when none are given: the mock needs names, not a subscription. */
const mockSettings = {
  AZURE_OPENAI_ENDPOINT: 'https://rag-chat.openai.azure.com',
  AZURE_OPENAI_DEPLOYMENT: 'gpt-5.6-luna',
  AZURE_OPENAI_EMBEDDING_DEPLOYMENT: 'text-embedding-3-small',
};

// Names in code, values in the environment. Set AZURE_OPENAI_ENDPOINT_2 to have a second resource take over.
const second = process.env.AZURE_OPENAI_ENDPOINT_2;

export default defineConfig(
  {
    resources: {
      main: { endpoint: env('AZURE_OPENAI_ENDPOINT') },
      second: { endpoint: second ?? 'https://rag-chat-2.openai.azure.com' },
    },
    deployments: {
      'chat-main': { resource: 'main', deployment: env('AZURE_OPENAI_DEPLOYMENT'), model: 'gpt-5.6-luna' },
      'chat-second': {
        resource: 'second',
        deployment: env('AZURE_OPENAI_DEPLOYMENT'),
        model: 'gpt-5.6-luna',
      },
      embed: {
        resource: 'main',
        deployment: env('AZURE_OPENAI_EMBEDDING_DEPLOYMENT'),
        model: 'text-embedding-3-small',
      },
    },
    pools: { chat: second === undefined ? [['chat-main']] : [['chat-main'], ['chat-second']] },
    policy: { apiKeys: 'forbid' },
  },
  { env: { ...mockSettings, ...process.env } },
);
