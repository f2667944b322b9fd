import { defineConfig } from '@aoai/config';
import { expect, test } from 'vitest';
import { fakeTerminal } from '../terminal.fake.ts';
import { accessFor, managementFor } from './management.ts';
import { scopeOf } from './management-access.ts';

const configOf = (endpoint: string) =>
  defineConfig({
    resources: { a: { endpoint } },
    deployments: { chat: { resource: 'a', deployment: 'chat' } },
  });

test.each([
  ['https://a.openai.azure.com', 'https://management.azure.com'],
  ['https://a.openai.azure.us', 'https://management.usgovcloudapi.net'],
  ['https://a.openai.azure.cn', 'https://management.chinacloudapi.cn'],
])('a config with %s asks the Management API of its own cloud, %s', (endpoint, management) => {
  const { endpoint: asked } = managementFor(fakeTerminal(), { subscription: 's' }, configOf(endpoint));
  expect(asked).toBe(management);
});

test('what is named goes before the cloud: the option, then AZURE_RESOURCE_MANAGER_ENDPOINT', () => {
  const config = configOf('https://a.openai.azure.us');
  const terminal = fakeTerminal({
    env: { AZURE_SUBSCRIPTION_ID: 's', AZURE_RESOURCE_MANAGER_ENDPOINT: 'http://127.0.0.1:2/' },
  });
  expect(managementFor(terminal, {}, config).endpoint).toBe('http://127.0.0.1:2');
  expect(managementFor(terminal, { management: 'http://127.0.0.1:1/' }, config).endpoint).toBe(
    'http://127.0.0.1:1',
  );
});

test.each([
  ['https://management.azure.com', 'https://management.azure.com/.default'],
  ['https://management.usgovcloudapi.net', 'https://management.usgovcloudapi.net/.default'],
  ['https://management.chinacloudapi.cn', 'https://management.chinacloudapi.cn/.default'],
  ['http://127.0.0.1:1', 'https://management.azure.com/.default'],
])('the Management API at %s takes tokens for %s', (endpoint, scope) => {
  expect(scopeOf(endpoint)).toBe(scope);
});

test('the subscription is that of the option, else of AZURE_SUBSCRIPTION_ID; a group is passed on', () => {
  const terminal = fakeTerminal({ env: { AZURE_SUBSCRIPTION_ID: 'of-env' } });
  const { credential: _, ...asked } = managementFor(terminal, {});
  expect(asked).toStrictEqual({ subscriptionId: 'of-env', signal: terminal.signal });
  expect(managementFor(terminal, { subscription: 'given', resourceGroup: 'g' })).toMatchObject({
    subscriptionId: 'given',
    resourceGroup: 'g',
  });
});

test.each([{}, { AZURE_SUBSCRIPTION_ID: '' }])('without a subscription (%j) nothing is asked', (env) => {
  expect(() => managementFor(fakeTerminal({ env }), {})).toThrow(
    'Cannot read the Management API: no subscription. Give `--subscription`, or set `AZURE_SUBSCRIPTION_ID`.',
  );
});

test('where nothing names an endpoint, the default one is meant', () => {
  const env = { AZURE_RESOURCE_MANAGER_ENDPOINT: '' };
  expect(accessFor(fakeTerminal({ env }), {})).not.toHaveProperty('endpoint');
});

test('nobody waits for a token after an interrupt', async () => {
  const { credential } = accessFor(fakeTerminal(), {});
  const abortSignal = AbortSignal.abort(new Error('enough'));
  const asked = credential.getToken('https://management.azure.com/.default', { abortSignal });
  await expect(asked).rejects.toBe(abortSignal.reason);
});
