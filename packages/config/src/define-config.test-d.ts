import { describe, expectTypeOf, test } from 'vitest';
import { defineConfig, env, type Config } from './index.ts';

const resources = {
  sweden: { endpoint: env('AZURE_OPENAI_ENDPOINT_SWEDEN') },
  france: { endpoint: 'https://contoso-fr.openai.azure.com' },
};
const deployments = {
  'chat-ptu': { resource: 'sweden', deployment: 'gpt-5-mini-ptu' },
  embed: { resource: 'france', deployment: 'text-embedding-3-small' },
} as const;

describe('defineConfig', () => {
  test('keeps the names of deployments and pools, and nothing else', () => {
    const config = defineConfig({
      resources,
      deployments,
      pools: { chat: [['chat-ptu'], ['embed']], flat: ['embed'] },
    });
    expectTypeOf(config).toEqualTypeOf<Config<'chat-ptu' | 'embed' | 'chat' | 'flat'>>();
  });

  test('has no pool names without pools', () => {
    expectTypeOf(defineConfig({ resources, deployments })).toEqualTypeOf<Config<'chat-ptu' | 'embed'>>();
  });

  test('keeps names of literals without `as const`', () => {
    const config = defineConfig({
      resources: { sweden: { endpoint: 'https://a.openai.azure.com' } },
      deployments: { a: { resource: 'sweden', deployment: 'a' }, b: { resource: 'sweden', deployment: 'b' } },
      pools: { both: [['a', { deployment: 'b', weight: 2 }]] },
    });
    expectTypeOf(config.names).toEqualTypeOf<readonly ('a' | 'b' | 'both')[]>();
  });

  test('keeps the names of pools that say which refusals lead on', () => {
    const config = defineConfig({
      resources,
      deployments,
      pools: { chat: { tiers: [['chat-ptu'], ['embed']], leadOn: ['context_length_exceeded', 'mine'] } },
    });
    expectTypeOf(config).toEqualTypeOf<Config<'chat-ptu' | 'embed' | 'chat'>>();
    defineConfig({
      resources,
      deployments,
      // @ts-expect-error - no deployment "chat-swedn"
      pools: { chat: { tiers: ['chat-swedn'] } },
    });
  });

  test('refuses names that are not there', () => {
    defineConfig({
      resources,
      // @ts-expect-error - no resource "swedn"
      deployments: { chat: { resource: 'swedn', deployment: 'a' } },
    });
    defineConfig({
      resources,
      deployments,
      // @ts-expect-error - no deployment "chat-swedn"
      pools: { chat: ['chat-swedn'] },
    });
    defineConfig({
      resources,
      deployments,
      // @ts-expect-error - no deployment "chat-swedn"
      pools: { chat: [[{ deployment: 'chat-swedn' }]] },
    });
    defineConfig({
      // @ts-expect-error - no key "endpont"
      resources: { sweden: { endpont: 'https://a.openai.azure.com' } },
      deployments: { chat: { resource: 'sweden', deployment: 'a' } },
    });
    defineConfig({
      resources,
      deployments,
      // @ts-expect-error - neither 'allow' nor 'forbid'
      policy: { apiKeys: 'never' },
    });
  });
});
