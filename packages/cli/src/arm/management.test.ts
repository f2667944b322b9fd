import { defineConfig } from '@aoai/config';
import { expect, test } from 'vitest';
import { fakeTerminal } from '../terminal.fake.ts';
import { managementFor } from './management.ts';

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
