// The checks that take too long for `npm test`: `pnpm --filter @aoai/docs check` builds the site and clicks through it, and does
// what `docs/start/first-call.md` tells a reader.
import project from '@aoai/vitest';
import { defineConfig, mergeConfig } from 'vitest/config';

export default mergeConfig(
  project,
  defineConfig({
    test: {
      include: ['{browser,transcript}/*.check.ts'],
      reporters: ['default', '@aoai/vitest/summary-reporter'],
      // Only a guard against hanging, like the others. One file after the other: each of them keeps two cores busy.
      fileParallelism: false,
      hookTimeout: 900_000,
      testTimeout: 120_000,
    },
  }),
);
