import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ESLint } from 'eslint';
import { afterEach, expect, test } from 'vitest';
import { houseRules } from '@aoai/eslint';

const root = fileURLToPath(new URL('../..', import.meta.url));
const folders: string[] = [];

afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** A copy of the workspace's manifests in which one package has one more source file. */
function workspaceWith(path: string, source: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'aoai-boundaries-'));
  folders.push(folder);
  const files = ['package.json', 'pnpm-workspace.yaml', 'pnpm-lock.yaml', 'turbo.json', '.gitignore'];
  for (const name of ['packages', 'apps', 'tooling']) {
    for (const each of readdirSync(join(root, name))) {
      files.push(join(name, each, 'package.json'), join(name, each, 'turbo.json'));
    }
  }
  for (const file of files) cpSync(join(root, file), join(folder, file));
  mkdirSync(join(folder, dirname(path)), { recursive: true });
  writeFileSync(join(folder, path), source);
  spawnSync('git', ['init', '--quiet'], { cwd: folder });
  return folder;
}

function turboBoundaries(folder: string) {
  const turbo = join(root, 'node_modules', 'turbo', 'bin', 'turbo');
  const env = { ...process.env, NO_COLOR: '1', TURBO_TELEMETRY_DISABLED: '1' };
  const { status, stdout, stderr } = spawnSync(process.execPath, [turbo, 'boundaries'], {
    cwd: folder,
    env,
    encoding: 'utf8',
  });
  return { status, output: stdout + stderr };
}

test('turbo boundaries passes when auth imports nothing of ours', () => {
  const { status, output } = turboBoundaries(workspaceWith('packages/auth/src/fine.ts', 'export {};\n'));
  expect(output).toContain('no issues found');
  expect(status).toBe(0);
});

test('turbo boundaries fails when auth imports client', () => {
  const source = "import { createClient } from '@aoai/client';\nvoid createClient;\n";
  const { status, output } = turboBoundaries(workspaceWith('packages/auth/src/wrong.ts', source));
  expect(output).toContain('@aoai/client');
  expect(status).toBe(1);
});

test.each([
  ['auth', [], '@aoai/client', 'may not import @aoai/client'],
  ['auth', [], '@aoai/testing', 'may not import @aoai/testing'],
  ['client', ['auth', 'config'], '@aoai/config/src/policy.ts', 'not a path inside it'],
])(
  'eslint refuses in the sources of %s (allowed: %j) an import of %s',
  async (_name, imports, specifier, message) => {
    expect(await lint(imports, specifier)).toContain(message);
  },
);

test.each([
  [['auth', 'config'], '@aoai/auth'],
  [['auth', 'client', 'config', 'testing'], '@aoai/client/redis'],
])('eslint accepts where %j may be imported: %s', async (imports, specifier) => {
  expect(await lint(imports, specifier)).toEqual('');
});

async function lint(imports: string[], specifier: string): Promise<string> {
  const rules = houseRules({ imports, name: 'any' })
    .map((config) => config.rules?.['no-restricted-imports'])
    .find((rule) => rule !== undefined);
  const eslint = new ESLint({
    overrideConfigFile: true,
    overrideConfig: [{ rules: { 'no-restricted-imports': rules } }],
  });
  const [result] = await eslint.lintText(`import ${JSON.stringify(specifier)};\n`);
  return result?.messages.map((each) => each.message).join('\n') ?? '';
}
