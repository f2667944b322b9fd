import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { defaultServerConditions } from 'vite';
import { configDefaults, defineProject, mergeConfig } from 'vitest/config';
import type { UserWorkspaceConfig } from 'vitest/config';

/** Workspace packages resolve to their sources, so that no test waits for a build. */
const sources = '--conditions=@aoai/source';

const common = {
  // Files share a process: to load everything anew for each of them took as long as the tests themselves.
  isolate: false,
  // Node.js loads all modules, as it does outside of tests (docs/decisions/0001-sources-in-the-workspace.md).
  experimental: { viteModuleRunner: false, nodeLoader: false },
  execArgv: [sources],
  // More than the cores, because tests also wait: for processes, browsers and sockets. By default vitest leaves one
  // core alone, which is half of a small machine.
  maxWorkers: 2 * availableParallelism(),
  // Only a guard against hanging: machines are busy, and no test measures time.
  testTimeout: 90_000,
  hookTimeout: 90_000,
  // Of the programs that tests start, too.
  env: { NODE_OPTIONS: sources },
  setupFiles: [fileURLToPath(import.meta.resolve('@aoai/vitest/setup'))],
};

/** The tests of a package, except those of `ciProject`. */
const project = defineProject({
  test: {
    ...common,
    exclude: [...configDefaults.exclude, '**/*.ci.test.ts'],
  },
});
export default project;

/** `*.ci.test.ts`: what takes too long for people to wait for, each file in a process of its own. */
export const ciProject = defineProject({
  test: { ...common, name: 'ci', isolate: true, include: ['**/*.ci.test.ts'] },
});

/** The same tests with another package in place of `name`: those have vite load the modules, which can do that. */
export function projectWith(name: string, replacement: string): UserWorkspaceConfig {
  const conditions = ['@aoai/source', ...defaultServerConditions];
  return mergeConfig(project, {
    resolve: { conditions, alias: [{ find: new RegExp(`^${name}(?=$|/)`), replacement }] },
    ssr: { resolve: { conditions } },
    test: { experimental: { viteModuleRunner: true } },
  });
}
