import { urlPart } from '@aoai/vitest/arbitraries';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { configFromEnv } from './index.ts';
import { ConfigError, defineConfig, lint, modelNamedBy } from './index.ts';

const environment = { E: 'https://contoso.openai.azure.com', D: 'gpt-5-mini' };

/** Runs `defineConfig`; anything but a config or a `ConfigError` fails the test. */
function outcome(input: unknown): unknown {
  try {
    const config = defineConfig(input as Parameters<typeof defineConfig>[0], { env: environment });
    lint(config, { now: () => 0 });
    return config;
  } catch (error) {
    if (error instanceof ConfigError) return error;
    throw error;
  }
}

const anything = fc.anything({
  withBigInt: true,
  withDate: true,
  withMap: true,
  withNullPrototype: true,
  withObjectString: true,
  withSet: true,
  withSparseArray: true,
  withTypedArray: true,
  maxDepth: 5,
});

/** Sometimes the kind of value that a config has there. */
const nearly = fc.letrec<{ config: unknown; resource: unknown; deployment: unknown }>(() => {
  const text = fc.oneof(
    fc.constantFrom(
      'https://contoso.openai.azure.com',
      'v1',
      '2024-10-21',
      'swedencentral',
      'chat',
      'Standard',
      'gpt-5',
    ),
    fc.record({ $env: fc.oneof(fc.constantFrom('E', 'D', 'MISSING'), anything) }),
    fc.string(),
    anything,
  );
  const name = fc.oneof(fc.constantFrom('sweden', 'chat', 'embed', '__proto__', 'constructor'), fc.string());
  const resource = fc.record(
    {
      endpoint: text,
      api: text,
      region: text,
      basePath: text,
      keyHeader: text,
      tags: anything,
      cloud: text,
      tenantId: text,
    },
    { requiredKeys: [] },
  );
  const deployment = fc.record(
    {
      resource: fc.oneof(name, anything),
      deployment: text,
      model: text,
      sku: text,
      limits: anything,
      price: anything,
    },
    { requiredKeys: [] },
  );
  const pool = fc.oneof(fc.array(fc.oneof(name, fc.array(name), anything)), anything);
  const config = fc.record(
    {
      resources: fc.oneof(fc.dictionary(name, resource), anything),
      deployments: fc.oneof(fc.dictionary(name, deployment), anything),
      pools: fc.oneof(fc.dictionary(name, pool), anything),
      policy: fc.oneof(
        fc.record(
          {
            processing: fc.array(fc.oneof(fc.constantFrom('EU', 'swedencentral'), fc.string())),
            models: anything,
          },
          { requiredKeys: [] },
        ),
        anything,
      ),
      allowHosts: fc.oneof(fc.array(fc.oneof(fc.webAuthority(), anything)), anything),
    },
    { requiredKeys: [] },
  );
  return { config, resource, deployment };
}).config;

test('no input makes defineConfig throw anything but ConfigError', () => {
  fc.assert(
    fc.property(anything, (input) => void outcome(input)),
    { numRuns: 150 },
  );
  fc.assert(
    fc.property(nearly, (input) => void outcome(input)),
    { numRuns: 200 },
  );
});

test('not even an input that throws when it is read', () => {
  const hostile = new Proxy(
    {},
    {
      ownKeys: () => {
        throw new Error('no');
      },
    },
  );
  const getter = {
    get resources() {
      throw new TypeError('no');
    },
  };
  const loop: Record<string, unknown> = {};
  loop['resources'] = loop;
  for (const input of [hostile, getter, loop, Object.create({ resources: {} }), new Array(2 ** 31)]) {
    expect(outcome(input)).toBeInstanceOf(ConfigError);
  }
  const deep = Array.from({ length: 5000 }).reduce<unknown>((inner) => ({ resources: inner }), {});
  expect(outcome(deep)).toBeInstanceOf(ConfigError);
});

test('every error has a path or a message that stands alone, and is short', () => {
  fc.assert(
    fc.property(nearly, (input) => {
      const result = outcome(input);
      if (!(result instanceof ConfigError)) return;
      expect(result.issues.length).toBeGreaterThan(0);
      for (const { message } of result.issues) {
        expect(message.length).toBeLessThan(1000);
        expect(message).toMatch(/[.?"}\]]$|[a-z0-9]$/);
      }
    }),
    { numRuns: 200 },
  );
});

test('an accepted endpoint is https on a host of Azure, or on this machine', () => {
  const endpoint = fc.oneof(
    fc
      .tuple(
        fc.constantFrom('https://', 'http://'),
        fc.webAuthority(),
        fc.array(fc.tuple(fc.constantFrom('/', '?', '#', '@', ':'), urlPart)),
      )
      .map((parts) => parts.flat(2).join('')),
    fc
      .tuple(
        fc.constantFrom('https://', 'http://', 'https:\\\\', ''),
        fc.string(),
        fc.constantFrom('.openai.azure.com', '.openai.azure.com/', '@evil.example'),
      )
      .map((parts) => parts.join('')),
    fc.string(),
  );
  fc.assert(
    fc.property(endpoint, (text) => {
      const result = outcome({
        resources: { a: { endpoint: text } },
        deployments: { d: { resource: 'a', deployment: 'd' } },
      });
      if (result instanceof ConfigError) return;
      const url = new URL((result as ReturnType<typeof configFromEnv>).resources['a']?.endpoint ?? '');
      const isAzure =
        url.protocol === 'https:' &&
        /\.(openai|cognitiveservices)\.azure\.(com|us|cn)$|\.services\.ai\.azure\.com$/.test(url.hostname);
      expect(isAzure || /^(localhost|127\.|\[::1\])|\.localhost$/.test(url.hostname)).toBe(true);
      expect(url.pathname + url.search + url.hash + url.username).toBe('/');
    }),
    { numRuns: 200 },
  );
});

test('a secret in the wrong place is not shown', () => {
  const secret = fc.stringMatching(/^[A-Za-z0-9]{31}[0-9]$/);
  const place = fc.constantFrom(
    'apiKey',
    'api_key',
    'token',
    'endpoint',
    'region',
    'api',
    'keyHeader',
    'tenantId',
    'whatever',
  );
  fc.assert(
    fc.property(secret, place, (key, where) => {
      const resource = {
        endpoint: 'https://contoso.openai.azure.com',
        [where]: where === 'endpoint' ? `https://x.example/${key}?k=${key}` : key,
      };
      const result = outcome({
        resources: { a: resource },
        deployments: { d: { resource: 'a', deployment: 'd' } },
      });
      if (result instanceof ConfigError) expect(result.message).not.toContain(key);
    }),
    { numRuns: 200 },
  );
});

/** Valid inputs of every kind. */
const valid = fc
  .record({
    resources: fc.uniqueArray(fc.stringMatching(/^[a-z][a-z0-9.-]{0,12}$/), { minLength: 1, maxLength: 4 }),
    deployments: fc.uniqueArray(fc.stringMatching(/^[a-z][a-z0-9._-]{0,12}$/), {
      minLength: 1,
      maxLength: 6,
    }),
    region: fc.constantFrom('swedencentral', 'Sweden Central', 'francecentral'),
    endpoint: fc.constantFrom(
      'https://a.openai.azure.com/',
      'http://localhost:8080',
      'https://ai.contoso.com',
    ),
    sku: fc.constantFrom('DataZoneStandard', 'Standard', 'ProvisionedManaged'),
    model: fc.option(fc.constantFrom('gpt-5.4', 'something-new'), { nil: undefined }),
    weight: fc.option(fc.double({ min: 0.01, max: 1000, noNaN: true }), { nil: undefined }),
    isTiered: fc.boolean(),
    policy: fc.constantFrom({}, { processing: ['EU'] }, { processing: ['eu'], previewApis: 'forbid' }),
    tags: fc.dictionary(fc.stringMatching(/^[a-z]{1,8}$/), fc.string(), { maxKeys: 3 }),
  })
  .map(({ resources, deployments, isTiered, weight, ...parts }) => {
    const members = deployments.map((deployment) =>
      weight === undefined ? deployment : { deployment, weight },
    );
    return {
      resources: Object.fromEntries(
        resources.map((name) => [name, { endpoint: parts.endpoint, region: parts.region, tags: parts.tags }]),
      ),
      deployments: Object.fromEntries(
        deployments.map((name, at) => [
          name,
          {
            resource: resources[at % resources.length],
            deployment: 'd',
            model: parts.model,
            sku: parts.sku,
            price: { input: at, output: 1 },
          },
        ]),
      ),
      pools: { ALL: isTiered ? members.map((member) => [member]) : members },
      policy: parts.policy,
      allowHosts: ['ai.contoso.com'],
    };
  });

test('a config that was written out and read again is the same config', () => {
  fc.assert(
    fc.property(valid, (input) => {
      const config = outcome(input);
      if (config instanceof ConfigError) throw config;
      expect(outcome(JSON.parse(JSON.stringify(config)))).toEqual(config);
      expect(outcome(structuredClone(config))).toEqual(config);
    }),
    { numRuns: 150 },
  );
});

test('one change makes a right config wrong, and the error names its place', () => {
  const change = fc.constantFrom<readonly [string, (input: Record<string, never>) => unknown]>(
    ['extra', (input) => ({ ...input, extra: 1 })],
    ['pools.ALL', (input) => ({ ...input, pools: { ALL: [] } })],
    ['pools.ALL[0]', (input) => ({ ...input, pools: { ALL: ['NOBODY'] } })],
    ['policy.clouds', (input) => ({ ...input, policy: { clouds: [] } })],
    ['allowHosts[0]', (input) => ({ ...input, allowHosts: ['https://x'] })],
  );
  fc.assert(
    fc.property(valid, change, (input, [path, apply]) => {
      const error = outcome(apply(input as unknown as Record<string, never>));
      expect(error).toBeInstanceOf(ConfigError);
      expect((error as ConfigError).issues.map((issue) => issue.path)).toContain(path);
    }),
    { numRuns: 150 },
  );
});

test('modelNamedBy takes any text', () => {
  fc.assert(fc.property(fc.string(), (text) => ['string', 'undefined'].includes(typeof modelNamedBy(text))));
});
