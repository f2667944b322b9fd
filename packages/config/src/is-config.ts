import type { Config } from './config.ts';

// Registered by name: a config file may have imported another copy of this package than the program that loads it.
const mark = Symbol.for('@aoai/config');

/** Whether a value came from `defineConfig` and is complete, checked and frozen. */
export function isConfig(value: unknown): value is Config {
  return typeof value === 'object' && value !== null && mark in value && Object.isFrozen(value);
}

/** Marks a config and freezes it deeply. The mark is not enumerable: configs compare as plain data. */
export function seal(config: Config): Config {
  Object.defineProperty(config, mark, { value: true });
  deepFreeze(config);
  return config;
}

function deepFreeze(value: unknown): void {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return;
  Object.freeze(value);
  Object.values(value).forEach(deepFreeze);
}
