import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defineConfig, loadConfig } from '@aoai/config';
import { startMockAzure, type MockAzure } from '@aoai/testing';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { run } from '../program.ts';
import { fakeTerminal } from '../terminal.fake.ts';
import { useTrust } from '../trust.fake.ts';

const config = defineConfig({
  resources: {
    sweden: {
      endpoint: 'https://contoso-se.openai.azure.com',
      region: 'swedencentral',
      tags: { team: 'search' },
    },
    france: { endpoint: 'https://contoso-fr.openai.azure.com', region: 'francecentral' },
  },
  deployments: {
    chat: {
      resource: 'sweden',
      deployment: 'gpt-5.4',
      model: 'gpt-5.4',
      sku: 'DataZoneStandard',
      limits: { tpm: 200_000, rpm: 1200 },
    },
    embed: {
      resource: 'sweden',
      deployment: 'embed',
      model: 'text-embedding-3-small',
      sku: 'Standard',
      limits: { tpm: 50_000 },
    },
    ptu: {
      resource: 'france',
      deployment: 'gpt-5.4',
      model: 'gpt-5.4',
      sku: 'ProvisionedManaged',
      limits: { ptu: 50 },
    },
  },
});

const trust = useTrust();
let azure: MockAzure;
let folder = '';
let flags: readonly string[];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'aoai-pull-'));
  azure = await startMockAzure({
    config,
    identity: {
      roleAssignments: ['Reader', 'Cognitive Services OpenAI User'].map((role) => ({
        principal: 'default',
        role,
      })),
    },
  });
  trust(azure.identity.ca);
  for (const [name, value] of Object.entries(azure.identityEnv())) vi.stubEnv(name, value);
  flags = ['--subscription', azure.arm.subscriptionId, '--management', azure.arm.endpoint];
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await azure.close();
  await rm(folder, { recursive: true });
});

async function aoai(...args: readonly string[]) {
  const terminal = fakeTerminal({ cwd: folder, env: process.env, now: Date.now });
  const code = await run(args, terminal);
  return { code, out: terminal.output(), err: terminal.errors() };
}

describe('aoai config pull', () => {
  test('prints a config that checks', async () => {
    const { code, out, err } = await aoai('config', 'pull', ...flags);
    expect(err).toBe('2 accounts, 3 deployments.\n');
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({
      resources: { 'contoso-se': { region: 'swedencentral', tags: { team: 'search' } } },
      deployments: {
        'contoso-se-gpt-5.4': {
          resource: 'contoso-se',
          deployment: 'gpt-5.4',
          model: 'gpt-5.4',
          limits: { tpm: 200_000, rpm: 1200 },
        },
        'contoso-fr-gpt-5.4': { sku: 'ProvisionedManaged', limits: { ptu: 50 } },
        embed: { limits: { tpm: 50_000 } },
      },
    });
  });

  test.each(['json', 'yaml'])(
    'what it wrote as .%s does not differ from what is there',
    async (extension) => {
      const file = `pulled.${extension}`;
      expect((await aoai('config', 'pull', ...flags, '--out', file)).code).toBe(0);
      expect((await loadConfig(file, { cwd: folder })).names).toHaveLength(3);
      expect(await aoai('config', 'diff', file, ...flags)).toEqual({
        code: 0,
        out: 'The config and Azure agree.\n',
        err: '',
      });
    },
  );

  test('writes TypeScript', async () => {
    const { out } = await aoai('config', 'pull', ...flags, '--format', 'ts');
    expect(out).toMatch(
      /^import \{ defineConfig \} from '@aoai\/config';\n\nexport default defineConfig\(\{/,
    );
  });

  test('does not overwrite a file', async () => {
    await aoai('config', 'pull', ...flags, '--out', 'mine.json');
    const before = await readFile(join(folder, 'mine.json'), 'utf8');
    const { code, err } = await aoai('config', 'pull', ...flags, '--out', 'mine.json');
    expect([code, err]).toEqual([2, 'Cannot write "mine.json": it is there. Name a new file.\n']);
    expect(await readFile(join(folder, 'mine.json'), 'utf8')).toBe(before);
  });

  test('asks for the subscription', async () => {
    const { code, err } = await aoai('config', 'pull');
    expect([code, err]).toEqual([
      2,
      'Cannot read the Management API: no subscription. Give `--subscription`, or set `AZURE_SUBSCRIPTION_ID`.\n',
    ]);
  });
});

test('aoai config diff shows drift, and fails', async () => {
  await aoai('config', 'pull', ...flags, '--out', 'before.json');
  const pulled = JSON.parse(await readFile(join(folder, 'before.json'), 'utf8')) as typeof config;
  const { 'contoso-fr-gpt-5.4': ptu, ...others } = pulled.deployments as Record<string, { limits: object }>;
  const changed = {
    ...pulled,
    deployments: {
      ...others,
      embed: { ...others['embed'], limits: { tpm: 90_000 } },
      ghost: { ...ptu, deployment: 'ghost' },
    },
  };
  await writeFile(join(folder, 'changed.json'), JSON.stringify(changed));
  const { code, out } = await aoai('config', 'diff', 'changed.json', ...flags);
  expect(code).toBe(1);
  expect(out.split('\n').toSorted()).toEqual(
    [
      '',
      '~ deployments.embed.limits.tpm: 90000 in the config, 50000 in Azure',
      '- deployments.ghost: "ghost" is in the config, not in Azure',
      '+ deployments.gpt-5.4: "gpt-5.4 in contoso-fr" is in Azure, not in the config',
      '3 differences.',
    ].toSorted(),
  );
  const { out: text } = await aoai('config', 'diff', 'changed.json', ...flags, '--json');
  expect(JSON.parse(text)).toHaveLength(3);
});

describe('aoai doctor with a subscription', () => {
  test('has no false alarm, and leaves nothing unchecked but TLS', async () => {
    await aoai('config', 'pull', ...flags, '--out', 'doctor.json');
    const { code, out, err } = await aoai('doctor', 'doctor.json', ...flags);
    expect(err).toBe('');
    expect(out).toMatch(/\n0 errors, 0 warnings, \d+ fine, 2 not checked/);
    expect(code).toBe(0);
  });

  test('still examines the rest when the Management API refuses', async () => {
    const wrong = flags.map((flag) =>
      flag === azure.arm.subscriptionId ? '99999999-9999-4999-8999-999999999999' : flag,
    );
    const { code, out } = await aoai('doctor', 'doctor.json', ...wrong, '--verbose');
    expect(out).toContain('The Management API did not answer');
    expect(out).toContain('The deployment answers.');
    expect(code).toBe(1);
  });
});
