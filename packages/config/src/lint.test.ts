import { describe, expect, test } from 'vitest';
import { catalog, configFromEnv, defineConfig, lint } from './index.ts';
import type { Config, LintOptions } from './index.ts';

const now = () => Date.parse('2026-11-22T12:00:00Z');

function config(parts: {
  readonly api?: string;
  readonly region?: string;
  readonly endpoint?: string;
  readonly deployment?: object;
}): Config {
  const { deployment, ...resource } = parts;
  return defineConfig({
    resources: {
      account: { endpoint: 'https://contoso.openai.azure.com', region: 'swedencentral', ...resource },
    },
    deployments: {
      chat: {
        resource: 'account',
        deployment: 'd',
        model: 'gpt-5.4',
        sku: 'DataZoneStandard',
        ...deployment,
      },
    },
  });
}

function rules(subject: Config, options: LintOptions = {}): readonly string[] {
  return lint(subject, { now, ...options }).map(({ rule, path }) => `${rule} ${path}`);
}

describe('lint', () => {
  test('is silent about a healthy config', () => {
    expect(rules(config({}))).toEqual([]);
  });

  test('catches the snippet that everybody copies: an old preview and a retired model', () => {
    const seed = configFromEnv({
      env: {
        AZURE_OPENAI_ENDPOINT: 'https://my-resource.openai.azure.com',
        AZURE_OPENAI_DEPLOYMENT: 'my-gpt-4o-deployment',
        OPENAI_API_VERSION: '2024-02-15-preview',
      },
    });
    expect(lint(seed, { now })).toEqual([
      {
        rule: 'model-retired',
        severity: 'warning',
        path: 'deployments.my-gpt-4o-deployment.model',
        message:
          '"gpt-4o" was to retire on 2026-10-01, by the schedule of 2026-07-07. Move to "gpt-5.1". Whether it still answers: `aoai doctor`.',
      },
      {
        rule: 'api-version-old',
        severity: 'warning',
        path: 'resources.azure.api',
        message:
          '"2024-02-15-preview" is an old preview of 2024-02-15: since 2024-07-01 only the latest three previews, from "2025-02-01-preview" on, are sure to be kept. Use "v1" or "2024-10-21".',
      },
    ]);
  });

  test.each([
    ['gpt-5.2', undefined, 'model-retiring'],
    ['gpt-5.2', '2025-12-11', 'model-retiring'],
    ['o3', undefined, 'model-retired'],
    ['gpt-4', '0613', 'model-retired'],
    ['gpt-5.2-chat', '2025-12-11', 'model-retired'],
    ['gpt-7', undefined, 'model-unknown'],
    ['gpt-5.4', '2030-01-01', 'model-version-unknown'],
    ['gpt-35-turbo', undefined, 'model-retired'],
    ['gpt-35-turbo', '0125', 'model-retired'],
    ['o1-mini', undefined, 'model-retired'],
    ['text-davinci-003', undefined, 'model-retired'],
    ['gpt-5.1', undefined, undefined],
  ])('says of %s %s: %s', (model, version, rule) => {
    const subject = config({ deployment: { model, ...(version !== undefined && { version }) } });
    expect(lint(subject, { now }).map((finding) => finding.rule)).toEqual(rule === undefined ? [] : [rule]);
  });

  test.each([
    ['2026-12-11', 'model-retiring'],
    ['2026-12-12', 'model-retired'],
    ['2026-09-13', 'model-retiring'],
    ['2026-09-12', undefined],
  ])('on %s, gpt-5.2 (until 2026-12-12) is %s', (day, rule) => {
    const subject = config({ deployment: { model: 'gpt-5.2' } });
    const found = lint(subject, { now: () => Date.parse(`${day}T23:59:59Z`) }).map((finding) => finding.rule);
    expect(found).toEqual(rule === undefined ? [] : [rule]);
  });

  test('a model that the catalog has forgotten is not called new, and a replacement stays for a while', () => {
    const messageOf = (model: string, at: number) =>
      lint(config({ deployment: { model } }), { now: () => at })[0]?.message ?? '';
    const late = Date.parse('2026-11-29');
    expect(messageOf('o1-mini', late)).toBe(
      '"o1-mini" retired on 2025-10-27: calls are answered with an error. Move to "gpt-5.4-mini".',
    );
    // "gpt-5-mini" is retiring within 90 days itself.
    expect(messageOf('gpt-35-turbo', late)).toContain('Move to "gpt-5.4-mini".');
    expect(messageOf('text-davinci-003', Date.parse('2027-03-01'))).toContain('Move to "gpt-5.4-mini".');
  });

  test('what to use instead is never what is in use, and has what the model needs', () => {
    for (const api of Object.keys(catalog.apiVersions.entries)) {
      for (const model of ['gpt-5-pro', 'gpt-5.4', 'gpt-4.1', 'gpt-image-2']) {
        for (const { rule, message } of lint(config({ api, deployment: { model } }), { now })) {
          if (!rule.startsWith('api-') && rule !== 'feature-missing') continue;
          const [, advice = ''] = message.split(' Use ');
          expect(advice).not.toContain(JSON.stringify(api));
          if (model === 'gpt-5-pro') expect(advice).not.toContain('"2024-10-21"');
        }
      }
    }
  });

  test('a host of a private DNS zone is warned about, with the name to use', () => {
    const subject = config({ endpoint: 'https://contoso.privatelink.openai.azure.com' });
    expect(lint(subject, { now })).toContainEqual(
      expect.objectContaining({
        rule: 'private-link-endpoint',
        severity: 'warning',
        message: expect.stringContaining('Use "https://contoso.openai.azure.com"') as string,
      }),
    );
  });

  test('is sure only of what had happened when the catalog was made', () => {
    const severityOf = (model: string) =>
      lint(config({ deployment: { model } }), { now }).map(({ severity }) => severity);
    expect(severityOf('gpt-5.3-chat')).toEqual(['error']);
    expect(severityOf('gpt-4')).toEqual(['error']);
    expect(severityOf('gpt-4o')).toEqual(['warning']);
  });

  test('follows replacements to one that still answers', () => {
    const subject = config({ deployment: { model: 'o3-mini' } });
    expect(lint(subject, { now: () => Date.parse('2026-11-01') })[0]?.message).toContain(
      'Move to "gpt-5-mini".',
    );
    expect(lint(subject, { now: () => Date.parse('2027-02-10') })[0]?.message).toContain(
      'Move to "gpt-5.4-mini".',
    );
    expect(lint(subject, { now: () => Date.parse('2030-01-01') })[0]?.message).toContain('no replacement');
  });

  test.each([
    ['2023-07-01-preview', ['api-version-retired', 'feature-missing']],
    ['2024-10-01-preview', ['api-version-old']],
    ['2025-01-01-preview', ['api-version-old']],
    ['2025-02-01-preview', []],
    ['2025-04-01-preview', []],
    ['2024-10-21', []],
    ['2024-06-01', ['feature-missing']],
    ['2031-01-01', ['api-version-unknown']],
  ])('says of the api %s: %j', (api, expected) => {
    expect(lint(config({ api }), { now }).map((finding) => finding.rule)).toEqual(expected);
  });

  test('knows what a model needs of its api-version', () => {
    const subject = config({ api: '2024-10-21', deployment: { model: 'gpt-5-pro' } });
    expect(lint(subject, { now })[0]?.message).toBe(
      '"2024-10-21" lacks responses, and "chat" is a "gpt-5-pro", which answers the Responses API only. Use "v1" or "2025-03-01-preview".',
    );
  });

  test('a model asks nothing of the api-version of a resource that it is not in', () => {
    const subject = defineConfig({
      resources: {
        dated: { endpoint: 'https://dated.openai.azure.com', region: 'swedencentral', api: '2024-10-21' },
        current: { endpoint: 'https://current.openai.azure.com', region: 'swedencentral' },
      },
      deployments: {
        chat: { resource: 'dated', deployment: 'd', model: 'gpt-5.4', sku: 'DataZoneStandard' },
        pro: { resource: 'current', deployment: 'p', model: 'gpt-5-pro', sku: 'DataZoneStandard' },
      },
    });
    expect(rules(subject).filter((rule) => rule.startsWith('feature-missing'))).toEqual([]);
  });

  test.each([
    ['2024-10-01-preview', 'gpt-5.4', 'Use "v1" or "2024-10-21".'],
    ['2024-10-01-preview', 'gpt-5-pro', 'Use "v1".'],
    ['2023-07-01-preview', 'gpt-5.4', 'Use "v1" or "2024-10-21".'],
  ])('in place of %s a %s is told: %s', (api, model, advice) => {
    const found = lint(config({ api, deployment: { model } }), { now }).find(({ rule }) =>
      rule.startsWith('api-version-'),
    );
    expect(found?.message.endsWith(` ${advice}`)).toBe(true);
  });

  test('checks the features that calls will use', () => {
    const features = ['structured-outputs', 'responses'] as const;
    expect(rules(config({ api: '2024-10-21' }), { features })).toEqual([
      'feature-missing resources.account.api',
    ]);
    expect(rules(config({ api: 'v1' }), { features })).toEqual([]);
  });

  test('says where key authentication does not belong', () => {
    const subject: Config = { ...config({}), policy: { apiKeys: 'forbid' } };
    expect(rules(subject, { credential: 'api-key' })).toEqual(['key-auth-forbidden policy.apiKeys']);
    expect(rules(subject, { credential: 'entra-id' })).toEqual([]);
  });

  test('warns that a regional host takes no token', () => {
    const subject = config({ endpoint: 'https://swedencentral.api.cognitive.microsoft.com' });
    expect(rules(subject)).toEqual(['regional-endpoint resources.account.endpoint']);
    expect(rules(subject, { credential: 'api-key' })).toEqual([]);
  });

  test.each([
    [{ sku: 'Premium' }, 'sku-unknown'],
    [{ sku: 'DeveloperTier' }, 'sku-short-lived'],
  ])('says of %j: %s', (deployment, rule) => {
    expect(rules(config({ deployment }))).toEqual([`${rule} deployments.chat.sku`]);
  });

  test.each([
    [{ model: 'gpt-5.4-pro' }, {}, []],
    [{ model: 'gpt-5.4-pro' }, { region: 'francecentral' }, ['model-not-in-region deployments.chat.model']],
    [{ sku: 'DataZoneProvisionedManaged', limits: { ptu: 20 } }, {}, []],
    [
      { sku: 'DataZoneProvisionedManaged', limits: { ptu: 18 } },
      {},
      ['ptu-size deployments.chat.limits.ptu'],
    ],
    [{ sku: 'ProvisionedManaged', limits: { ptu: 20 } }, {}, ['ptu-size deployments.chat.limits.ptu']],
    [{ sku: 'ProvisionedManaged', limits: { ptu: 75 } }, {}, []],
    [{}, { endpoint: 'https://a.openai.azure.cn' }, ['cloud-unconfirmed resources.account']],
  ])('says of %j in %j: %j', (deployment, resource, expected) => {
    expect(rules(config({ ...resource, deployment }))).toEqual(expected);
  });

  test('knows that US Gov has no global skus', () => {
    const subject = config({
      endpoint: 'https://a.openai.azure.us',
      region: 'usgovvirginia',
      deployment: { sku: 'GlobalStandard' },
    });
    expect(rules(subject)).toEqual(['sku-not-in-cloud deployments.chat.sku']);
  });

  test('reports a policy that a config was given later', () => {
    const subject = { ...config({ deployment: { sku: 'GlobalStandard' } }), policy: { processing: ['EU'] } };
    expect(rules(subject)).toEqual(['policy deployments.chat.sku']);
  });

  test('errors come first, then warnings, then what is good to know', () => {
    const { deployments, ...rest } = config({ deployment: { sku: 'Standard' } });
    const { chat } = deployments;
    const subject = {
      ...rest,
      deployments: {
        info: { ...chat },
        warning: { ...chat, model: 'gpt-5.2' },
        error: { ...chat, model: 'gpt-4' },
      } as Config['deployments'],
      policy: { processing: ['swedencentral'] },
    };
    expect(lint(subject, { now }).map(({ severity }) => severity)).toEqual([
      'error',
      'warning',
      'info',
      'info',
      'info',
    ]);
  });

  test('a model that retires tomorrow has one day left, the day after two', () => {
    const said = (day: string) =>
      lint(config({ deployment: { model: 'gpt-5.2' } }), { now: () => Date.parse(day) })[0]?.message;
    expect(said('2026-12-11')).toBe('"gpt-5.2" retires on 2026-12-12, in 1 day. Move to "gpt-5.4".');
    expect(said('2026-12-10')).toContain('in 2 days.');
  });

  test('says that Standard stays in the geography, where a policy names the region', () => {
    const subject = {
      ...config({ deployment: { sku: 'Standard' } }),
      policy: { processing: ['swedencentral'] },
    };
    expect(lint(subject, { now })).toMatchObject([{ rule: 'within-geography', severity: 'info' }]);
    expect(rules({ ...subject, policy: { processing: ['EU'] } })).toEqual([]);
  });
});

describe('lint of pools', () => {
  const unknownModels = ['warning model-unknown', 'warning model-unknown'];

  function pooled(a: object, b: object): Config {
    const base = { resource: 'account', deployment: 'd', model: 'gpt-5.4', sku: 'DataZoneStandard' } as const;
    return defineConfig({
      resources: { account: { endpoint: 'https://contoso.openai.azure.com', region: 'swedencentral' } },
      deployments: { a: { ...base, ...a }, b: { ...base, ...b } },
      pools: { both: [['a'], ['b']] },
    });
  }

  test.each([
    [{}, {}, []],
    [{}, { model: 'gpt-5.4-mini' }, ['warning pool-mixes-models']],
    [{}, { model: 'text-embedding-3-small' }, ['error pool-mixes-kinds']],
    [{ model: 'text-embedding-3-small' }, { model: 'text-embedding-3-large' }, ['error pool-mixes-models']],
    [{}, { sku: 'GlobalStandard' }, ['warning pool-mixes-processing']],
    [{}, { sku: 'Standard' }, []],
    [{}, { sku: 'DataZoneBatch' }, ['error batch-sku-in-pool']],
  ])('of %j and %j: %j', (a, b, expected) => {
    expect(lint(pooled(a, b), { now }).map(({ severity, rule }) => `${severity} ${rule}`)).toEqual(expected);
  });

  const nowhere = ['warning pool-leads-nowhere'];
  test.each([
    ['context_length_exceeded', {}, {}, nowhere],
    ['context_length_exceeded', { model: 'a' }, { model: 'a' }, [...unknownModels, ...nowhere]],
    ['context_length_exceeded', {}, { model: 'gpt-5.4-mini' }, []],
    ['context_length_exceeded', {}, { sku: 'DataZoneProvisionedManaged' }, []],
    ['content_filter', {}, {}, []],
    ['content_filter', { contentFilter: 'strict' }, {}, []],
    ['content_filter', { contentFilter: 'strict' }, { contentFilter: 'mild' }, []],
    ['content_filter', { contentFilter: 'strict' }, { contentFilter: 'strict' }, nowhere],
  ])('that lead on after %s, of %j and %j: %j', (code, a, b, expected) => {
    const subject = { ...pooled(a, b), leadOn: { both: [code] } };
    expect(lint(subject, { now }).map(({ severity, rule }) => `${severity} ${rule}`)).toEqual(expected);
  });
});

describe('configFromEnv', () => {
  test('names every variable that is missing', () => {
    expect(() => configFromEnv({ env: {} })).toThrow(
      [
        'Invalid config:',
        'resources.azure.endpoint: set `AZURE_OPENAI_ENDPOINT` to the resource endpoint, for example "https://my-resource.openai.azure.com"',
        'deployments.deployment.deployment: set `AZURE_OPENAI_DEPLOYMENT` to the name of a deployment, for example "gpt-5.6-luna"',
      ].join('\n'),
    );
  });

  test('takes several deployments and a dated api-version', () => {
    const result = configFromEnv({
      env: {
        AZURE_OPENAI_ENDPOINT: 'https://a.openai.azure.com/',
        AZURE_OPENAI_DEPLOYMENT: 'gpt-5.6-luna, text-embedding-3-small',
        OPENAI_API_VERSION: '2024-10-21',
      },
    });
    expect(result.names).toEqual(['gpt-5.6-luna', 'text-embedding-3-small']);
    expect(result.resources['azure']?.api).toBe('2024-10-21');
    expect(result.deployments['text-embedding-3-small']?.model).toBe('text-embedding-3-small');
  });

  test('names the variable that is wrong', () => {
    const env = {
      AZURE_OPENAI_ENDPOINT: 'https://a.openai.azure.com/openai/v1/',
      AZURE_OPENAI_DEPLOYMENT: 'x',
      OPENAI_API_VERSION: '2024-1021',
    };
    expect(() => configFromEnv({ env })).toThrow('The value is that of `AZURE_OPENAI_ENDPOINT`.');
    expect(() => configFromEnv({ env })).toThrow(
      'Did you mean "2024-10-21"? The value is that of `OPENAI_API_VERSION`.',
    );
  });

  test.each([
    ['AZURE_OPENAI_ENDPOINT', 'AZURE_OPENAI_API_BASE'],
    ['AZURE_OPENAI_ENDPOINT', 'OPENAI_API_BASE'],
    ['AZURE_OPENAI_DEPLOYMENT', 'AZURE_OPENAI_DEPLOYMENT_NAME'],
    ['AZURE_OPENAI_DEPLOYMENT', 'AZURE_OPENAI_API_DEPLOYMENT_NAME'],
    ['OPENAI_API_VERSION', 'AZURE_OPENAI_API_VERSION'],
  ])('what was meant for %s and is called %s is said, and once only', (name, other) => {
    const env: Record<string, string> = {
      AZURE_OPENAI_ENDPOINT: 'https://a.openai.azure.com',
      AZURE_OPENAI_DEPLOYMENT: 'gpt-5.4',
      OPENAI_API_VERSION: '2024-10-21',
    };
    const value = env[name] ?? '';
    const hint = `\`${other}\` is set, and is not read: call it \`${name}\`.`;
    const without = Object.fromEntries(Object.entries(env).filter(([key]) => key !== name));
    const message = (() => {
      try {
        configFromEnv({ env: { ...without, [other]: value } });
        return '';
      } catch (error) {
        return (error as Error).message;
      }
    })();
    expect(message.split(hint)).toHaveLength(2);
    expect(configFromEnv({ env: { ...env, [other]: value } }).names).toEqual(['gpt-5.4']);
  });

  test.each([
    [
      'https://contoso.services.ai.azure.com/api/projects/p',
      'models are called at the account, not at a project of it',
    ],
    ['https://a.openai.azure.com/genai', 'goes to `basePath` of the resource, in a config file'],
  ])('of %s it says what to do', (endpoint, advice) => {
    const env = { AZURE_OPENAI_ENDPOINT: endpoint, AZURE_OPENAI_DEPLOYMENT: 'x' };
    expect(() => configFromEnv({ env })).toThrow(advice);
  });
});
