import project from '@aoai/vitest';
import { BaseSequencer } from 'vitest/node';
import type { TestSpecification } from 'vitest/node';
import { defineConfig } from 'vitest/config';

/** The tests beside the sources first: they are quick, and one failed test is enough to kill a mutant. */
class QuickTestsFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const isQuick = (file: TestSpecification) => Number(file.moduleId.includes('/src/'));
    return files.toSorted((one, other) => isQuick(other) - isQuick(one));
  }
}

const { MUTANTS_TESTS: tests = '' } = process.env;

/** The tests of one package, on a copy of its sources that has mutants in it. */
export default defineConfig({
  ...project,
  test: {
    ...project.test,
    isolate: tests === '',
    // Few tests that run for each mutant: a worker for each file would take most of the time.
    ...(tests === '' ? undefined : { include: tests.split(',') }),
    // A mutant has no types.
    typecheck: { enabled: false },
    // Stryker has limits of its own, which know how long the tests usually take.
    testTimeout: 600_000,
    hookTimeout: 600_000,
    sequence: { sequencer: QuickTestsFirst },
  },
});
