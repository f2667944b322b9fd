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

/** The tests of all packages and apps; `vitest.ci.config.ts` has what only CI runs. */
export default defineConfig({
  test: {
    projects: [
      'packages/*',
      'packages/auth/vitest.own-process.config.ts',
      // Samples have no configuration of the house, so that they can be copied out.
      {
        ...project,
        test: {
          ...project.test,
          name: 'apps',
          typecheck: { enabled: false },
          include: ['apps/*/{src,test}/**/*.test.ts'],
          env: { ...project.test.env, NODE_OPTIONS: '--conditions=@aoai/source' },
        },
      },
    ],
    maxWorkers: project.test.maxWorkers,
    sequence: { sequencer: SamplesFirst },
    reporters: ['default', '@aoai/vitest/summary-reporter'],
  },
});
