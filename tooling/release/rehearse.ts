// Rehearses a release in a copy of the repository: applies the changesets, builds, publishes to a registry of its own on
// loopback, and installs each package from there with npm, as a team would. Touches nothing outside a temporary folder.
// `pnpm --filter @aoai/release rehearse`, about two minutes.
import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { publishedPackages, root } from './workspace.ts';

const folder = mkdtempSync(join(tmpdir(), 'aoai-release-'));
const port = await freePort();
const registry = `http://127.0.0.1:${port}/`;

function step(name: string): void {
  console.log(`rehearsal: ${name}`);
}

function run(cwd: string, [command = '', ...args]: string[]): string {
  return execFileSync(command, args, { cwd, env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('No port is free on loopback.');
  return address.port;
}

step('starting a registry');
const home = join(folder, 'registry');
mkdirSync(home);
// verdaccio asks for a dist-tag of node-fetch that not every mirror has.
const overrides = { 'node-fetch': '2.7.0' };
writeFileSync(join(home, 'package.json'), JSON.stringify({ private: true, overrides }));
execFileSync('npm', ['install', '--no-audit', '--no-fund', '--loglevel=error', 'verdaccio@6.10.4'], {
  cwd: home,
});
const upstream = execFileSync('npm', ['config', 'get', 'registry'], { encoding: 'utf8' }).trim();
writeFileSync(
  join(home, 'config.json'),
  JSON.stringify({
    storage: './storage',
    web: { enable: false },
    uplinks: { upstream: { url: upstream, cache: false } },
    packages: {
      '@aoai/*': { access: '$all', publish: '$all', unpublish: '$all' },
      '**': { access: '$all', proxy: 'upstream' },
    },
    log: { type: 'stdout', level: 'warn' },
  }),
);
const userConfig = join(folder, 'npmrc');
writeFileSync(userConfig, `registry=${registry}\n//127.0.0.1:${port}/:_authToken=local\n`);
const env = { ...process.env, NPM_CONFIG_USERCONFIG: userConfig, NODE_OPTIONS: '' };
const verdaccio = spawn(
  process.execPath,
  ['node_modules/verdaccio/bin/verdaccio', '--config', 'config.json', '--listen', `127.0.0.1:${port}`],
  { cwd: home, env: { ...process.env, NODE_OPTIONS: '' }, stdio: 'inherit' },
);
process.on('exit', () => {
  verdaccio.kill();
  rmSync(folder, { recursive: true, force: true });
});
process.on('SIGINT', () => process.exit(130));
for (let attempt = 0; !(await isUp()); attempt += 1) {
  if (attempt === 100) throw new Error(`The registry did not answer at ${registry} within 20 s.`);
  await delay(200);
}

async function isUp(): Promise<boolean> {
  return fetch(`${registry}-/ping`).then(
    (response) => response.ok,
    () => false,
  );
}

step('copying the repository and applying its changesets');
const copy = join(folder, 'copy');
run(root, ['git', 'clone', '--quiet', '.', copy]);
run(copy, ['pnpm', 'install', '--frozen-lockfile', '--prefer-offline', '--reporter=silent']);
run(copy, ['pnpm', 'exec', 'changeset', 'version']);
run(copy, ['pnpm', 'install', '--no-frozen-lockfile', '--reporter=silent']);
const names = [...publishedPackages().keys()];
const versions = names.map((name) => {
  const manifest = readFileSync(join(copy, 'packages', name.split('/')[1] ?? '', 'package.json'), 'utf8');
  return { name, version: (JSON.parse(manifest) as { version: string }).version };
});
console.table(versions);

step('building and publishing');
run(copy, ['pnpm', 'exec', 'turbo', 'run', 'build', '--output-logs=errors-only']);
run(copy, ['git', 'commit', '--all', '--quiet', '--message', 'Version packages']);
run(copy, ['pnpm', 'exec', 'changeset', 'publish']);

step('installing each package alone');
for (const { name, version } of versions) {
  const consumer = join(folder, name.replace('/', '-'));
  mkdirSync(consumer);
  writeFileSync(join(consumer, 'package.json'), JSON.stringify({ private: true, type: 'module' }));
  run(consumer, ['npm', 'install', '--no-audit', '--no-fund', '--loglevel=error', `${name}@${version}`]);
  run(consumer, [
    process.execPath,
    '--input-type=module',
    '--eval',
    `await import(${JSON.stringify(name)});`,
  ]);
  console.log(`ok   ${name}@${version}`);
}

verdaccio.kill();
