import { apiKey } from '@aoai/auth';
import { defineConfig } from '@aoai/config';
import { describe, expect, test } from 'vitest';
import { createEngine } from './create-engine.ts';
import type { ClientOptions } from './client-options.ts';
import { createTargets, resourceTargets } from './create-targets.ts';

const circuit = { failures: 5, window: 10, openMs: 5_000, maxOpenMs: 120_000 };
const key = apiKey('0123456789abcdef0123456789abcdef');
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

describe('createEngine', () => {
  const watch = { emit: () => undefined, watched: () => undefined };
  const engineOf = (options: ClientOptions) =>
    createEngine(configOf(), { credential: key, ...options }, watch);
  const rulesOf = (given: ClientOptions['circuit']) =>
    engineOf(given === undefined ? {} : { circuit: given }).targets.get('first')?.quota.circuit;

  test.each<[ClientOptions['circuit'], object]>([
    [undefined, {}],
    [{}, {}],
    [{ failures: 12 }, { failures: 12, window: 12 }],
    [{ failures: 3 }, { failures: 3 }],
    [{ window: 2 }, { failures: 2, window: 2 }],
    [{ window: 20 }, { window: 20 }],
    [{ openMs: 200_000 }, { openMs: 200_000, maxOpenMs: 200_000 }],
    [{ openMs: 100 }, { openMs: 100 }],
    [{ maxOpenMs: 300 }, { openMs: 300, maxOpenMs: 300 }],
    [{ maxOpenMs: 60_000 }, { maxOpenMs: 60_000 }],
    [false, { failures: Infinity, window: Infinity }],
  ])('a circuit of %j follows what was given', (given, rules) => {
    expect(rulesOf(given)).toEqual({ ...circuit, ...rules });
  });

  test('waits between attempts by default for half a second to eight', () => {
    expect(engineOf({}).backoff).toEqual({ initialDelayMs: 500, maxDelayMs: 8_000 });
    expect(engineOf({ retry: false }).backoff).toEqual({ initialDelayMs: 500, maxDelayMs: 8_000 });
    const retry = { initialDelayMs: 0, maxDelayMs: 7 };
    expect(engineOf({ retry }).backoff).toEqual(retry);
  });

  test('clients share one budget of retries, unless its size is given', () => {
    expect(engineOf({}).budget).toBe(engineOf({ retry: { maxRetries: 1 } }).budget);
    expect(engineOf({ retry: { budgetShare: 0.2 } }).budget).not.toBe(engineOf({}).budget);
    expect(engineOf({ retry: { budgetReserve: 20 } }).budget).not.toBe(engineOf({}).budget);
  });

  test('hedges only when it is told to, after the time that is given', () => {
    expect([engineOf({}).hedge, engineOf({ hedge: false }).hedge]).toEqual([undefined, undefined]);
    expect(engineOf({ hedge: 'auto' }).hedge?.afterMs).toBe('auto');
    expect(engineOf({ hedge: { afterMs: 70 } }).hedge?.afterMs).toBe(70);
  });
});
