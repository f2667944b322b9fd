import project from '@aoai/vitest';
import { defineConfig } from 'vitest/config';

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
    reporters: ['default', '@aoai/vitest/summary-reporter'],
  },
});
