import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { defaultServerConditions } from 'vite';
import { configDefaults, defineProject } from 'vitest/config';

/** Workspace packages resolve to their sources, so that no test waits for a build. */
const conditions = ['@aoai/source', ...defaultServerConditions];
const sources = { resolve: { conditions }, ssr: { resolve: { conditions } } };

const common = {
  // Files share a process: to load everything anew for each of them took as long as the tests themselves.
  isolate: false,
  // What was transformed is kept in `node_modules/.vitest-cache`, also for other projects with the same root. Without it
  // half of the time of a package went into that. `vitest --clearCache` begins anew.
  fsModuleCache: true,
  // More than the cores, because tests also wait: for processes, browsers and sockets. By default vitest leaves one
  // core alone, which is half of a small machine.
  maxWorkers: 2 * availableParallelism(),
  // Only a guard against hanging: machines are busy, and no test measures time.
  testTimeout: 90_000,
  hookTimeout: 90_000,
  // Programs that tests start load what was compiled before.
  env: {
    NODE_COMPILE_CACHE: fileURLToPath(new URL('../../node_modules/.cache/node-compile', import.meta.url)),
  },
  setupFiles: [fileURLToPath(import.meta.resolve('@aoai/vitest/setup'))],
};

/** What `*.test-d.ts` say of types. */
const typecheck = { enabled: true, tsconfig: fileURLToPath(new URL('type-tests.json', import.meta.url)) };

/** The tests of a package, except those of `aloneProject` and `ciProject`. */
export default defineProject({
  ...sources,
  test: {
    ...common,
    typecheck,
    exclude: [...configDefaults.exclude, '**/*.{alone,ci}.test.ts'],
  },
});

/** `*.alone.test.ts`: what these test remembers something for a whole process, so each file has one of its own. */
export const aloneProject = defineProject({
  ...sources,
  test: { ...common, name: 'alone', isolate: true, include: ['**/*.alone.test.ts'] },
});

/** The tests of types of all packages, in one run of the compiler. */
export const typesProject = defineProject({
  test: { name: 'types', typecheck: { ...typecheck, only: true } },
});

/** `*.ci.test.ts`: what takes too long for people to wait for, each file in a process of its own. */
export const ciProject = defineProject({
  ...sources,
  test: { ...common, name: 'ci', isolate: true, include: ['**/*.ci.test.ts'] },
});
