import { defineConfig, env } from '@aoai/config';

/** What the settings are when none are given: the mock needs names, not a subscription. */
const mockSettings = {
  AZURE_OPENAI_ENDPOINT: 'https://quickstart.openai.azure.com',
  AZURE_OPENAI_DEPLOYMENT: 'gpt-5.6-luna',
};

// Names in code, values in the environment.
export default defineConfig(
  {
    resources: {
      main: { endpoint: env('AZURE_OPENAI_ENDPOINT') },
    },
    deployments: {
      hello: { resource: 'main', deployment: env('AZURE_OPENAI_DEPLOYMENT'), model: 'gpt-5.6-luna' },
      // On Azure nobody has deployed this one, on the mock it is throttled: a call to the pool goes on to `hello`.
      busy: { resource: 'main', deployment: 'quickstart-not-deployed', model: 'gpt-5.6-luna' },
    },
    pools: { chat: [['busy'], ['hello']] },
  },
  { env: { ...mockSettings, ...process.env } },
);
