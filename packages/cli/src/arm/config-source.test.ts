import { expect, test } from 'vitest';
import { configSource } from './config-source.ts';

const config = {
  resources: { main: { endpoint: 'https://a.openai.azure.com', tags: {} } },
  deployments: {
    'gpt-5.4': { resource: 'main', limits: { tpm: 50_000 }, note: null, isOn: true },
    a_b$1: { deployment: `it's "this" \\ that\nand more` },
    '1st': { list: 'one' },
  },
};

test('TypeScript is written as a person would: names without quotes where they need none', () => {
  expect(configSource(config, 'ts')).toBe(`import { defineConfig } from '@aoai/config';

export default defineConfig({
  resources: {
    main: {
      endpoint: 'https://a.openai.azure.com',
      tags: {},
    },
  },
  deployments: {
    'gpt-5.4': {
      resource: 'main',
      limits: {
        tpm: 50000,
      },
      note: null,
      isOn: true,
    },
    a_b$1: {
      deployment: 'it\\'s "this" \\\\ that\\nand more',
    },
    '1st': {
      list: 'one',
    },
  },
});
`);
});

test('JSON is indented, and ends with a line break', () => {
  const text = configSource(config, 'json');
  expect(JSON.parse(text)).toEqual(config);
  expect(text.startsWith('{\n  "resources": {\n    "main": {\n')).toBe(true);
  expect(text.endsWith('}\n')).toBe(true);
});

test('YAML is neither', () => {
  expect(configSource({ resources: { a: { endpoint: 'b' } }, deployments: {} }, 'yaml')).toBe(
    'resources:\n  a:\n    endpoint: b\ndeployments: {}\n',
  );
});
