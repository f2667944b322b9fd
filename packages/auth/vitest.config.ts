import project, { aloneProject } from '@aoai/vitest';
import { defineConfig } from 'vitest/config';
import type { ViteUserConfig } from 'vitest/config';

const config: ViteUserConfig = defineConfig({
  ...project,
  test: {
    ...project.test,
    projects: [
      { extends: true, test: { name: '@aoai/auth' } },
      { extends: false, ...aloneProject },
    ],
  },
});
export default config;
