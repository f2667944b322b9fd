import { defineConfig, type Config } from '@aoai/config';
import type { Account, AccountDeployment } from './account.ts';
import { pulledConfig } from './pulled-config.ts';

/** A deployment as the Management API describes it. */
export const chat: AccountDeployment = {
  name: 'gpt-5.4',
  model: 'gpt-5.4',
  version: '2026-03-05',
  sku: 'DataZoneStandard',
  limits: { tpm: 200_000, rpm: 1200 },
  state: 'Succeeded',
};

/** An account with two deployments, for Entra ID only. */
export const sweden: Account = {
  name: 'contoso-se',
  endpoint: 'https://contoso-se.openai.azure.com',
  region: 'swedencentral',
  takesKeys: false,
  isPublic: true,
  tags: { team: 'search' },
  deployments: [chat, { ...chat, name: 'ptu', sku: 'ProvisionedManaged', limits: { ptu: 50 } }],
};

/** Another account with deployments of the same names. */
export const france: Account = {
  ...sweden,
  name: 'contoso-fr',
  endpoint: 'https://contoso-fr.openai.azure.com',
  region: 'francecentral',
  tags: {},
};

/** The config that `aoai config pull` writes for these accounts. */
export function pulled(accounts: readonly Account[]): Config {
  return defineConfig(pulledConfig(accounts) as Parameters<typeof defineConfig>[0]);
}
