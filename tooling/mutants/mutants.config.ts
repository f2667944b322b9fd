import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { BaseSequencer } from 'vitest/node';
import type { TestSpecification, UserWorkspaceConfig } from 'vitest/node';
import { defineConfig } from 'vitest/config';

/** The tests beside the sources first: they are quick, and one failed test is enough to kill a mutant. */
class QuickTestsFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const isQuick = (file: TestSpecification) => Number(file.moduleId.includes('/src/'));
    return files.toSorted((one, other) => isQuick(other) - isQuick(one));
  }
}

const { MUTANTS_TESTS: tests = '' } = process.env;
const file = pathToFileURL(join(process.cwd(), 'vitest.config.ts')).href;
const { default: own } = (await import(file)) as { readonly default: UserWorkspaceConfig };

/** The tests of one package, as it runs them, on a copy of its sources that has mutants in it. */
export default defineConfig({
  ...own,
  test: {
    ...own.test,
    ...(tests === '' ? undefined : { include: tests.split(',') }),
    // A mutant has no types.
    typecheck: { enabled: false },
    // Stryker has limits of its own, which know how long the tests usually take.
    testTimeout: 600_000,
    hookTimeout: 600_000,
    sequence: { sequencer: QuickTestsFirst },
  },
});
