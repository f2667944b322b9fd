// The checks of the built site: `pnpm --filter @aoai/docs check`. They build it first, which takes too long for `npm test`.
import project from '@aoai/vitest';
import { defineConfig, mergeConfig } from 'vitest/config';

export default mergeConfig(
  project,
  defineConfig({
    test: {
      include: ['browser/*.check.ts'],
      globalSetup: 'browser/build-site.ts',
      reporters: ['default', '@aoai/vitest/summary-reporter'],
      typecheck: { enabled: false },
      hookTimeout: 120_000,
      testTimeout: 120_000,
    },
  }),
);
