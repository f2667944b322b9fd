// Checks what npm would get: packs every published package, runs publint and attw on the tarball, then installs it alone
// in an empty folder with npm, imports every entry point with each Node.js that we support, and checks its types. Then
// installs all of them together and runs what is in `smoke/` on Node.js, Bun and Deno.
// Needs a build. Run by CI and before a release. Other compilers, bundlers and peers: `check-consumers.ts`.
import { copyFileSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { check, report, runProgram } from './checks.ts';
import { consumer } from './consumer.ts';
import { nodeFromNpm } from './nodes.ts';
import { checkTypes, importAll } from './types.ts';
import { closure, entryPoints, optionalPeers, packAll, publishedPackages, root } from './workspace.ts';
import type { Manifest } from './workspace.ts';

const folder = mkdtempSync(join(tmpdir(), 'aoai-packages-'));
const packages = publishedPackages();
const home = join(root, 'tooling', 'release');
const smokes = join(home, 'smoke');
const bin = join(home, 'node_modules', '.bin');

process.on('SIGINT', () => process.exit(130));
process.on('exit', () => {
  rmSync(folder, { recursive: true, force: true });
});

const tarballs = packAll(packages, folder);
/** The oldest Node.js that the packages declare, from npm, beside the one that runs this. */
const oldest = '22.12.0';
const nodes = { [process.version]: process.execPath, ...nodeFromNpm(oldest, folder) };
const newest = nodeFromNpm('26', folder);
/** One that is too old. */
const [tooOld] = Object.values(nodeFromNpm('20.18.0', folder));

await Promise.all([checkTogether(), ...[...packages.values()].map(checkPackage)]);

async function checkPackage(manifest: Manifest): Promise<void> {
  const tarball = tarballs.get(manifest.name) ?? '';
  await Promise.all([
    check(`${manifest.name}: publint`, [join(bin, 'publint'), tarball, '--strict']),
    check(`${manifest.name}: attw`, [join(bin, 'attw'), '--profile', 'esm-only', tarball]),
    checkAlone(manifest),
  ]);
}

/** A team that installs just this package gets everything it needs and nothing of the workspace. */
async function checkAlone(manifest: Manifest): Promise<void> {
  const { name } = manifest;
  const files = closure(name, packages).map((each) => tarballs.get(each) ?? '');
  const cwd = await consumer(`${name} alone`, files, { folder });
  if (cwd === undefined) return;
  const entries = entryPoints(manifest).filter((entry) => optionalPeers[entry] === undefined);
  const script = entries.map((entry) => `await import(${JSON.stringify(entry)});`).join('\n');
  // What Node.js itself has, and nothing else, is taken from here.
  const typeRoots = ['--typeRoots', join(home, 'node_modules', '@types')];
  const compiler = { name: 'TypeScript of the workspace', command: [join(bin, 'tsc'), ...typeRoots] };
  await checkTypes({ name, source: importAll(entries), compiler }, cwd);
  for (const [version, node] of Object.entries(nodes)) {
    const run = [node, '--input-type=module', '--eval', script];
    await check(`${name}: imports alone on Node.js ${version}`, run, { cwd });
    for (const program of Object.keys(manifest.bin ?? {})) {
      const path = join(cwd, 'node_modules', '.bin', program);
      await check(`${name}: ${program} --help on Node.js ${version}`, [node, path, '--help'], { cwd });
      await check(`${name}: ${program} --version on Node.js ${version}`, [node, path, '--version'], { cwd });
      if (program === 'aoai-mock') {
        const call = [process.execPath, join(home, 'call-mock.ts'), node, path];
        await check(`${name}: ${program} answers on Node.js ${version}`, call, { cwd });
      }
    }
  }
}

/** The packages beside each other: on every runtime, under vitest, and on a Node.js that is too old. */
async function checkTogether(): Promise<void> {
  const libraries = ['openai@7', 'vitest@5', 'bun@1', 'deno@2'];
  const cwd = await consumer('all packages', [...tarballs.values(), ...libraries], { folder });
  if (cwd === undefined) return;
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
      await check(`smoke/${script} on ${runtime}`, [...command, script], { cwd });
  }
  // The README's example of `@aoai/testing/vitest`, with the matchers that it promises.
  const example = join(root, 'packages', 'testing', 'src', 'vitest.examples.ts');
  copyFileSync(example, join(cwd, 'example.test.ts'));
  const run = [program('vitest'), 'run', 'example.test.ts'];
  await check('@aoai/testing/vitest: the example of the README passes', run, { cwd });
  if (tooOld === undefined) return;
  for (const name of ['aoai', 'aoai-mock']) {
    const { status, stderr } = await runProgram([tooOld, program(name)], { cwd });
    const isOneSentence = status === 1 && /^\S+ needs Node\.js 22\.12 or newer: .*\n$/.test(stderr);
    report(`${name} on Node.js 20 says what it needs`, isOneSentence, stderr);
  }
}
