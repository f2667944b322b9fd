// Tries the mutants of one package, in a process of its own: `node mutate-package.ts FOLDER PATTERN…`, with the folder from
// the root.
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Stryker } from '@stryker-mutator/core';

const [folder = '', ...mutate] = process.argv.slice(2);
const name = basename(folder);
const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
process.chdir(here(`../../${folder}`));

await new Stryker({
  mutate,
  testRunner: 'warm',
  testRunnerNodeArgs: ['--conditions=@aoai/source'],
  plugins: [here('warm-runner.ts'), here('collect-results.ts')],
  coverageAnalysis: 'perTest',
  // What runs once when a module is loaded would need all tests again for each mutant.
  ignoreStatic: true,
  // Words are for people.
  mutator: { excludedMutations: ['StringLiteral'] },
  concurrency: Number(process.env['MUTANTS_CONCURRENCY'] ?? 1),
  // A machine may be busy with other things.
  dryRunTimeoutMinutes: 30,
  incremental: true,
  // Otherwise what survived with the same tests is not tried again.
  force: process.env['MUTANTS_FORCE'] === 'true',
  incrementalFile: here(`../../.mutants/${name}.json`),
  // As deep as the package itself, so that `../..` is the root from there, too.
  tempDirName: here(`../../.mutants-${name}`),
  cleanTempDir: 'always',
  // TypeScript 7 has no API for what this would do.
  tsconfigFile: 'none',
  disableTypeChecks: false,
  allowConsoleColors: false,
  reporters: ['collect-results', 'html', 'progress-append-only'],
  htmlReporter: { fileName: here(`../../.mutants/${name}.html`) },
}).runMutationTest();
process.disconnect();
