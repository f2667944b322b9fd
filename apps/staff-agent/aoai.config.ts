import { defineConfig, env } from '@aoai/config';

/** What the settings are when none are given: the mock needs names, not a subscription. */
const mockSettings = {
  AZURE_OPENAI_ENDPOINT: 'https://staff-agent.openai.azure.com',
  AZURE_OPENAI_DEPLOYMENT: 'gpt-5.6-luna',
};

export default defineConfig(
  {
    resources: { main: { endpoint: env('AZURE_OPENAI_ENDPOINT') } },
    deployments: {
      agent: { resource: 'main', deployment: env('AZURE_OPENAI_DEPLOYMENT'), model: 'gpt-5.6-luna' },
    },
    policy: { apiKeys: 'forbid' },
  },
  { env: { ...mockSettings, ...process.env } },
);
