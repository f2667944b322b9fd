import { stringify } from 'yaml';
import type { PulledConfig } from './pulled-config.ts';

/** The languages that a config file is written in. */
export type ConfigFormat = 'ts' | 'json' | 'yaml';

/** A config as the text of a file that `loadConfig` reads. */
export function configSource(config: PulledConfig, format: ConfigFormat): string {
  if (format === 'yaml') return stringify(config);
  if (format === 'json') return `${JSON.stringify(config, null, 2)}\n`;
  return `import { defineConfig } from '@aoai/config';\n\nexport default defineConfig(${literal(config)});\n`;
}

/** Plain data as a person would write it in TypeScript. */
function literal(value: unknown, indent = ''): string {
  if (typeof value === 'string') return quoted(value);
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const entries = Object.entries(value);
  if (entries.length === 0) return '{}';
  const deeper = `${indent}  `;
  const lines = entries.map(
    ([key, each]) =>
      `${deeper}${/^[A-Za-z_$][\w$]*$/.test(key) ? key : quoted(key)}: ${literal(each, deeper)},\n`,
  );
  return `{\n${lines.join('')}${indent}}`;
}

function quoted(text: string): string {
  const inside = JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'");
  return `'${inside}'`;
}
