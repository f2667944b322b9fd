import project, { aloneProject, typesProject } from '@aoai/vitest';
import { readdirSync } from 'node:fs';
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
const packages = readdirSync(new URL('packages', import.meta.url));

/**
 * The tests of all packages and apps; `vitest.ci.config.ts` has what only CI runs. The projects have this folder as their root, not
 * that of a package: so a file that several of them load is transformed once.
 */
export default defineConfig({
  test: {
    projects: [
      ...packages.map((name) => ({
        ...project,
        test: {
          ...test,
          name: `@aoai/${name}`,
          typecheck: { enabled: false },
          include: [`packages/${name}/{src,test}/**/*.test.ts`],
        },
      })),
      aloneProject,
      typesProject,
      // Samples have no configuration of the house, so that they can be copied out.
      {
        ...project,
        test: {
          ...test,
          name: 'apps',
          typecheck: { enabled: false },
          include: ['apps/*/{src,test}/**/*.test.ts'],
          env: { ...test.env, NODE_OPTIONS: '--conditions=@aoai/source' },
        },
      },
    ],
    maxWorkers: test.maxWorkers,
    sequence: { sequencer: SamplesFirst },
    reporters: ['default', '@aoai/vitest/summary-reporter'],
  },
});
