import { expect, test } from 'vitest';
import { configFromEnv, ConfigError } from './index.ts';
import type { ConfigFromEnvOptions } from './index.ts';

const endpoint = 'https://contoso.openai.azure.com';
const env = { AZURE_OPENAI_ENDPOINT: endpoint, AZURE_OPENAI_DEPLOYMENT: 'gpt-5.4' };

function problems(options: ConfigFromEnvOptions): readonly string[] {
  try {
    configFromEnv(options);
  } catch (error) {
    if (error instanceof ConfigError) return error.issues.map(({ path, message }) => `${path}: ${message}`);
    throw error;
  }
  return [];
}

test('values are trimmed, and an empty one is none', () => {
  const config = configFromEnv({
    env: {
      AZURE_OPENAI_ENDPOINT: ` ${endpoint}\n`,
      AZURE_OPENAI_DEPLOYMENT: ' gpt-5.4 , , gpt-5.4-mini,',
      OPENAI_API_VERSION: ' ',
    },
  });
  expect(config.names).toEqual(['gpt-5.4', 'gpt-5.4-mini']);
  expect(config.resources['azure']).toMatchObject({ endpoint, api: 'v1' });
});

test('a host of ones own is allowed by name only', () => {
  const own = { ...env, AZURE_OPENAI_ENDPOINT: 'https://ai.contoso.com' };
  expect(problems({ env: own })).toEqual([
    'resources.azure.endpoint: expected the resource endpoint, for example "https://my-resource.openai.azure.com"; found "https://ai.contoso.com", which is not a host of Azure OpenAI. If credentials may go there, add "ai.contoso.com" to `allowHosts`. The value is that of `AZURE_OPENAI_ENDPOINT`.',
  ]);
  expect(configFromEnv({ env: own, allowHosts: ['ai.contoso.com'] }).allowHosts).toEqual(['ai.contoso.com']);
  expect(configFromEnv({ env })).not.toHaveProperty('allowHosts');
});

test('a policy is kept, and checked at once', () => {
  expect(configFromEnv({ env, policy: { apiKeys: 'forbid' } }).policy).toEqual({ apiKeys: 'forbid' });
  expect(configFromEnv({ env }).policy).toEqual({});
  expect(problems({ env, policy: { models: { deny: ['gpt-5*'] } } })).toEqual([
    'deployments["gpt-5.4"].model: `policy.models` needs it. Write the name of the model behind the deployment.',
    'deployments["gpt-5.4"].model: `policy.models.deny` forbids "gpt-5.4". Deploy another model.',
  ]);
});

test('a name of another library is said with the mistake that it explains, and with no other', () => {
  expect(
    problems({
      env: { AZURE_OPENAI_API_BASE: endpoint, AZURE_OPENAI_DEPLOYMENT: 'a b' },
    }),
  ).toEqual([
    'resources.azure.endpoint: set `AZURE_OPENAI_ENDPOINT` to the resource endpoint, for example "https://my-resource.openai.azure.com". `AZURE_OPENAI_API_BASE` is set, and is not read: call it `AZURE_OPENAI_ENDPOINT`.',
    'deployments["a b"]: not a name. Use up to 64 letters, digits, "-", "_" and ".", a letter or digit first.',
    'deployments["a b"].deployment: expected the name of a deployment, for example "gpt-5.6-luna"; found "a b". Use letters, digits, "-", "_" and ".".',
  ]);
});

test('an api-version by the name of another library is a mistake of its own, since another api would be called', () => {
  const named = { ...env, AZURE_OPENAI_API_VERSION: '2024-10-21' };
  const hint =
    'resources.azure.api: `AZURE_OPENAI_API_VERSION` is set, and is not read: call it `OPENAI_API_VERSION`.';
  expect(problems({ env: named })).toEqual([hint]);
  expect(problems({ env: { ...named, AZURE_OPENAI_API_VERSION: ' ' } })).toEqual([]);
  expect(problems({ env: { ...named, OPENAI_API_VERSION: '2024-10-21' } })).toEqual([]);
});

test('what is inherited from the prototype of an environment is not set', () => {
  expect(problems({ env: Object.create(env) as Record<string, string> })).toHaveLength(2);
});
