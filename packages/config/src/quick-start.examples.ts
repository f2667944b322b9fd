import type { Config } from '@aoai/config';
//#region quick-start
import { defineConfig, env } from '@aoai/config';

const config = defineConfig({
  resources: {
    sweden: { endpoint: env('AZURE_OPENAI_ENDPOINT_SWEDEN'), region: 'swedencentral' },
    france: {
      endpoint: 'https://contoso-fr.openai.azure.com',
      region: 'francecentral',
      api: '2024-10-21',
    },
  },
  deployments: {
    'chat-ptu': {
      resource: 'sweden',
      deployment: 'gpt-5.6-luna-ptu',
      model: 'gpt-5.6-luna',
      sku: 'DataZoneProvisionedManaged',
    },
    'chat-france': {
      resource: 'france',
      deployment: 'gpt-5.6-luna',
      model: 'gpt-5.6-luna',
      sku: 'DataZoneStandard',
      limits: { tpm: 200_000, rpm: 200 },
    },
    embed: {
      resource: 'sweden',
      deployment: 'text-embedding-3-small',
      model: 'text-embedding-3-small',
      sku: 'DataZoneStandard',
    },
  },
  pools: { chat: [['chat-ptu'], ['chat-france']] }, // tiers, first to last; a flat list is one tier
  policy: { processing: ['EU'], apiKeys: 'forbid' }, // broken rules are errors here, not in production
});
//#endregion

export const contoso: Config<'chat-ptu' | 'chat-france' | 'embed' | 'chat'> = config;
