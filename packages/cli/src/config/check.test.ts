import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { run } from '../program.ts';
import { fakeTerminal } from '../terminal.fake.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'aoai-check-'));
});
afterAll(async () => {
  await rm(folder, { recursive: true });
});

const resource = { endpoint: 'https://contoso.openai.azure.com', region: 'swedencentral', api: 'v1' };
const chat = { resource: 'main', deployment: 'chat', model: 'gpt-5.4', sku: 'DataZoneStandard' };

/** Runs a command on a config with this deployment. */
async function aoai(args: readonly string[], deployment: object = {}, more: object = {}) {
  const config = {
    resources: { main: resource },
    deployments: { chat: { ...chat, ...deployment } },
    ...more,
  };
  const path = join(folder, 'aoai.config.json');
  await writeFile(path, JSON.stringify(config));
  const terminal = fakeTerminal({ cwd: folder, now: () => Date.parse('2026-11-22') });
  const code = await run(['config', args[0] ?? '', path, ...args.slice(1)], terminal);
  return { code, out: terminal.output() };
}

const retired = { model: 'gpt-4' };
const retiring = { model: 'gpt-5.2' };
const known = [{ sku: 'Standard' }, { policy: { processing: ['swedencentral'] } }] as const;

test.each<[string, readonly [object, object?], number, number]>([
  ['nothing', [{}], 0, 0],
  ['something that is good to know', known, 0, 0],
  ['a warning', [retiring], 0, 1],
  ['an error', [retired], 1, 1],
  ['an invalid config', [{ resource: 'none' }], 1, 1],
])('with %s it ends with the code it should, and --strict as well', async (_, parts, lax, strict) => {
  for (const json of [[], ['--json']]) {
    expect((await aoai(['check', ...json], ...parts)).code).toBe(lax);
    expect((await aoai(['check', '--strict', ...json], ...parts)).code).toBe(strict);
  }
});

test('`ok` is the verdict, with the findings beside it', async () => {
  const said = async (...args: readonly string[]) =>
    JSON.parse((await aoai(['check', '--json', ...args], retiring)).out) as {
      ok: boolean;
      findings: object[];
    };
  const finding = { rule: 'model-retiring', severity: 'warning', path: 'deployments.chat.model' };
  expect(await said()).toMatchObject({ ok: true, findings: [finding] });
  expect(await said('--strict')).toMatchObject({ ok: false, findings: [finding] });
});

test('findings are lines, with a count of errors and warnings', async () => {
  expect((await aoai(['check'])).out).toBe('The config is fine.\n');
  expect((await aoai(['check'], retiring)).out).toBe(
    'warning deployments.chat.model: "gpt-5.2" retires on 2026-12-12, in 20 days. Move to "gpt-5.4". (model-retiring)\n0 errors, 1 warning.\n',
  );
  expect((await aoai(['check', '--strict'], retiring)).out).toMatch(
    /\n0 errors, 1 warning: failed, as `--strict` counts warnings\.\n$/,
  );
  expect((await aoai(['check', '--strict'], { ...retiring, resource: 'none' })).out).toMatch(
    /\n1 error, 0 warnings\.\n$/,
  );
  expect((await aoai(['check'], ...known)).out).toMatch(/^info .*\n0 errors, 0 warnings\.\n$/);
});

test('a config is shown in tables, with what is not said left empty', async () => {
  const { code, out } = await aoai(
    ['show'],
    { version: '2026-03-05', limits: { tpm: 1000 } },
    { pools: { all: [{ deployment: 'chat', weight: 3 }] }, policy: { processing: ['EU'] } },
  );
  expect(code).toBe(0);
  const sections = out
    .trim()
    .split('\n\n')
    .map((section) => section.split('\n'));
  expect(sections.map(([title, heading]) => [title, heading?.split(/ {2,}/)])).toMatchObject([
    [expect.any(String), ['NAME', 'ENDPOINT', 'API', 'REGION', 'CLOUD']],
    [expect.any(String), expect.arrayContaining(['NAME', 'MODEL', 'SKU'])],
    [expect.any(String), ['NAME', 'TIERS', 'LEADS ON AFTER']],
    [expect.any(String), ['CLAUSE', 'VALUE']],
  ]);
  expect(sections[0]?.[2]).toMatch(
    /^main {2,}https:\/\/contoso\.openai\.azure\.com {2,}v1 {2,}swedencentral {2,}public$/,
  );
  expect(sections[1]?.[2]).toContain('gpt-5.4 2026-03-05');
  expect(sections[2]?.[2]).toMatch(/^all {2,}chat ×3$/);
  expect(sections[3]?.[2]).toMatch(/^processing {2,}\["EU"\]$/);
  const plain = (await aoai(['show'])).out;
  expect(plain).not.toContain('TIERS');
  expect(plain).not.toContain('CLAUSE');
  expect(plain).not.toContain('undefined');
});
