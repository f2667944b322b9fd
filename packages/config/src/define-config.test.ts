import { describe, expect, test } from 'vitest';
import { ConfigError, defineConfig, env, resolveName } from './index.ts';
import type { ConfigInput, ConfigIssue } from './index.ts';

const contoso = { endpoint: 'https://contoso.openai.azure.com' };
const chat = {
  resource: 'sweden',
  deployment: 'gpt-5.6-luna',
  model: 'gpt-5.6-luna',
  sku: 'DataZoneStandard',
} as const;
const valid = { resources: { sweden: contoso }, deployments: { chat } };

/** What `defineConfig` says about an input that the types may not allow. */
function issuesOf(input: unknown, environment: Record<string, string> = {}): readonly ConfigIssue[] {
  try {
    defineConfig(input as typeof valid, { env: environment });
  } catch (error) {
    if (error instanceof ConfigError) return error.issues;
    throw error;
  }
  return [];
}

function withResource(resource: object, rest: object = {}): readonly ConfigIssue[] {
  return issuesOf({ ...valid, ...rest, resources: { sweden: { ...contoso, ...resource } } });
}

function withDeployment(deployment: object): readonly ConfigIssue[] {
  return issuesOf({ ...valid, deployments: { chat: { ...chat, ...deployment } } });
}

describe('defineConfig', () => {
  test('names a resource that does not exist together with what else is wrong with the deployment', () => {
    const issues = issuesOf({ ...valid, deployments: { chat: { resource: 'swedn', deploymnt: 'gpt' } } });
    expect(issues.map(({ path }) => path).sort()).toEqual([
      'deployments.chat.deployment',
      'deployments.chat.deploymnt',
      'deployments.chat.resource',
    ]);
  });

  test('fills in every default and freezes the result', () => {
    const config = defineConfig({
      resources: { sweden: { endpoint: 'https://Contoso.openai.azure.com/', region: 'Sweden Central' } },
      deployments: { chat: { resource: 'sweden', deployment: 'gpt-5.6-luna' }, spare: chat },
      pools: { all: ['chat', { deployment: 'spare', weight: 3 }] },
    });
    expect(config).toEqual({
      names: ['chat', 'spare', 'all'],
      resources: {
        sweden: {
          endpoint: 'https://contoso.openai.azure.com',
          basePath: '',
          api: 'v1',
          cloud: 'public',
          region: 'swedencentral',
          keyHeader: 'api-key',
          tags: {},
        },
      },
      deployments: {
        chat: {
          resource: 'sweden',
          deployment: 'gpt-5.6-luna',
          model: 'gpt-5.6-luna',
          sku: 'GlobalStandard',
          limits: {},
          tags: {},
        },
        spare: { ...chat, limits: {}, tags: {} },
      },
      pools: {
        all: [[{ deployment: 'chat' }, { deployment: 'spare', weight: 3 }]],
      },
      policy: {},
    });
    expect(Object.isFrozen(config)).toBe(true);
    expect(Object.isFrozen(config.resources['sweden'])).toBe(true);
    expect(Object.isFrozen(config.pools['all']?.[0]?.[0])).toBe(true);
    expect(JSON.parse(JSON.stringify(config))).toEqual(config);
  });

  test('keeps the tiers of a pool in their order', () => {
    const config = defineConfig({
      ...valid,
      deployments: { ptu: chat, france: chat },
      pools: { chat: [['ptu'], ['france']] },
    });
    expect(config.pools['chat']).toEqual([[{ deployment: 'ptu' }], [{ deployment: 'france' }]]);
  });

  test('keeps which refusals lead on in a pool, and reads them again from what was written out', () => {
    const config = defineConfig({
      ...valid,
      deployments: { short: chat, long: { ...chat, contentFilter: 'mild' } },
      pools: {
        all: {
          tiers: [['short'], [{ deployment: 'long', weight: 2 }]],
          leadOn: ['context_length_exceeded', 'content_filter'],
        },
        flat: { tiers: ['short', 'long'], leadOn: [] },
        plain: ['long'],
      },
    });
    expect(config.pools).toEqual({
      all: [[{ deployment: 'short' }], [{ deployment: 'long', weight: 2 }]],
      flat: [[{ deployment: 'short' }, { deployment: 'long' }]],
      plain: [[{ deployment: 'long' }]],
    });
    expect(config.leadOn).toEqual({ all: ['context_length_exceeded', 'content_filter'] });
    expect(config.deployments['long']?.contentFilter).toBe('mild');
    expect(resolveName(config, 'all')).toBe(config.pools['all']);
    expect(Object.isFrozen(config.leadOn?.['all'])).toBe(true);
    expect(defineConfig(JSON.parse(JSON.stringify(config)) as ConfigInput)).toEqual(config);
  });

  test('says nothing of refusals where none leads on', () => {
    expect('leadOn' in defineConfig(valid)).toBe(false);
  });

  test('does not change or keep what it was given', () => {
    const input = structuredClone(valid);
    const config = defineConfig(input);
    expect(input).toEqual(valid);
    expect(Object.isFrozen(input.resources.sweden)).toBe(false);
    expect(config.resources['sweden']).not.toBe(input.resources.sweden);
  });

  test('names every variable that is not set, in one error', () => {
    const issues = issuesOf({
      resources: {
        sweden: { endpoint: env('AZURE_OPENAI_ENDPOINT_SWEDEN') },
        france: { endpoint: env('AZURE_OPENAI_ENDPOINT_FRANCE'), region: env('REGION') },
      },
      deployments: { chat },
    });
    expect(issues).toEqual([
      {
        path: 'resources.sweden.endpoint',
        message:
          'set `AZURE_OPENAI_ENDPOINT_SWEDEN` to the resource endpoint, for example "https://my-resource.openai.azure.com"',
      },
      {
        path: 'resources.france.endpoint',
        message:
          'set `AZURE_OPENAI_ENDPOINT_FRANCE` to the resource endpoint, for example "https://my-resource.openai.azure.com"',
      },
      {
        path: 'resources.france.region',
        message: 'set `REGION` to an Azure region, for example "swedencentral"',
      },
    ]);
  });

  test('reads variables from the given environment and trims them', () => {
    const config = defineConfig(
      {
        resources: { sweden: { endpoint: env('E') } },
        deployments: { chat: { ...chat, deployment: env('D') } },
      },
      { env: { E: ' https://contoso.openai.azure.com/\n', D: 'prod' } },
    );
    expect(config.resources['sweden']?.endpoint).toBe('https://contoso.openai.azure.com');
    expect(config.deployments['chat']?.deployment).toBe('prod');
  });

  test('reads numbers from the environment too', () => {
    const deployment = { ...chat, limits: { tpm: env('TPM') }, price: { input: env('IN'), output: 2 } };
    const config = defineConfig(
      { resources: { sweden: contoso }, deployments: { chat: deployment } },
      { env: { TPM: '200000', IN: ' 0.25' } },
    );
    expect(config.deployments['chat']).toMatchObject({
      limits: { tpm: 200_000 },
      price: { input: 0.25, output: 2 },
    });
    expect(issuesOf({ ...valid, deployments: { chat: deployment } }, { TPM: '200k', IN: '1' })).toEqual([
      {
        path: 'deployments.chat.limits.tpm',
        message:
          'expected tokens per minute, a whole number above 0, for example 200000; found "200k". The value is that of `TPM`.',
      },
    ]);
  });

  test('names the variable when its value is wrong, and does not show what may be a key', () => {
    const key = 'f3a9c27be15d4086f3a9c27be15d4086';
    const issues = issuesOf(
      { ...valid, resources: { sweden: { endpoint: env('E'), region: env('R') } } },
      { E: key, R: key },
    );
    expect(issues).toHaveLength(2);
    expect(issues[0]?.message).toBe(
      'expected the resource endpoint, for example "https://my-resource.openai.azure.com"; found text that is not an https URL. The value is that of `E`.',
    );
    expect(JSON.stringify(issues)).not.toContain(key);
  });

  test('has one line for each problem', () => {
    const input = {
      resources: { sweden: { endpont: 'x' } },
      deployments: { chat: { ...chat, resource: 'swedn' } },
    };
    expect(() => defineConfig(input as never)).toThrow(
      [
        'Invalid config:',
        'resources.sweden.endpoint: expected the resource endpoint, for example "https://my-resource.openai.azure.com"; found nothing.',
        'resources.sweden.endpont: unknown key. Did you mean `endpoint`?',
        'deployments.chat.resource: expected the name of a resource of this config, for example "sweden"; found "swedn". Did you mean "sweden"?',
      ].join('\n'),
    );
  });

  test.each([
    ['null', null, ''],
    ['a list', [], ''],
    ['a text', 'x', ''],
    ['a function', () => valid, ''],
    ['no resources', { resources: {}, deployments: { chat } }, 'resources'],
    ['no deployments', { resources: { sweden: contoso }, deployments: {} }, 'deployments'],
    ['a pool with the name of a deployment', { ...valid, pools: { chat: ['chat'] } }, 'pools.chat'],
    ['an empty pool', { ...valid, pools: { all: [] } }, 'pools.all'],
    ['an empty tier', { ...valid, pools: { all: [['chat'], []] } }, 'pools.all[1]'],
    ['an unknown member', { ...valid, pools: { all: [['chta']] } }, 'pools.all[0][0]'],
    ['a member twice', { ...valid, pools: { all: [['chat'], ['chat']] } }, 'pools.all[1][0]'],
    ['names and tiers mixed', { ...valid, pools: { all: ['chat', ['chat']] } }, 'pools.all'],
    [
      'a weight of 0',
      { ...valid, pools: { all: [{ deployment: 'chat', weight: 0 }] } },
      'pools.all[0].weight',
    ],
    ['a pool that is no list', { ...valid, pools: { all: 'chat' } }, 'pools.all'],
    ['a pool without tiers', { ...valid, pools: { all: { leadOn: ['x'] } } }, 'pools.all.tiers'],
    ['tiers that are no list', { ...valid, pools: { all: { tiers: 'chat' } } }, 'pools.all.tiers'],
    ['no tier', { ...valid, pools: { all: { tiers: [] } } }, 'pools.all.tiers'],
    [
      'an unknown member of a tier',
      { ...valid, pools: { all: { tiers: [['chta']] } } },
      'pools.all.tiers[0][0]',
    ],
    [
      'an unknown key of a pool',
      { ...valid, pools: { all: { tiers: ['chat'], leadon: [] } } },
      'pools.all.leadon',
    ],
    [
      'a refusal that is no code',
      { ...valid, pools: { all: { tiers: ['chat'], leadOn: ['too long'] } } },
      'pools.all.leadOn[0]',
    ],
    [
      'refusals that are no list',
      { ...valid, pools: { all: { tiers: ['chat'], leadOn: '400' } } },
      'pools.all.leadOn',
    ],
    ['refusals of no pool', { ...valid, leadOn: { all: ['x'] } }, 'leadOn.all'],
    ['refusals by no name', { ...valid, leadOn: ['x'] }, 'leadOn'],
    [
      'a content filter that is no name',
      { ...valid, deployments: { chat: { ...chat, contentFilter: '?' } } },
      'deployments.chat.contentFilter',
    ],
    ['an unknown section', { ...valid, deployment: {} }, 'deployment'],
    ['a reserved name', { ...valid, pools: { constructor: ['chat'] } }, 'pools.constructor'],
    ['a prototype key', JSON.parse('{"__proto__":{"x":1}}'), '__proto__'],
    ['a name with a slash', { ...valid, pools: { '../x': ['chat'] } }, 'pools["../x"]'],
    ['a URL among the hosts', { ...valid, allowHosts: ['https://ai.contoso.com'] }, 'allowHosts[0]'],
    ['a port among the hosts', { ...valid, allowHosts: ['ai.contoso.com:8443'] }, 'allowHosts[0]'],
    ['an unknown policy', { ...valid, policy: { procesing: ['EU'] } }, 'policy.procesing'],
  ])('refuses %s', (_, input, path) => {
    expect(issuesOf(input).map((issue) => issue.path)).toContain(path);
  });

  test.each([
    ['http://contoso.openai.azure.com', 'not encrypted'],
    ['contoso.openai.azure.com', 'a host without "https://" in front of it'],
    ['Contoso.OpenAI.Azure.com/openai/v1', 'a host without "https://" in front of it'],
    ['https://contoso.openai.azure.com/openai/v1', 'is added for you'],
    ['https://contoso.openai.azure.com/openai', 'is added for you'],
    ['https://contoso.openai.azure.com/openais', 'goes to `basePath`'],
    ['https://contoso.openai.azure.com/team/openai', 'goes to `basePath`'],
    ['https://contoso.services.ai.azure.com/api/projects', 'not at a project of it'],
    ['https://contoso.services.ai.azure.com/team/api/projects/p', 'goes to `basePath`'],
    ['https://contoso.openai.azure.com/genai', 'goes to `basePath`'],
    ['https://contoso.openai.azure.com/?api-version=2024-10-21', 'goes to `api`'],
    ['https://contoso.openai.azure.com?', 'query'],
    ['https://contoso.openai.azure.com/#x', 'query'],
    ['https://user:hunter2@contoso.openai.azure.com', 'user name or password'],
    ['https://contoso.example', 'allowHosts'],
    ['https://openai.azure.com', 'allowHosts'],
    ['https://contoso.openai.azure.com.evil.example', 'allowHosts'],
    ['https://evil.example\\.openai.azure.com', 'path'],
    ['https://evil.example/.openai.azure.com', 'path'],
    ['https://evilopenai.azure.com', 'allowHosts'],
    ['http://localhost.evil.example', 'not encrypted'],
    ['http://127.0.0.1.evil.example', 'not encrypted'],
    ['ftp://contoso.openai.azure.com', 'not an https URL'],
    ['javascript:alert(1)', 'not an https URL'],
    ['', 'not an https URL'],
  ])('refuses the endpoint %s', (endpoint, hint) => {
    const issues = withResource({ endpoint });
    expect(issues).toHaveLength(1);
    expect(issues[0]?.path).toBe('resources.sweden.endpoint');
    expect(issues[0]?.message).toContain(hint);
    expect(issues[0]?.message).not.toContain('hunter2');
  });

  test.each([
    ['https://contoso.cognitiveservices.azure.com', 'public'],
    ['https://contoso.services.ai.azure.com', 'public'],
    ['https://swedencentral.api.cognitive.microsoft.com', 'public'],
    ['https://contoso.privatelink.openai.azure.com', 'public'],
    ['https://contoso.openai.azure.us', 'us-gov'],
    ['https://contoso.openai.azure.cn', 'china'],
    ['http://127.0.0.1:8080', 'public'],
    ['http://localhost:8080', 'public'],
    ['http://[::1]:8080', 'public'],
  ])('accepts the endpoint %s in the cloud %s', (endpoint, cloud) => {
    const config = defineConfig({ ...valid, resources: { sweden: { endpoint } } });
    expect(config.resources['sweden']).toMatchObject({ endpoint, cloud });
  });

  test('sends credentials to another host only when it is listed', () => {
    const input = {
      ...valid,
      resources: {
        sweden: {
          endpoint: 'https://ai.contoso.com',
          basePath: '/genai/',
          keyHeader: 'Ocp-Apim-Subscription-Key',
        },
      },
    };
    expect(issuesOf(input)[0]?.message).toContain('add "ai.contoso.com" to `allowHosts`');
    const config = defineConfig({ ...input, allowHosts: ['AI.contoso.com'] });
    expect(config.resources['sweden']).toMatchObject({
      endpoint: 'https://ai.contoso.com',
      basePath: '/genai',
      keyHeader: 'ocp-apim-subscription-key',
    });
  });

  test.each([
    ['2024-10-20', 'Did you mean "2024-10-21"?'],
    ['2024-02-15', 'Did you mean "2024-02-15-preview"?'],
    ['2024-10-21-preview', 'Did you mean "2024-10-21"?'],
    ['preview', 'Use "v1"'],
    ['V1', 'Did you mean "v1"?'],
    ['latest', 'not an api-version'],
    ['constructor', 'not an api-version'],
    ['', 'not an api-version'],
  ])('refuses the api %j with an example', (api, hint) => {
    const issues = withResource({ api });
    expect(issues.map((issue) => issue.path)).toEqual(['resources.sweden.api']);
    expect(issues[0]?.message).toContain('"v1" or a dated api-version, for example "2024-10-21"');
    expect(issues[0]?.message).toContain(hint);
  });

  test.each([
    [
      '2025-04-14',
      'it is a version of the model "gpt-4.1", which goes to `version` of the deployment. Use "v1", or "2024-10-21"',
    ],
    ['2024-05-13', 'it is a version of the model "gpt-4o"'],
    ['2024-10-12', 'Did you mean "2024-10-21"?'],
    ['2024-02-02', 'Did you mean "2024-02-01"?'],
    ['2025-04-01', 'Did you mean "2025-04-01-preview"?'],
    ['2024-10-21-preview', 'Did you mean "2024-10-21"?'],
    ['2019-01-31', 'Use "v1", or "2024-10-21"'],
    ['v2', 'Did you mean "v1"?'],
  ])('of the api %j it says: %s', (api, advice) => {
    const resources = { a: { endpoint: 'https://a.openai.azure.com', api } };
    const deployments = { chat: { resource: 'a', deployment: 'x' } } as const;
    expect(() => defineConfig({ resources, deployments })).toThrow(advice);
  });

  test('accepts an api-version that is newer than the catalog', () => {
    expect(withResource({ api: '2031-01-01-preview' })).toEqual([]);
  });

  test.each([
    [{ basePath: 'genai' }, 'basePath'],
    [{ basePath: '/a/../b' }, 'basePath'],
    [{ basePath: '/a?x' }, 'basePath'],
    [{ keyHeader: 'authorization' }, 'keyHeader'],
    [{ keyHeader: 'a b' }, 'keyHeader'],
    [{ keyHeader: 'accept-encoding' }, 'keyHeader'],
    [{ keyHeader: 'x-ms-client-request-id' }, 'keyHeader'],
    [{ keyHeader: 'Idempotency-Key' }, 'keyHeader'],
    [{ keyHeader: 'Proxy-Authorization' }, 'keyHeader'],
    [{ keyHeader: 'sec-websocket-key' }, 'keyHeader'],
    [{ keyHeader: 'traceparent' }, 'keyHeader'],
    [{ keyHeader: 'user-agent' }, 'keyHeader'],
    [{ keyHeader: 'x-forwarded-host' }, 'keyHeader'],
    [{ tenantId: 'contoso' }, 'tenantId'],
    [{ region: '???' }, 'region'],
    [{ cloud: 'mars' }, 'cloud'],
    [{ cloud: 'china' }, 'cloud'],
    [{ endpoint: 42 }, 'endpoint'],
    [{ tags: { team: 1 } }, 'tags.team'],
  ])('refuses the resource with %j', (resource, key) => {
    expect(withResource(resource).map((issue) => issue.path)).toEqual([`resources.sweden.${key}`]);
  });

  test.each([
    [{ deployment: '../x' }, 'deployment'],
    [{ deployment: 'a/b' }, 'deployment'],
    [{ deployment: 'x?y' }, 'deployment'],
    [{ limits: { tpm: 0 } }, 'limits.tpm'],
    [{ limits: { rpm: 1.5 } }, 'limits.rpm'],
    [{ limits: { tmp: 100 } }, 'limits.tmp'],
    [{ limits: { ptu: 50 } }, 'limits.ptu'],
    [{ price: { input: -1, output: 0 } }, 'price.input'],
    [{ sku: '' }, 'sku'],
    [{ model: 'a b' }, 'model'],
  ])('refuses the deployment with %j', (deployment, key) => {
    expect(withDeployment(deployment).map((issue) => issue.path)).toEqual([`deployments.chat.${key}`]);
  });

  test('says what belongs where, whatever things are called', () => {
    const issues = issuesOf({ resources: { model: 'x' }, deployments: { api: 42 }, pools: { sku: 'api' } });
    expect(issues.map((issue) => issue.message)).toEqual([
      'expected a resource, for example { endpoint: "https://my-resource.openai.azure.com" }; found "x".',
      'expected a deployment, for example { resource: "sweden", deployment: "gpt-5.6-luna" }; found 42.',
      'expected tiers of deployments, for example [["chat-ptu"], ["chat-france"]]; found "api".',
    ]);
  });

  test('does not take a secret, and does not show it', () => {
    const issues = withResource({ apiKey: 'f3a9c27be15d4086f3a9c27be15d4086' });
    expect(issues).toEqual([
      {
        path: 'resources.sweden.apiKey',
        message: 'a secret is never part of a config. Pass it as `credential` to `createClient`.',
      },
    ]);
  });
});

describe('resolveName', () => {
  const config = defineConfig({
    ...valid,
    deployments: { chat, embed: chat },
    pools: { all: [['embed'], ['chat']] },
  });

  test('gives the tiers of a pool, and one tier for a deployment', () => {
    expect(resolveName(config, 'all')).toBe(config.pools['all']);
    expect(resolveName(config, 'chat')).toEqual([[{ deployment: 'chat' }]]);
  });

  test.each(['chatt', 'constructor', '__proto__', ''])('refuses %j and lists the known names', (name) => {
    expect(() => resolveName(config, name)).toThrow(
      new RangeError(
        `Cannot resolve deployment "${name}": not in this config. Known names: "chat", "embed", "all".`,
      ),
    );
  });
});
