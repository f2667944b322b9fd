import project from '@aoai/vitest';
import { mergeConfig } from 'vitest/config';
import type { UserWorkspaceConfig } from 'vitest/config';

/** Beside libraries that watch calls, and on each kind of Redis server: many programs, which take their time to start. */
const config: UserWorkspaceConfig = mergeConfig(project, {
  test: {
    name: '@aoai/client beside its peers',
    typecheck: { enabled: false },
    include: ['test/{instrumented,redis-variants}.test.ts'],
  },
});
export default config;
