import { expect, test } from 'vitest';
import { defineConfig } from './define-config.ts';
import { resolveName } from './resolve-name.ts';

function configOf(count: number): ReturnType<typeof defineConfig> {
  const names = Array.from({ length: count }, (_, at) => `d${at + 1}`);
  return defineConfig({
    resources: { a: { endpoint: 'https://a.openai.azure.com' } },
    deployments: Object.fromEntries(
      names.map((name) => [name, { resource: 'a' as const, deployment: name }]),
    ),
  });
}

test.each([
  [20, '"d19", "d20".'],
  [21, '"d19", "d20" and 1 more.'],
  [45, '"d19", "d20" and 25 more.'],
])('of %i names twenty are shown', (count, end) => {
  const shown = Array.from({ length: 18 }, (_, at) => `"d${at + 1}"`).join(', ');
  expect(() => resolveName(configOf(count), 'x')).toThrow(
    new RangeError(`Cannot resolve deployment "x": not in this config. Known names: ${shown}, ${end}`),
  );
});

test.each([
  ['x'.repeat(101), `"${'x'.repeat(100)}"`],
  [undefined, 'of type undefined'],
  [7, 'of type number'],
])('%j, which is no name, is shown as %s', (name, shown) => {
  expect(() => resolveName(configOf(1), name as string)).toThrow(
    new RangeError(`Cannot resolve deployment ${shown}: not in this config. Known names: "d1".`),
  );
});
