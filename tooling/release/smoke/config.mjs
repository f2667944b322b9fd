// What a team does first with @aoai/config, on any runtime.
import assert from 'node:assert/strict';
// @boundaries-ignore This file runs where the packages are installed from their tarballs.
import { ConfigError, defineConfig, lint } from '@aoai/config';

const config = defineConfig({
  resources: { main: { endpoint: 'https://contoso.openai.azure.com' } },
  deployments: { chat: { resource: 'main', deployment: 'chat', model: 'gpt-4o', sku: 'GlobalStandard' } },
});
assert.deepEqual(config.names, ['chat']);
assert.ok(lint(config, { now: () => Date.UTC(2030, 0, 1) }).length > 0);
assert.throws(
  () => defineConfig({ resources: {}, deployments: { chat: { resource: 'nope' } } }),
  ConfigError,
);
