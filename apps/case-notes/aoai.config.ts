import { defineConfig, env } from '@aoai/config';

/** What the settings are when none are given: the mock needs names, not a subscription. */
const mockSettings = {
  AZURE_OPENAI_ENDPOINT: 'https://case-notes.openai.azure.com',
  AZURE_OPENAI_DEPLOYMENT: 'gpt-5.6-luna',
};

export default defineConfig(
  {
    resources: {
      main: { endpoint: env('AZURE_OPENAI_ENDPOINT'), region: 'swedencentral' },
    },
    deployments: {
      // A data zone: the text is processed in the EU only. A Global deployment would be refused here, at start.
      notes: {
        resource: 'main',
        deployment: env('AZURE_OPENAI_DEPLOYMENT'),
        model: 'gpt-5.6-luna',
        sku: 'DataZoneStandard',
      },
    },
    policy: { processing: ['EU'], apiKeys: 'forbid' },
  },
  { env: { ...mockSettings, ...process.env } },
);
