import { expect, test } from 'vitest';
import { defineConfig } from './define-config.ts';
import { isAllowed, mayProcess, processingOf } from './processing.ts';

const config = defineConfig({
  resources: {
    sweden: { endpoint: 'https://a.openai.azure.com', region: 'swedencentral' },
    uk: { endpoint: 'https://b.openai.azure.com', region: 'uksouth' },
    nowhere: { endpoint: 'https://c.openai.azure.com' },
  },
  deployments: { chat: { resource: 'sweden', deployment: 'd' } },
});

test.each([
  ['GlobalStandard', 'sweden', { where: 'anywhere' }],
  ['GlobalStandard', 'nowhere', { where: 'anywhere' }],
  ['DataZoneStandard', 'sweden', { where: 'data-zone', zone: 'EU' }],
  ['DataZoneStandard', 'uk', { where: 'unknown', missing: 'zone' }],
  ['DataZoneStandard', 'nowhere', { where: 'unknown', missing: 'region' }],
  ['Standard', 'sweden', { where: 'region', region: 'swedencentral', zone: 'EU' }],
  ['Standard', 'uk', { where: 'region', region: 'uksouth' }],
  ['Standard', 'nowhere', { where: 'unknown', missing: 'region' }],
  ['SomethingNew', 'sweden', { where: 'unknown', missing: 'sku' }],
] as const)('%s in %s processes: %j', (sku, name, processing) => {
  const deployment = { resource: name, deployment: 'd', model: 'm', sku, limits: {}, tags: {} };
  const resource = config.resources[name];
  expect(resource && processingOf(deployment, resource)).toStrictEqual(processing);
});

test.each([
  [{ where: 'anywhere' }, undefined, true],
  [{ where: 'anywhere' }, ['EU'], false],
  [{ where: 'unknown', missing: 'sku' }, undefined, true],
  [{ where: 'unknown', missing: 'sku' }, ['EU'], false],
  [{ where: 'data-zone', zone: 'EU' }, ['EU'], true],
  [{ where: 'data-zone', zone: 'EU' }, ['US', 'swedencentral'], false],
  [{ where: 'region', region: 'uksouth' }, ['uksouth'], true],
  [{ where: 'region', region: 'uksouth' }, ['EU'], false],
  [{ where: 'region', region: 'eastus', zone: 'US' }, ['US'], true],
  [{ where: 'region', region: 'eastus', zone: 'US' }, ['eastus'], true],
  [{ where: 'region', region: 'eastus', zone: 'US' }, ['EU'], false],
] as const)('%j under %j is allowed: %s', (processing, allowed, isRight) => {
  expect(isAllowed(processing, allowed)).toBe(isRight);
});

test('what is not in the config may process nothing', () => {
  expect(mayProcess(config, 'chat')).toBe(true);
  expect(mayProcess(config, 'chatt')).toBe(false);
  expect(mayProcess(config, 'constructor')).toBe(false);
  expect(mayProcess({ ...config, resources: {} }, 'chat')).toBe(false);
});
