// Changes the sources in small ways and counts the changes that no test notices:
//   pnpm mutants [package] [files…] [--since main] [--again] [--tests src] [--minutes 5] [--seconds 2] [--concurrency 3]
// `--tests` takes the tests of these files and folders only: quick, but others may notice what survives.
// `--seconds` is how long the tests of one mutant usually take all together: slower ones may notice what survives.
// `--again` tries what survived the run before, usually with more time: `pnpm mutants client --again --seconds 20`.
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import type { schema } from '@stryker-mutator/api/core';
import { changedLines } from './changed-lines.ts';
import { equivalents } from './equivalents.ts';
import type { Mutant } from './mutant.ts';
import { percent, scores, survivors } from './score.ts';
import { placesToTryAgain, triedBefore } from './tried-before.ts';
import type { TriedBefore } from './tried-before.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const packages = ['auth', 'config', 'client', 'testing', 'cli'];
const all = ['src/**/*.ts'];
const notMutable = ['!src/**/*.{test,test-d,examples,fake}.ts', '!src/**/index.ts'];

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    since: { type: 'string' },
    again: { type: 'boolean', default: false },
    tests: { type: 'string', multiple: true, default: [] },
    minutes: { type: 'string', default: '1440' },
    seconds: { type: 'string', default: '2' },
    // More than the cores, because a test that hangs on a mutant waits for its limit.
    concurrency: { type: 'string', default: String(Math.ceil(availableParallelism() * 1.5)) },
  },
});
const mutants: Mutant[] = [];
const untilMs = performance.now() + Number(values.minutes) * 60_000;
let isCut = false;

mkdirSync(join(root, '.mutants'), { recursive: true });
const packagesToDo = [...work()].filter(([, patterns]) => patterns.length > 0);
for (const [index, [name, patterns]] of packagesToDo.entries()) {
  // Each gets its share of the time that is left.
  const timeMs = (untilMs - performance.now()) / (packagesToDo.length - index);
  await tryPackage(name, patterns, timeMs);
}
print();

/** The packages, each with the patterns of the sources to change. */
function work(): ReadonlyMap<string, readonly string[]> {
  const [name, ...files] = positionals;
  if (name !== undefined && !packages.includes(name))
    throw new RangeError(`No package ${JSON.stringify(name)}. Take one of: ${packages.join(', ')}.`);
  if (values.since !== undefined) {
    const changed = changedLines(values.since, root);
    return name === undefined ? changed : new Map([[name, changed.get(name) ?? []]]);
  }
  if (values.again)
    return new Map(
      (name === undefined ? packages : [name]).map((each) => [
        each,
        placesToTryAgain(mutantsInReport(each), equivalents),
      ]),
    );
  if (name === undefined) return new Map(packages.map((each) => [each, all]));
  return new Map([[name, files.length === 0 ? all : files.map((file) => patternOf(name, file))]]);
}

/** Of the run before; none where there was no run. */
function mutantsInReport(name: string): readonly TriedBefore[] {
  const file = join(root, '.mutants', `${name}.json`);
  if (!existsSync(file)) return [];
  return triedBefore(JSON.parse(readFileSync(file, 'utf8')) as schema.MutationTestResult, `packages/${name}`);
}

function patternOf(name: string, file: string): string {
  const path = join(root, 'packages', name, file);
  return existsSync(path) && statSync(path).isDirectory() ? join(file, '**/*.ts') : file;
}

function testsOf(path: string): string {
  return path.endsWith('.test.ts') ? path : join(path, '**/*.test.ts');
}

async function tryPackage(name: string, patterns: readonly string[], timeMs: number): Promise<void> {
  const program = fileURLToPath(new URL('mutate-package.ts', import.meta.url));
  const child = spawn(process.execPath, [program, `packages/${name}`, ...patterns, ...notMutable], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    // A group of its own, so that its test runners end with it.
    detached: true,
    env: {
      ...process.env,
      MUTANTS_CONCURRENCY: values.concurrency,
      MUTANTS_SECONDS: values.seconds,
      MUTANTS_FORCE: String(values.again),
      MUTANTS_TESTS: values.tests.map(testsOf).join(),
    },
  });
  const stop = () => {
    isCut = true;
    killGroup(child);
  };
  const tried: Mutant[] = [];
  child.on('message', (mutant: Mutant) => tried.push(mutant));
  const timer = setTimeout(stop, timeMs);
  process.once('SIGINT', stop).once('SIGTERM', stop);
  const { promise, resolve, reject } = Promise.withResolvers<number | null>();
  child.once('close', resolve).once('error', reject);
  try {
    const code = await promise;
    // What was tried again is a part of what the report has.
    mutants.push(...(values.again && code === 0 ? mutantsInReport(name) : tried));
    if (code !== 0 && !isCut) process.exitCode = 1;
  } finally {
    clearTimeout(timer);
    process.off('SIGINT', stop).off('SIGTERM', stop);
    // What tests had started when their process was stopped.
    killGroup(child);
    rmSync(join(root, `.mutants-${name}`), { recursive: true, force: true });
  }
}

function killGroup({ pid }: ChildProcess): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL');
  } catch {
    // Nothing is left of it.
  }
}

function print(): void {
  for (const { file, line, text, replacement, status } of survivors(mutants, equivalents))
    console.log(
      `${file}:${line} ${status}\n    ${text}\n  > ${replacement.replaceAll(/\s+/g, ' ').slice(0, 160)}`,
    );
  console.table(
    Object.fromEntries(
      [...scores(mutants, equivalents)].map(([place, score]) => [
        place,
        { ...score, 'score %': percent(score) },
      ]),
    ),
  );
  if (isCut) console.log('The time was over before all mutants were tried.');
  else if (mutants.length > 0) console.log('Each package has a report in .mutants/.');
  else console.log('Nothing to change.');
}
