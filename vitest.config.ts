import project from '@aoai/vitest';
import { defineConfig } from 'vitest/config';
import { BaseSequencer } from 'vitest/node';
import type { TestSpecification } from 'vitest/node';

/** The samples first: their files are few and long, and at the end of all they would leave a core with nothing to do. */
class SamplesFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const isSample = (file: TestSpecification) => file.project.name === 'apps';
    return [...sorted.filter(isSample), ...sorted.filter((file) => !isSample(file))];
  }
}

const { test } = project;
const parts = [
  // One project, as each has processes of its own, which load everything anew.
  { name: 'packages', include: ['packages/*/{src,test}/**/*.test.ts'] },
  // Samples have no configuration of the house, so that they can be copied out.
  { name: 'apps', include: ['apps/*/{src,test}/**/*.test.ts'] },
];

/** The tests of all packages and apps; `vitest.ci.config.ts` has what only CI runs. */
export default defineConfig({
  test: {
    projects: [
      ...parts.map((part) => ({ ...project, test: { ...test, ...part } })),
      // The tests of types of all packages, in one run of the compiler. `pnpm typecheck` fails by them too.
      {
        test: {
          name: 'types',
          typecheck: { enabled: true, only: true, tsconfig: 'tooling/vitest/type-tests.json' },
        },
      },
    ],
    maxWorkers: test.maxWorkers,
    sequence: { sequencer: SamplesFirst },
    reporters: ['default', '@aoai/vitest/summary-reporter'],
  },
});
