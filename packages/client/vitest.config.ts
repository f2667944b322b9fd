import project from '@aoai/vitest';
import { configDefaults, mergeConfig } from 'vitest/config';
import type { UserWorkspaceConfig } from 'vitest/config';

const config: UserWorkspaceConfig = mergeConfig(project, {
  test: {
    // These have configs of their own.
    exclude: [...configDefaults.exclude, 'bench/**', 'test/{instrumented,redis-variants}.test.ts'],
  },
});
export default config;
