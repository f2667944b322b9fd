import { readFileSync, writeFileSync } from 'node:fs';
import { relative } from 'node:path';
import { declareClassPlugin, PluginKind } from '@stryker-mutator/api/plugin';
import type { CoverageData } from '@stryker-mutator/api/core';
import { DryRunStatus, MutantRunStatus, TestStatus } from '@stryker-mutator/api/test-runner';
import type {
  DryRunResult,
  MutantRunOptions,
  MutantRunResult,
  TestResult,
  TestRunner,
  TestRunnerCapabilities,
} from '@stryker-mutator/api/test-runner';
import type { TestOutcome, TestsOfFile } from './orders.ts';
import { planTests } from './plan-tests.ts';
import type { UsualTimes } from './plan-tests.ts';
import { reachOf, tellingTests } from './reach.ts';
import type { Reach } from './reach.ts';
import { startWarmTests } from './warm-tests.ts';
import type { WarmTests } from './warm-tests.ts';

/** In the copy of the package that Stryker makes: the process that makes the dry run tells it to the others. */
const dryRunFile = 'dry-run.json';
const mostKillers = 3;
const dryRunLimitMs = 1_800_000;
/** Without a mutant. */
const longestTestMs = 120_000;
/** Stryker allows a hundred times the hits that all tests together make; five times is as certain, and ends sooner. */
const strykersHits = 20;

interface FoundByDryRun {
  readonly usualMs: UsualTimes;
  readonly reach: Reach;
}

/** Runs the tests of mutants one after another in one process, where Stryker's own runner starts vitest for each. */
class WarmTestRunner implements TestRunner {
  private warm: WarmTests | undefined;
  private found: FoundByDryRun | undefined;
  private readonly killers = new Map<string, readonly string[]>();
  private readonly mostMs = 1000 * Number(process.env['MUTANTS_SECONDS'] ?? 2);
  /** How many mutants the process has had. */
  private had = 0;

  /** Stryker would start a process anew for what also runs when a module is loaded. That is left out here as well. */
  capabilities(): TestRunnerCapabilities {
    return { reloadEnvironment: true };
  }

  async dryRun(): Promise<DryRunResult> {
    const { files, run } = await this.start();
    const tests = files.map((file) => ({ file, limitMs: longestTestMs }));
    const outcome = await run({ tests, isDryRun: true }, dryRunLimitMs);
    // The first run also loads the modules that tests load on demand: the second tells what the tests themselves reach.
    const second = await run({ tests, isDryRun: true }, dryRunLimitMs);
    if (outcome === undefined || second === undefined) return { status: DryRunStatus.Timeout };
    if (outcome.error !== undefined) return { status: DryRunStatus.Error, errorMessage: outcome.error };
    const results: TestResult[] = [];
    for (const test of outcome.tests) results.push(resultOf(await this.again(test)));
    const { static: whenLoaded = {}, perTest: reached = {} } = second.coverage ?? {};
    const perTest = withRelativeIds(reached);
    const found: FoundByDryRun = {
      usualMs: Object.fromEntries(results.map(({ id, timeSpentMs }) => [id, timeSpentMs])),
      reach: reachOf(perTest),
    };
    writeFileSync(dryRunFile, JSON.stringify(found));
    const onDemand = Object.values(outcome.coverage?.perTest ?? {});
    return {
      status: DryRunStatus.Complete,
      tests: results,
      mutantCoverage: {
        static: Object.assign({}, whenLoaded, ...onDemand) as CoverageData,
        perTest,
      },
    };
  }

  async mutantRun({
    activeMutant,
    testFilter = [],
    hitLimit = Infinity,
    sandboxFileName,
  }: MutantRunOptions): Promise<MutantRunResult> {
    this.found ??= JSON.parse(readFileSync(dryRunFile, 'utf8')) as FoundByDryRun;
    const source = relative(process.cwd(), sandboxFileName);
    const tests = planTests({
      tests: testFilter,
      killers: this.killers.get(source) ?? [],
      source,
      telling: tellingTests(this.found.reach, activeMutant.id),
      usualMs: this.found.usualMs,
      mostMs: this.mostMs,
    });
    const order = { mutant: activeMutant.id, hitLimit: hitLimit / strykersHits, tests, isDryRun: false };
    for (;;) {
      const { run } = await this.start();
      this.had += 1;
      const outcome = await run(order, limitOf(tests));
      if (outcome === undefined) {
        await this.dispose();
        return { status: MutantRunStatus.Timeout };
      }
      const failed = outcome.tests.find(({ failure }) => failure !== undefined);
      if (failed === undefined && outcome.error === undefined)
        return { status: MutantRunStatus.Survived, nrOfTests: outcome.tests.length };
      const wasNew = this.had === 1;
      const isAsBefore = await this.isAsBefore(failed, tests);
      if (!isAsBefore) await this.dispose();
      // What an earlier mutant left in the process may have failed the test: only a new process tells.
      if (!isAsBefore && !wasNew) continue;
      const killer = failed === undefined ? [] : [idOf(failed)];
      const others = (this.killers.get(source) ?? []).filter((test) => !killer.includes(test));
      this.killers.set(source, [...killer, ...others].slice(0, mostKillers));
      return {
        status: MutantRunStatus.Killed,
        killedBy: killer,
        failureMessage: failed?.failure ?? outcome.error ?? '',
        nrOfTests: outcome.tests.length,
      };
    }
  }

  async dispose(): Promise<void> {
    await this.warm?.close();
    this.warm = undefined;
  }

  /** One test that fails on a busy machine would end the work of hours: a second failure does. */
  private async again(test: TestOutcome): Promise<TestOutcome> {
    if (test.failure === undefined) return test;
    const { run } = await this.start();
    const outcome = await run(
      { tests: [{ file: test.file, ids: [test.id], limitMs: longestTestMs }], isDryRun: false },
      dryRunLimitMs,
    );
    return outcome?.tests[0] ?? test;
  }

  private async start(): Promise<WarmTests> {
    if (this.warm === undefined) {
      this.warm = await startWarmTests();
      this.had = 0;
    }
    return this.warm;
  }

  /** Whether what has failed passes without the mutant: one test, or all where something failed beside them. */
  private async isAsBefore(failed: TestOutcome | undefined, tests: readonly TestsOfFile[]): Promise<boolean> {
    const ofFile = tests.findLast(({ file }) => file === failed?.file);
    const again = failed && ofFile ? [{ ...ofFile, ids: [failed.id] }] : tests;
    const clean = await this.warm?.run({ tests: again, isDryRun: false }, limitOf(again));
    return (
      clean !== undefined &&
      clean.error === undefined &&
      clean.tests.every(({ failure }) => failure === undefined)
    );
  }
}

/** Long enough for tests that hang one by one; it ends those that leave no timer a chance. */
function limitOf(tests: readonly TestsOfFile[]): number {
  return 20_000 + 2 * Math.max(0, ...tests.map(({ limitMs }) => limitMs));
}

function idOf({ file, id }: Pick<TestOutcome, 'file' | 'id'>): string {
  return `${relative(process.cwd(), file)}#${id}`;
}

function resultOf(test: TestOutcome): TestResult {
  const base = {
    id: idOf(test),
    name: test.name,
    timeSpentMs: test.ms,
    fileName: test.file,
    // Stryker counts from 0.
    startPosition: { line: test.line - 1, column: test.column - 1 },
  };
  return test.failure === undefined
    ? { ...base, status: TestStatus.Success }
    : { ...base, status: TestStatus.Failed, failureMessage: test.failure };
}

function withRelativeIds(perTest: Readonly<Record<string, CoverageData>>): Record<string, CoverageData> {
  return Object.fromEntries(Object.entries(perTest).map(([id, data]) => [relative(process.cwd(), id), data]));
}

export const strykerPlugins = [declareClassPlugin(PluginKind.TestRunner, 'warm', WarmTestRunner)];
