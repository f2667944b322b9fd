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

export default defineConfig({
  test: {
    projects: [
      'packages/*',
      'packages/auth/vitest.own-process.config.ts',
      // The same client on other versions of the `openai` SDK.
      'packages/client/vitest.openai-*.config.ts',
      // And on other versions of its HTTP client.
      'packages/client/vitest.undici-*.config.ts',
      'packages/client/vitest.simulations.config.ts',
      'tooling/*/vitest.config.ts',
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
