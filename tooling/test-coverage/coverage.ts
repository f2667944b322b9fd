// `pnpm coverage [package…]`: runs the tests of each package with V8 counting, prints lines and branches, and fails below the bound.
// The reports, with every line that no test runs, are in coverage/<package>/index.html. Programs that a test starts as processes of
// their own are not counted.
import { spawnSync } from 'node:child_process';
import { appendFileSync, existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { complaints, tableOf, type Coverage } from './judge.ts';
import { reasons } from './reasons.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const known = readdirSync(join(root, 'packages'));
const named = process.argv.slice(2);
const unknown = named.filter((name) => !known.includes(name));

if (unknown.length > 0) {
  console.error(
    `coverage: no package ${unknown.map((name) => JSON.stringify(name)).join(', ')}. There are ${known.join(', ')}.`,
  );
  process.exitCode = 2;
} else {
  const measured: Record<string, Coverage> = {};
  const failed: string[] = [];
  for (const name of named.length === 0 ? known : named) {
    if (!runTests(name)) failed.push(`${name}: tests fail.`);
    const coverage = readSummary(name);
    if (coverage !== undefined) measured[name] = coverage;
  }
  const table = tableOf(measured, reasons);
  console.log(`\n${table}`);
  // GitHub shows this file with the run.
  const { GITHUB_STEP_SUMMARY: summary } = process.env;
  if (summary !== undefined) appendFileSync(summary, `\`\`\`text\n${table}\n\`\`\`\n`);
  const wrong = [...failed, ...complaints(measured, reasons)];
  for (const line of wrong) console.error(line);
  process.exitCode = wrong.length === 0 ? 0 : 1;
}

function reportOf(name: string): string {
  return join(root, 'coverage', name);
}

function runTests(name: string): boolean {
  rmSync(reportOf(name), { recursive: true, force: true });
  const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs');
  const options = [
    '--coverage.enabled',
    '--coverage.provider=v8',
    '--coverage.include=src/**/*.ts',
    ...['test', 'test-d', 'examples', 'fake'].map((kind) => `--coverage.exclude=src/**/*.${kind}.ts`),
    '--coverage.reporter=json-summary',
    '--coverage.reporter=html',
    `--coverage.reportsDirectory=${reportOf(name)}`,
    '--coverage.reportOnFailure',
    '--typecheck.enabled=false',
    '--reporter=dot',
    // Counting takes time.
    '--test-timeout=180000',
    '--hook-timeout=180000',
  ];
  const { status } = spawnSync(process.execPath, [vitest, 'run', ...options], {
    cwd: join(root, 'packages', name),
    stdio: 'inherit',
  });
  return status === 0;
}

function readSummary(name: string): Coverage | undefined {
  const file = join(reportOf(name), 'coverage-summary.json');
  if (!existsSync(file)) return undefined;
  const { total } = JSON.parse(readFileSync(file, 'utf8')) as {
    readonly total: Readonly<Record<keyof Coverage, { readonly pct: number }>>;
  };
  return { lines: total.lines.pct, branches: total.branches.pct };
}
