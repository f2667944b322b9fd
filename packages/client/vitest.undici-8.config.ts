import { projectWith } from '@aoai/vitest';
import { mergeConfig } from 'vitest/config';
import type { UserWorkspaceConfig } from 'vitest/config';

/** What needs connections, on the next version of undici: teams that override it get it here too. */
const config: UserWorkspaceConfig = mergeConfig(projectWith('undici', 'undici-8'), {
  test: {
    name: '@aoai/client on undici-8',
    include: ['src/transport/*.test.ts', 'test/{close,gateway,streams,hints,responses-socket}.test.ts'],
  },
});
export default config;
