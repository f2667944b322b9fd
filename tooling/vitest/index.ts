import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { defaultServerConditions } from 'vite';
import { defineProject } from 'vitest/config';

/** Workspace packages resolve to their sources, so that no test waits for a build. */
const conditions = ['@aoai/source', ...defaultServerConditions];

export default defineProject({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    typecheck: { enabled: true },
    // Files share a process: to load everything anew for each of them took as long as the tests themselves.
    isolate: false,
    // What was transformed is kept in `node_modules/.vitest-cache`, also for the other projects of the same sources. Without it
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
  },
});
