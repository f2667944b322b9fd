import project from '@aoai/vitest';
import { configDefaults, mergeConfig } from 'vitest/config';
import type { UserWorkspaceConfig } from 'vitest/config';

const config: UserWorkspaceConfig = mergeConfig(project, {
  test: { exclude: [...configDefaults.exclude, 'bench/**'] },
});
export default config;
