import project from '@aoai/vitest';
import { configDefaults, mergeConfig } from 'vitest/config';
import type { UserWorkspaceConfig } from 'vitest/config';
import { ownProcess } from './test/own-process.ts';

const config: UserWorkspaceConfig = mergeConfig(project, {
  test: { exclude: [...configDefaults.exclude, ...ownProcess] },
});
export default config;
