import project from '@aoai/vitest';
import { mergeConfig } from 'vitest/config';
import type { UserWorkspaceConfig } from 'vitest/config';
import { ownProcess } from './test/own-process.ts';

const config: UserWorkspaceConfig = mergeConfig(project, {
  test: {
    name: '@aoai/auth, each file alone',
    isolate: true,
    typecheck: { enabled: false },
    include: [...ownProcess],
  },
});
export default config;
