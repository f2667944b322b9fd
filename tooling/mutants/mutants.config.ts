import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { UserWorkspaceConfig } from 'vitest/node';
import { defineConfig } from 'vitest/config';

const { MUTANTS_TESTS: tests = '' } = process.env;
const file = pathToFileURL(join(process.cwd(), 'vitest.config.ts')).href;
const { default: own } = (await import(file)) as { readonly default: UserWorkspaceConfig };

/** The tests of one package, as it runs them, on a copy of its sources that has mutants in it. */
export default defineConfig({
  ...own,
  test: {
    ...own.test,
    ...(tests === '' ? undefined : { include: tests.split(',') }),
    // A mutant has no types.
    typecheck: { enabled: false },
    // The copy is at another place each time.
    fsModuleCache: false,
  },
});
