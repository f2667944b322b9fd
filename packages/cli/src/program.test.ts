import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startMockAzure } from '@aoai/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { run } from './program.ts';
import { fakeTerminal } from './terminal.fake.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'aoai-cli-'));
});
afterAll(async () => {
  await rm(folder, { recursive: true });
});

const healthy = {
  resources: { sweden: { endpoint: 'https://contoso.openai.azure.com', region: 'swedencentral' } },
  deployments: {
    chat: {
      resource: 'sweden',
      deployment: 'gpt-5.4',
      model: 'gpt-5.4',
      sku: 'DataZoneStandard',
      limits: { tpm: 1000 },
    },
    spare: { resource: 'sweden', deployment: 'spare', model: 'gpt-5.4', sku: 'Standard' },
  },
  pools: { both: [['chat'], ['spare']] },
  policy: { processing: ['EU'] },
};

async function configFile(name: string, content: unknown): Promise<string> {
  const path = join(folder, `${name}.json`);
  await writeFile(path, JSON.stringify(content));
  return path;
}

async function aoai(args: readonly string[], parts: Parameters<typeof fakeTerminal>[0] = {}) {
  const terminal = fakeTerminal({ cwd: folder, ...parts });
  const code = await run(args, terminal);
  return { code, out: terminal.output(), err: terminal.errors() };
}

describe('aoai', () => {
  test('without arguments, explains itself', async () => {
    const { code, err } = await aoai([]);
    expect(code).toBe(2);
    expect(err).toContain('Usage: aoai');
  });

  test('lists its commands, and its version', async () => {
    const { code, out } = await aoai(['--help']);
    expect(code).toBe(0);
    for (const command of ['config', 'doctor', 'chat']) expect(out).toContain(command);
    expect(await aoai(['--version'])).toMatchObject({
      code: 0,
      out: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) as string,
    });
  });

  test.each([
    [['confg'], 'Did you mean config?'],
    [['config', 'chek'], 'Did you mean check?'],
    [['config', 'check', '--jsn'], 'Did you mean --json?'],
    [['doctor', '--timeout', 'soon'], 'Give a whole number above 0.'],
  ])('%j is wrong usage', async (args, message) => {
    const { code, out, err } = await aoai(args);
    expect([code, out]).toEqual([2, '']);
    expect(err).toContain(message);
  });
});

describe('aoai config check', () => {
  test('is content with a good config', async () => {
    expect(await aoai(['config', 'check', await configFile('good', healthy)])).toEqual({
      code: 0,
      out: 'The config is fine.\n',
      err: '',
    });
  });

  test('takes the environment when there is no file', async () => {
    const env = {
      AZURE_OPENAI_ENDPOINT: 'https://a.openai.azure.com',
      AZURE_OPENAI_DEPLOYMENT: 'my-gpt-4o-deployment',
      OPENAI_API_VERSION: '2024-02-15-preview',
    };
    const { code, out } = await aoai(['config', 'check'], { env, cwd: '/' });
    expect(code).toBe(0);
    expect((await aoai(['config', 'check', '--strict'], { env, cwd: '/' })).code).toBe(1);
    expect(out).toBe(
      [
        'warning deployments.my-gpt-4o-deployment.model: "gpt-4o" was to retire on 2026-10-01, by the schedule of 2026-07-07. Move to "gpt-5.1". Whether it still answers: `aoai doctor`. (model-retired)',
        'warning resources.azure.api: "2024-02-15-preview" is an old preview of 2024-02-15: since 2024-07-01 only the latest three previews, from "2025-02-01-preview" on, are sure to be kept. Use "v1" or "2024-10-21". (api-version-old)',
        '0 errors, 2 warnings.',
        '',
      ].join('\n'),
    );
  });

  test('lists every problem of an invalid config, also as JSON', async () => {
    const path = await configFile('bad', {
      ...healthy,
      pools: { chat: ['nobody'] },
      policy: { processing: ['Mars'] },
    });
    const { code, out } = await aoai(['config', 'check', path, '--json']);
    expect(code).toBe(1);
    const { ok, findings } = JSON.parse(out) as { ok: boolean; findings: { path: string }[] };
    expect(ok).toBe(false);
    expect(findings.map(({ path: where }) => where)).toEqual([
      'pools.chat',
      'pools.chat[0]',
      'policy.processing[0]',
    ]);
  });

  test('fails on warnings only when told so', async () => {
    const path = await configFile('warned', {
      ...healthy,
      deployments: { chat: { ...healthy.deployments.chat, model: 'gpt-5.2' } },
      pools: {},
    });
    expect((await aoai(['config', 'check', path])).code).toBe(0);
    expect((await aoai(['config', 'check', path, '--strict'])).code).toBe(1);
  });

  test('colours only what a person looks at', async () => {
    const path = await configFile('colours', { ...healthy, pools: { x: [] } });
    const escape = '\u001b[';
    expect((await aoai(['config', 'check', path])).out).not.toContain(escape);
    expect((await aoai(['config', 'check', path], { isTTY: true })).out).toContain(escape);
    expect(
      (await aoai(['config', 'check', path], { isTTY: true, env: { NO_COLOR: '1' } })).out,
    ).not.toContain(escape);
  });
});

describe('a config from the environment', () => {
  const endpoint = { AZURE_OPENAI_ENDPOINT: 'https://contoso.openai.azure.com' };

  test.each([['config', 'check'], ['config', 'show'], ['doctor']])(
    'of which a part is missing says so, and that no file was found: aoai %s %s',
    async (...args) => {
      const { code, out, err } = await aoai(args, { env: endpoint });
      expect(code).toBeGreaterThan(0);
      expect(out + err).toContain('set `AZURE_OPENAI_DEPLOYMENT`');
      expect(out + err).toContain(`No config file was found in ${JSON.stringify(folder)} and above`);
    },
  );

  test('that goes by other names says which ones', async () => {
    const env = {
      AZURE_OPENAI_API_BASE: 'https://contoso.openai.azure.com',
      AZURE_OPENAI_DEPLOYMENT_NAME: 'x',
    };
    const { out } = await aoai(['config', 'check'], { env });
    expect(out).toContain(
      '`AZURE_OPENAI_API_BASE` is set, and is not read: call it `AZURE_OPENAI_ENDPOINT`.',
    );
    expect(out).toContain('call it `AZURE_OPENAI_DEPLOYMENT`.');
  });

  test('with nothing in it at all, names the variables', async () => {
    expect((await aoai(['config', 'check'], { env: {} })).out).toContain(
      'or set `AZURE_OPENAI_ENDPOINT` and `AZURE_OPENAI_DEPLOYMENT`',
    );
  });

  test('needs no deployment for a chat, which names it', async () => {
    const azure = await startMockAzure();
    azure.reply('gpt-5.4', 'Hello.');
    const env = { AZURE_OPENAI_ENDPOINT: azure.endpoint, AZURE_OPENAI_API_KEY: azure.apiKey };
    expect(await aoai(['chat', 'gpt-5.4', 'hi'], { env })).toMatchObject({ code: 0, out: 'Hello.\n' });
    await azure.close();
  });
});

describe('aoai config show', () => {
  test('prints tables that line up', async () => {
    const { code, out } = await aoai(['config', 'show', await configFile('shown', healthy)]);
    expect(code).toBe(0);
    expect(out).toContain('NAME   RESOURCE  DEPLOYMENT  MODEL    SKU               PROCESSED IN   LIMITS');
    expect(out).toContain('chat   sweden    gpt-5.4     gpt-5.4  DataZoneStandard  EU data zone   1000 TPM');
    expect(out).toContain('both  chat → spare');
  });

  test('prints the config as JSON', async () => {
    const { out } = await aoai(['config', 'show', await configFile('shown', healthy), '--json']);
    expect(JSON.parse(out)).toMatchObject({
      names: ['chat', 'spare', 'both'],
      resources: { sweden: { api: 'v1' } },
    });
  });

  test('ends with 2 when the config cannot be used', async () => {
    const { code, err } = await aoai(['config', 'show', 'missing.json']);
    expect(code).toBe(2);
    expect(err).toContain('No such file.');
  });
});

test('aoai config schema prints the JSON Schema', async () => {
  const { out } = await aoai(['config', 'schema']);
  expect(JSON.parse(out)).toMatchObject({ title: 'aoai config', required: ['resources', 'deployments'] });
});

describe('aoai doctor', () => {
  test('is content with a healthy mock, and finds its key in the environment', async () => {
    const azure = await startMockAzure();
    const { endpoint, apiKey } = azure;
    const config = {
      resources: { mock: { endpoint, region: 'swedencentral' } },
      deployments: {
        chat: { resource: 'mock', deployment: 'gpt-5.4', model: 'gpt-5.4', sku: 'DataZoneStandard' },
      },
    };
    const path = await configFile('mock', config);
    const env = { AZURE_OPENAI_API_KEY: apiKey };
    const screen = await aoai(['doctor', path], { env, now: Date.now });
    expect(screen).toMatchObject({ code: 0, err: '' });
    expect(screen.out.replace(/\d+ \/ \d+ ms/, 'p50 / p95 ms')).toBe(
      [
        'RESOURCES  CONFIG  DNS  TCP  TLS  CLOCK  SIGN-IN  ACCOUNT',
        'mock               ✓    ✓    -    ✓      ✓',
        '',
        'DEPLOYMENTS  CONFIG  CALL  DEPLOYMENT  MODEL  SKU  QUOTA  LIFECYCLE  LATENCY',
        'chat                 ✓                 ✓                             p50 / p95 ms',
        '',
        '0 errors, 0 warnings, 8 fine, 2 not checked (--verbose shows all)',
        '',
      ].join('\n'),
    );
    const report = await aoai(['doctor', path, '--json'], { env, now: Date.now });
    expect(JSON.parse(report.out)).toMatchObject({ ok: true });

    const wrong = await aoai(['doctor', path, '--verbose'], {
      env: { AZURE_OPENAI_API_KEY: 'no-key-of-this-account-0123456789' },
      now: Date.now,
      isTTY: true,
    });
    expect(wrong.code).toBe(1);
    expect(wrong.out).toContain('sign-in: The API key is not a key of this account.');
    expect(wrong.out).toContain('az cognitiveservices account keys list');
    expect(wrong.err).toContain('examining 0/1 resources');
    await azure.close();
  });
});
