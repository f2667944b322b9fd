import { apiKey } from '@aoai/auth';
import { defineConfig } from '@aoai/config';
import { describe, expect, test } from 'vitest';
import type { ClientOptions } from './client-options.ts';
import { createTargets, resourceTargets } from './create-targets.ts';

const circuit = { failures: 5, window: 10, openMs: 5_000, maxOpenMs: 120_000 };
const key = apiKey('0123456789abcdef0123456789abcdef');
const tenantId = '00000000-0000-4000-8000-000000000001';
const resources = {
  sweden: { endpoint: 'https://sweden.openai.azure.com', region: 'swedencentral' },
  france: { endpoint: 'https://france.openai.azure.com', region: 'francecentral' },
} as const;
const mini = { model: 'gpt-4.1-mini', sku: 'DataZoneStandard' } as const;

function configOf(more: object = {}) {
  return defineConfig({
    resources,
    deployments: {
      first: { ...mini, resource: 'sweden', deployment: 'mini' },
      second: { ...mini, resource: 'sweden', deployment: 'other' },
      third: { ...mini, resource: 'france', deployment: 'mini' },
    },
    pools: { chat: [['first', 'second'], ['third']] },
    ...more,
  });
}

const targetsOf = (config: ReturnType<typeof configOf>, options: ClientOptions = { credential: key }) =>
  createTargets(config, options, circuit);

describe('createTargets', () => {
  test('the books of a deployment are those of its host and name in Azure', () => {
    const quotas = [...targetsOf(configOf()).values()].map(({ quota }) => quota);
    expect(quotas.map((quota) => quota.key)).toEqual([
      'sweden.openai.azure.com/mini',
      'sweden.openai.azure.com/other',
      'france.openai.azure.com/mini',
    ]);
    expect(quotas[0]).toMatchObject({ provisioned: false, limits: {}, circuit });
  });

  test.each([
    [{ sku: 'DataZoneProvisionedManaged' }, true],
    [{ sku: 'ProvisionedManaged' }, true],
    [{ sku: 'GlobalProvisionedManaged', limits: { ptu: 15 } }, true],
    [{ sku: 'Standard', limits: { tpm: 1_000 } }, false],
  ])('%j: provisioned throughput is %s', (more, provisioned) => {
    const config = configOf({
      deployments: { one: { model: 'gpt-4.1-mini', resource: 'sweden', deployment: 'mini', ...more } },
      pools: {},
    });
    const [target] = targetsOf(config).values();
    expect(target?.quota.provisioned).toBe(provisioned);
    expect(target?.quota.ptu).toEqual({ inputTpm: expect.any(Number) as number, outputWeight: 4 });
  });

  test('a name means the deployment of its resource: those of the config before pools before those of Azure', () => {
    const config = configOf({
      deployments: {
        mini: { ...mini, resource: 'sweden', deployment: 'gpt' },
        second: { ...mini, resource: 'sweden', deployment: 'mini' },
        third: { ...mini, resource: 'sweden', deployment: 'chat' },
      },
      pools: { chat: ['second', 'mini'] },
    });
    const named = [...(targetsOf(config).get('mini')?.named ?? [])];
    expect(Object.fromEntries(named)).toEqual({
      mini: 'gpt',
      second: 'mini',
      third: 'chat',
      gpt: 'gpt',
      // The first member of the pool.
      chat: 'mini',
    });
  });

  test('a resource has a credential of its own, which its deployments share', () => {
    const own = apiKey('fedcba9876543210fedcba9876543210');
    const token = { getToken: async () => ({ token: 't', expiresOnTimestamp: 0 }) };
    const targets = targetsOf(configOf(), { credential: own, credentials: { sweden: token } });
    expect(targets.get('first')?.credential.kind).toBe('entra-id');
    expect(targets.get('first')?.credential).toBe(targets.get('second')?.credential);
    expect(targets.get('third')?.credential.kind).toBe('api-key');
  });

  test.each<[ClientOptions, string | undefined]>([
    [{ credential: key }, 'sweden'],
    [{ credentials: { france: key } }, 'france'],
    [{}, undefined],
  ])('where keys are forbidden, %j names %s', (options, resource) => {
    const config = configOf({ policy: { apiKeys: 'forbid' } });
    const create = () => targetsOf(config, options);
    if (resource === undefined) expect(create).not.toThrow();
    else
      expect(create).toThrow(
        `Cannot use an API key for resource "${resource}": \`policy.apiKeys\` is "forbid". Pass an Entra ID \`credential\`.`,
      );
  });
});

/** A config whose policy forbids what is in it, as one has that was not read by `defineConfig`. */
function breaking(policy: object): ReturnType<typeof configOf> {
  const config = configOf({
    resources: { ...resources, france: { ...resources.france, api: '2025-04-01-preview' } },
    deployments: {
      first: { ...mini, resource: 'sweden', deployment: 'mini' },
      second: { model: 'gpt-4.1', sku: 'GlobalStandard', resource: 'sweden', deployment: 'other' },
      third: { ...mini, resource: 'france', deployment: 'mini' },
    },
  });
  return { ...config, policy: { ...config.policy, ...policy } };
}

const forbiddenIn = (targets: ReadonlyMap<string, { forbidden: unknown }>) =>
  [...targets].filter(([, { forbidden }]) => forbidden !== undefined).map(([name]) => name);

describe('a policy that the config breaks', () => {
  test('forbids the deployments that break it, and says why', () => {
    const targets = targetsOf(breaking({ processing: ['EU'] }));
    expect(forbiddenIn(targets)).toEqual(['second']);
    expect(targets.get('second')?.forbidden).toEqual({
      ...{ target: 'second', policy: 'processing' },
      reason: expect.stringContaining('`policy.processing`') as string,
    });
    expect([...(targets.get('first')?.named.keys() ?? [])], 'no name leads there').toEqual([
      ...['mini', 'chat', 'first'],
    ]);
    expect(forbiddenIn(resourceTargets(targets)), 'its resource may be called').toEqual([]);
  });

  test('leaves a resource as long as any deployment in it may be called, be it not the first', () => {
    const targets = targetsOf(breaking({ models: { deny: ['gpt-4.1-mini'] } }));
    expect(forbiddenIn(targets)).toEqual(['first', 'third']);
    expect(forbiddenIn(resourceTargets(targets))).toEqual(['france']);
  });

  test('forbids all deployments of a resource that breaks it, and the resource', () => {
    const config = breaking({ previewApis: 'forbid' });
    const targets = targetsOf(config);
    expect(forbiddenIn(targets)).toEqual(['third']);
    expect(targets.get('third')?.forbidden).toMatchObject({ target: 'third', policy: 'previewApis' });
    expect(forbiddenIn(resourceTargets(targets))).toEqual(['france']);
    expect(targets.get('third')?.named.size).toBe(0);
  });
});

describe('a target', () => {
  test('has the host of its resource, the scope of its api and the tenant of its account', async () => {
    const asked: object[] = [];
    const config = defineConfig({
      resources: {
        dated: { endpoint: 'https://one.openai.azure.com', api: '2025-04-01-preview', tenantId },
        desk: { endpoint: 'http://127.0.0.1:8080', keyHeader: 'x-desk-key' },
        other: { endpoint: 'https://two.openai.azure.com', keyHeader: 'x-desk-key' },
        plain: { endpoint: 'https://three.openai.azure.com' },
      },
      deployments: {
        dated: { resource: 'dated', deployment: 'own' },
        desk: { resource: 'desk', deployment: 'own' },
        other: { resource: 'other', deployment: 'own' },
        plain: { resource: 'plain', deployment: 'own' },
      },
      allowHosts: ['127.0.0.1'],
    });
    const targets = createTargets(
      config,
      {
        credential: {
          kind: 'entra-id',
          headers: (request) => {
            asked.push(request);
            return {};
          },
          refresh: async () => Promise.resolve(false),
        },
      },
      circuit,
    );
    expect([...targets.values()].map(({ server }) => server)).toEqual([
      ...['one.openai.azure.com', '127.0.0.1:8080', 'two.openai.azure.com', 'three.openai.azure.com'],
    ]);
    // Each knows the headers of all: a key of one resource never goes to another.
    for (const { keyHeaders } of targets.values()) expect(keyHeaders).toEqual(['x-desk-key']);
    expect(targets.get('dated')?.scope).toBe('https://cognitiveservices.azure.com/.default');
    expect(targets.get('plain')?.scope).toBe('https://ai.azure.com/.default');
    expect(targets.get('plain')?.quota).not.toHaveProperty('ptu');
    for (const name of ['dated', 'plain']) await targets.get(name)?.credential.headers({ scope: 's' });
    expect(asked).toEqual([{ scope: 's', tenantId }, { scope: 's' }]);
  });

  test('without a resource is refused', () => {
    const config = configOf();
    expect(() =>
      targetsOf({ ...config, resources: { sweden: config.resources['sweden'] } as never }),
    ).toThrow('Invalid config: deployment "third" has no resource.');
  });
});

describe('resourceTargets', () => {
  test('each resource is its first deployment, with books of its own', () => {
    const targets = targetsOf(configOf());
    const all = resourceTargets(targets);
    expect([...all.keys()]).toEqual(['sweden', 'france']);
    expect(all.get('sweden')).toMatchObject({
      name: 'sweden',
      deployment: { deployment: 'mini' },
      quota: { key: 'sweden.openai.azure.com', limits: {}, provisioned: false, circuit },
    });
    expect(all.get('sweden')?.forbidden).toBeUndefined();
  });
});
