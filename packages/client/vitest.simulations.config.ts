import project from '@aoai/vitest';
import { mergeConfig } from 'vitest/config';
import type { UserWorkspaceConfig } from 'vitest/config';

/** The simulations take the timers of their process over, so each file has one of its own. */
const config: UserWorkspaceConfig = mergeConfig(project, {
  test: {
    name: '@aoai/client, simulated',
    isolate: true,
    typecheck: { enabled: false },
    include: ['bench/**/*.test.ts'],
  },
});
export default config;
