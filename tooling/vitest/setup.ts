import { fileURLToPath } from 'node:url';
import { format } from 'node:util';
import { configureGlobal } from 'fast-check';
import { afterEach, beforeEach, expect } from 'vitest';
import './loopback.ts';
import { watchResources } from './resources.ts';

// Three rules for every test: it reaches this machine only, it prints nothing, and it leaves nothing open.
// Several files run in one process, and this file runs before each of them.

// Property tests try the same values each time, so that a change that passed here passes in CI. Others: `SEED=7 npm test`.
configureGlobal({ seed: Number(process.env['SEED'] ?? 20_261_129) });

// What our packages keep for a whole process begins anew with each file.
for (const key of Object.getOwnPropertySymbols(globalThis)) {
  if (key.description?.startsWith('@aoai/') === true) Reflect.deleteProperty(globalThis, key);
}

// Programs that tests start load what was compiled before. Not this process: at its end it and the others would write the same files.
process.env['NODE_COMPILE_CACHE'] = fileURLToPath(
  new URL('../../node_modules/.cache/node-compile', import.meta.url),
);

const printed: string[] = [];
for (const method of ['debug', 'error', 'info', 'log', 'trace', 'warn'] as const) {
  console[method] = (...values: unknown[]) => {
    printed.push(format(...values));
  };
}

afterEach(() => {
  const lines = printed.splice(0);
  expect(lines, 'a test prints nothing').toEqual([]);
});

beforeEach(({ onTestFinished }) => {
  const whatIsLeft = watchResources();
  // After the hooks and the fixtures of the test.
  onTestFinished(async () => {
    expect(await whatIsLeft(), 'a test leaves nothing open').toEqual([]);
  });
});
