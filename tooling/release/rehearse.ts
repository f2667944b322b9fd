// Rehearses releases in a copy of the repository, on a registry of its own on loopback: a first release, a patch of one
// package, a canary. Installs each package from there with npm, pnpm, Yarn and Bun, as a team would, and runs the first
// example of its README against the published mock. Touches nothing outside a temporary folder.
// `pnpm --filter @aoai/release rehearse`, about five minutes on two processors; `rehearse npm bun` tries only these.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { check, failed, report, runProgram } from './checks.ts';
import { consumer } from './consumer.ts';
import { managersOfNpm, packageManagers, type PackageManager } from './managers.ts';
import { checkManifest, publishedPackage } from './published.ts';
import { firstSteps } from './readme.ts';
import { startRegistry } from './registry.ts';
import { startMock, type RunningMock } from './start-mock.ts';
import { publishedPackages, root } from './workspace.ts';

const folder = mkdtempSync(join(tmpdir(), 'aoai-release-'));
process.on('SIGINT', () => process.exit(130));
process.on('exit', () => {
  rmSync(folder, { recursive: true, force: true });
});

step('starting a registry');
const { url, env, stop } = await startRegistry(folder);
const names = [...publishedPackages().keys()];
const copy = join(folder, 'copy');

step('copying the repository, with an address in it');
execFileSync('git', ['clone', '--quiet', '.', copy], { cwd: root });
edit('package.json', (manifest) => ({
  ...manifest,
  repository: { type: 'git', url: 'git+https://example.com/contoso/aoai.git' },
}));
await run(['pnpm', 'install', '--frozen-lockfile', '--prefer-offline', '--reporter=silent']);

step('releasing everything');
const first = await release([]);
for (const name of names)
  checkManifest(
    (await publishedPackage(url, name)).versions[first.get(name) ?? ''] ?? { name, version: 'none' },
    first,
  );
await checkReadmes(first);

step('a patch of config, which its dependents take without a release');
await checkPatch();

step('a canary');
await checkCanary();

step('installing each package alone');
await checkInstalls();
stop();
console.log(`\n${failed() === 0 ? 'The rehearsal passed.' : `${failed()} checks failed.`}`);

/** Applies the changesets, builds and publishes, as `pnpm release` does. Gives the version of each package. */
async function release(
  versionFlags: readonly string[],
  publishFlags: readonly string[] = [],
): Promise<Map<string, string>> {
  await run(['pnpm', 'exec', 'changeset', 'version', ...versionFlags]);
  await run(['git', 'commit', '--all', '--quiet', '--message', 'Version packages']);
  await run(['pnpm', 'exec', 'turbo', 'run', 'build', '--filter=./packages/*']);
  // The registry here cannot verify where a package was built.
  await run([process.execPath, 'tooling/release/write-metadata.ts', '--no-provenance']);
  await run(['pnpm', 'exec', 'changeset', 'publish', ...publishFlags]);
  await run(['git', 'checkout', '--quiet', '.']);
  const versions = new Map(names.map((name) => [name, String(manifestOf(name)['version'])]));
  console.table(Object.fromEntries(versions));
  return versions;
}

/** What a published README links to is a whole address. */
async function checkReadmes(versions: ReadonlyMap<string, string>): Promise<void> {
  for (const [name, version] of versions) {
    const tarball = (await publishedPackage(url, name)).versions[version]?.['dist'] as {
      readonly tarball: string;
    };
    const file = join(folder, 'readme.tgz');
    writeFileSync(file, Buffer.from(await (await fetch(tarball.tarball)).arrayBuffer()));
    const page = execFileSync('tar', ['-xzOf', file, 'package/README.md'], { encoding: 'utf8' });
    const links = [...page.matchAll(/\]\(((?!#|https?:|mailto:)[^)\s]+)\)/g)].map((match) => match[1]);
    report(`${name}@${version}: the links of its README work on npm`, links.length === 0, links.join('\n'));
  }
}

/** Packages have versions of their own: a patch releases one package, for the ranges of its dependents take it. */
async function checkPatch(): Promise<void> {
  const before = new Map(names.map((name) => [name, String(manifestOf(name)['version'])]));
  writeFileSync(
    join(copy, '.changeset', 'rehearsed.md'),
    "---\n'@aoai/config': patch\n---\n\nA rehearsed patch.\n",
  );
  await run(['git', 'add', '--all']);
  await run(['git', 'commit', '--quiet', '--message', 'A patch']);
  const after = await release([]);
  const released = names.filter((name) => before.get(name) !== after.get(name));
  report('a patch of config releases config alone', released.join() === '@aoai/config', released.join());
  const { versions } = await publishedPackage(url, '@aoai/config');
  report(
    'the patch is published',
    versions[after.get('@aoai/config') ?? ''] !== undefined,
    JSON.stringify(after),
  );
}

/** A snapshot has a version of its own and leaves `latest` alone. */
async function checkCanary(): Promise<void> {
  const latest = (await publishedPackage(url, '@aoai/client'))['dist-tags']['latest'];
  writeFileSync(join(copy, '.changeset', 'canary.md'), "---\n'@aoai/client': minor\n---\n\nA canary.\n");
  await run(['git', 'add', '--all']);
  await run(['git', 'commit', '--quiet', '--message', 'A canary']);
  const versions = await release(['--snapshot', 'canary'], ['--tag', 'canary', '--no-git-tag']);
  const tags = (await publishedPackage(url, '@aoai/client'))['dist-tags'];
  const version = versions.get('@aoai/client') ?? '';
  report(
    'a canary is published as canary',
    tags['canary'] === version && version.startsWith('0.0.0-canary-'),
    JSON.stringify(tags),
  );
  report('a canary is not the latest', tags['latest'] === latest, JSON.stringify(tags));
}

/** Each package alone, with each package manager: it installs, and the first example of its README runs. */
async function checkInstalls(): Promise<void> {
  const tools = await consumer('tools', [...managersOfNpm, '@aoai/testing@latest'], { folder, env });
  if (tools === undefined) return;
  const mock = await startMock(tools, 'entra-id');
  const asked = process.argv.slice(2);
  const managers = packageManagers(join(tools, 'node_modules', '.bin'));
  const chosen = managers.filter(
    ({ name }) => asked.length === 0 || asked.includes(name.toLowerCase().split(' ')[0] ?? ''),
  );
  for (const manager of chosen) {
    for (const name of names) await checkInstall(name, manager, mock);
  }
  mock.stop();
}

async function checkInstall(name: string, manager: PackageManager, mock: RunningMock): Promise<void> {
  const { install, example } = firstSteps(name);
  const cwd = join(folder, `${manager.name}-${name}`.replace(/\W+/g, '-'));
  mkdirSync(cwd);
  writeFileSync(join(cwd, 'package.json'), '{"name":"consumer","private":true,"type":"module"}');
  manager.prepare?.(cwd);
  const place = {
    cwd,
    env: { ...env, ...mock.env, AZURE_OPENAI_ENDPOINT_SWEDEN: 'https://contoso-se.openai.azure.com' },
  };
  if (!(await check(`${name}: installs with ${manager.name}`, manager.add(install), place))) return;
  if (name === '@aoai/cli') {
    await check(`${name}: aoai runs with ${manager.name}`, manager.program('aoai', ['--version']), place);
    return;
  }
  writeFileSync(join(cwd, 'example.ts'), example);
  await check(
    `${name}: the example of its README runs with ${manager.name}`,
    manager.node('example.ts'),
    place,
  );
}

function step(name: string): void {
  console.log(`rehearsal: ${name}`);
}

/** Runs a step of the release in the copy. */
async function run(command: readonly string[]): Promise<void> {
  const { status, stdout, stderr } = await runProgram(command, { cwd: copy, env });
  if (status !== 0)
    throw new Error(`\`${command.join(' ')}\` ended with ${String(status)}.\n${stdout}\n${stderr}`);
}

function manifestOf(name: string): Record<string, unknown> {
  const path = join(copy, 'packages', name.slice('@aoai/'.length), 'package.json');
  return JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>;
}

function edit(path: string, change: (manifest: Record<string, unknown>) => Record<string, unknown>): void {
  const file = join(copy, path);
  const manifest = JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;
  writeFileSync(file, `${JSON.stringify(change(manifest), null, 2)}\n`);
}
