import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { defineConfig } from 'vitest/config';
import type { ViteUserConfig } from 'vitest/config';

const { MUTANTS_TESTS: tests = '' } = process.env;
const file = pathToFileURL(join(process.cwd(), 'vitest.config.ts')).href;
const { default: own } = (await import(file)) as { readonly default: ViteUserConfig };

/** The tests of one package, as it runs them, on a copy of its sources that has mutants in it. */
export default defineConfig({
  ...own,
  test: {
    ...own.test,
    ...(tests === '' ? undefined : { include: tests.split(',') }),
  },
});
