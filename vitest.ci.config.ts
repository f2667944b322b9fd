import { ciProject } from '@aoai/vitest';
import { defineConfig } from 'vitest/config';

/** What CI runs besides `npm test`, which people wait for: `npm test -- --config vitest.ci.config.ts`. */
export default defineConfig({
  test: {
    projects: [
      ciProject,
      // The same client on other versions of the `openai` SDK, and with all calls through the SDK.
      'packages/client/vitest.openai-*.config.ts',
      // And on other versions of its HTTP client.
      'packages/client/vitest.undici-*.config.ts',
      'tooling/*/vitest.config.ts',
    ],
    maxWorkers: ciProject.test.maxWorkers,
    reporters: ['default', '@aoai/vitest/summary-reporter'],
  },
});
