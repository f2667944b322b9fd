import { expect, test } from 'vitest';
import { defineConfig } from './define-config.ts';
import { isConfig } from './is-config.ts';

const config = defineConfig({
  resources: { a: { endpoint: 'https://a.openai.azure.com' } },
  deployments: { chat: { resource: 'a', deployment: 'd' } },
});

test('a config is what came from `defineConfig`, whichever copy of this package made it', () => {
  expect(isConfig(config)).toBe(true);
  const mark = Symbol.for('@aoai/config');
  expect(isConfig(Object.freeze({ [mark]: true }))).toBe(true);
  expect(isConfig({ [mark]: true }), 'it could still be changed').toBe(false);
});

test.each([
  ['a copy of one', { ...config }],
  ['a frozen copy of one', Object.freeze({ ...config })],
  ['null', null],
  ['nothing', undefined],
  ['a text', 'config'],
  ['a function', Object.freeze(Object.assign(() => 1, { [Symbol.for('@aoai/config')]: true }))],
])('%s is none', (_, value) => {
  expect(isConfig(value)).toBe(false);
});

test('a config is frozen to its last part, and looks like plain data', () => {
  const parts = (value: unknown): unknown[] =>
    typeof value === 'object' && value !== null ? [value, ...Object.values(value).flatMap(parts)] : [];
  const found = parts(config);
  expect(found.length).toBeGreaterThan(5);
  expect(found.filter((part) => !Object.isFrozen(part))).toEqual([]);
  expect(Object.getOwnPropertySymbols({ ...config })).toEqual([]);
});
