// Runs in the process that vitest starts for tests. It stays, with all modules loaded, and runs the tests that it is
// asked for.
import { createConnection } from 'node:net';
import { createInterface } from 'node:readline';
import { TestRunner, inject, vi } from 'vitest';
import type { RunnerTask, RunnerTestCase, RunnerTestFile } from 'vitest';
import { collectTests, startTests } from 'vitest/internal/browser';
import type { MutantCoverage } from '@stryker-mutator/api/core';
import type { Order, Outcome, TestOutcome, TestsOfFile } from './orders.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Where orders come from, on this machine. */
    readonly ordersPort: number;
  }
}

/** What the code with the mutants in it reads and writes. */
interface Instrumentation {
  activeMutant?: string | undefined;
  hitCount?: number | undefined;
  hitLimit?: number | undefined;
  currentTestId?: string | undefined;
  mutantCoverage?: MutantCoverage;
}

const instrumentation: Instrumentation = ((
  globalThis as typeof globalThis & { __stryker__?: Instrumentation }
).__stryker__ ??= {});
/** The modules keep what they find here when they are loaded. */
const coverage = (instrumentation.mutantCoverage ??= { static: {}, perTest: {} });

/** Takes orders after the one file that vitest has started it for. */
// eslint-disable-next-line no-restricted-syntax -- vitest asks for it
export default class WarmRunner extends TestRunner {
  private readonly loaded = new Set<string>();

  // eslint-disable-next-line @typescript-eslint/no-misused-promises -- vitest waits for it, which the type does not say
  override async onAfterRunFiles(): Promise<void> {
    const socket = createConnection(inject('ordersPort'), '127.0.0.1');
    socket.write(`${process.pid}\n`);
    for await (const line of createInterface({ input: socket })) {
      const outcome = await this.carryOut(JSON.parse(line) as Order);
      socket.write(`${JSON.stringify(outcome)}\n`);
    }
  }

  private async carryOut({ mutant, hitLimit, tests, isDryRun }: Order): Promise<Outcome> {
    const outcomes: TestOutcome[] = [];
    let error: string | undefined;
    const noteError = (thrown: unknown) => {
      error ??= String(thrown);
    };
    const hasFailed = () => error !== undefined || outcomes.some(({ failure }) => failure !== undefined);
    process.on('unhandledRejection', noteError).on('uncaughtException', noteError);
    Object.assign(instrumentation, { activeMutant: mutant, hitCount: 0, hitLimit });
    for (const key of Object.keys(coverage.perTest)) Reflect.deleteProperty(coverage.perTest, key);
    try {
      for (const one of tests) {
        if (!isDryRun && hasFailed()) break;
        const file = await this.runFile(one, isDryRun);
        outcomes.push(...testsIn(file.tasks).map(outcomeOf));
        const [loading] = file.result?.errors ?? [];
        if (loading !== undefined) noteError(loading.message);
      }
    } catch (thrown) {
      noteError(thrown);
    } finally {
      process.off('unhandledRejection', noteError).off('uncaughtException', noteError);
      Object.assign(instrumentation, { activeMutant: undefined, hitLimit: undefined });
    }
    return {
      tests: outcomes,
      ...(error === undefined ? undefined : { error }),
      ...(isDryRun ? { coverage } : undefined),
    };
  }

  /** What modules do when they are loaded, they do without a mutant: it would stay in what they made. */
  private async load(file: string): Promise<void> {
    if (this.loaded.has(file)) return;
    const { activeMutant } = instrumentation;
    instrumentation.activeMutant = undefined;
    await collectTests([{ filepath: file }], new OneFile(this.config, this, true));
    instrumentation.activeMutant = activeMutant;
  }

  private async runFile({ file, ids, limitMs }: TestsOfFile, isDryRun: boolean): Promise<RunnerTestFile> {
    const config = { ...this.config, testTimeout: limitMs, hookTimeout: limitMs };
    if (!isDryRun) await this.load(file);
    this.loaded.add(file);
    const [done] = await startTests(
      [{ filepath: file, ...(ids === undefined ? undefined : { testIds: [...ids] }) }],
      new OneFile(config, this, !isDryRun),
    );
    vi.useRealTimers();
    vi.resetConfig();
    vi.restoreAllMocks();
    if (done === undefined) throw new Error(`No tests in ${file}.`);
    return done;
  }
}

/** Runs the tests of one file, and tells nobody but who asked. */
class OneFile extends TestRunner {
  private readonly isBail: boolean;

  constructor(config: TestRunner['config'], outer: TestRunner, isBail: boolean) {
    super(config);
    this.isBail = isBail;
    // What vitest gives a runner.
    const { moduleRunner, _otel } = outer as unknown as Record<string, unknown>;
    Object.assign(this, { moduleRunner, _otel });
  }

  override onBeforeTryTask(...[test, options]: Parameters<TestRunner['onBeforeTryTask']>): void {
    super.onBeforeTryTask(test, options);
    instrumentation.currentTestId = `${test.file.filepath}#${test.id}`;
  }

  override onAfterRunTask(test: RunnerTestCase): void {
    super.onAfterRunTask(test);
    instrumentation.currentTestId = undefined;
    if (this.isBail && test.result?.state === 'fail') super.cancel('test-failure');
  }
}

function testsIn(tasks: readonly RunnerTask[]): readonly RunnerTestCase[] {
  return tasks
    .flatMap((task) => (task.type === 'suite' ? testsIn(task.tasks) : [task]))
    .filter(({ result }) => result?.state === 'pass' || result?.state === 'fail');
}

function outcomeOf({ id, fullTestName, file, result, location }: RunnerTestCase): TestOutcome {
  const [error] = result?.errors ?? [];
  return {
    file: file.filepath,
    id,
    name: fullTestName,
    ms: result?.duration ?? 0,
    line: location?.line ?? 1,
    column: location?.column ?? 1,
    ...(result?.state === 'fail' ? { failure: error?.message ?? 'failed' } : undefined),
  };
}
