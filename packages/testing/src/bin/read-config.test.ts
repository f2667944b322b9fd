import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readConfigFile } from './read-config.ts';
import { UsageError } from './usage-error.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'aoai-mock-test-'));
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

function read(name: string, text: string, env: NodeJS.ProcessEnv = {}) {
  const path = join(folder, name);
  writeFileSync(path, text);
  return readConfigFile(path, env);
}

/** A config whose resources have these endpoints. */
function json(resources: Readonly<Record<string, unknown>>): string {
  const entries = Object.entries(resources).map(([key, endpoint]) => [key, { endpoint }]);
  const [first] = Object.keys(resources);
  return JSON.stringify({
    resources: Object.fromEntries(entries) as object,
    deployments: { chat: { resource: first, deployment: 'gpt-5', model: 'gpt-5' } },
  });
}

const deployments = '{ chat: { resource: main, deployment: gpt-5, model: gpt-5 } }';
const yaml = (endpoint: string) =>
  `resources: { main: { endpoint: ${endpoint} } }\ndeployments: ${deployments}\n`;
const module = (endpoint: string) => `
const env = (name) => ({ $env: name });
export default {
  resources: { main: { endpoint: ${endpoint} } },
  deployments: { chat: { resource: 'main', deployment: 'gpt-5', model: 'gpt-5' } },
};`;

test.each([
  ['a.json', json({ main: { $env: 'MY_ENDPOINT' } })],
  ['b.json', json({ main: { $env: 'MY_ENDPOINT' } }).replace('"$env":', '"$env" : ')],
  ['a.yaml', yaml('{ $env: MY_ENDPOINT }')],
  ['b.yaml', yaml('{ $env: "MY_ENDPOINT" }')],
  ['c.yaml', yaml(`{ '$env':  'MY_ENDPOINT' }`)],
  ['d.mjs', module(`env('MY_ENDPOINT')`)],
  ['e.mjs', module('env("MY_ENDPOINT")')],
  ['f.mjs', module('env(`MY_ENDPOINT`)')],
  ['g.mjs', module(`env(\n    'MY_ENDPOINT',\n  )`)],
])('the variable that %s reads its endpoint from need not be set', async (name, text) => {
  const env = {};
  const { config, endpointVariables } = await read(name, text, env);
  expect(endpointVariables).toEqual({ main: 'MY_ENDPOINT' });
  expect(config.resources['main']?.endpoint).toBe('https://my-endpoint.openai.azure.com');
  expect(env).toEqual({ MY_ENDPOINT: 'https://my-endpoint.openai.azure.com' });
});

test('a resource has the variable that holds its endpoint, and none where the endpoint is written out', async () => {
  const env = { NORTH_ENDPOINT: 'https://contoso.openai.azure.com/', OLD_ENDPOINT: 'somewhere' };
  const text = json({
    south: { $env: 'SOUTH_ENDPOINT' },
    north: { $env: 'NORTH_ENDPOINT' },
    west: 'https://fabrikam.openai.azure.com',
  });
  const module = `// It was env('OLD_ENDPOINT').\nexport default ${text};`;
  const { config, endpointVariables } = await read('aoai.config.mjs', module, env);
  expect(endpointVariables).toEqual({ south: 'SOUTH_ENDPOINT', north: 'NORTH_ENDPOINT' });
  expect(Object.values(config.resources).map(({ endpoint }) => endpoint)).toEqual([
    'https://south-endpoint.openai.azure.com',
    'https://contoso.openai.azure.com',
    'https://fabrikam.openai.azure.com',
  ]);
});

test('only variables that are named for an endpoint get one', async () => {
  const env = {};
  await read(
    'aoai.config.yaml',
    `# $env: TEAM, myenv('THE_ENDPOINT')\n${yaml('https://a.openai.azure.com')}`,
    env,
  );
  expect(env).toEqual({});
});

test.each([
  ['{ "resources": {} }', /resources/],
  ['[', /JSON/],
])('a config %j is wrong usage', async (text, words) => {
  const refused = read('aoai.config.json', text);
  await expect(refused).rejects.toThrow(UsageError);
  await expect(refused).rejects.toThrow(words);
});

test('a config that is not there is named', async () => {
  const path = join(folder, 'missing.json');
  await expect(readConfigFile(path, {})).rejects.toMatchObject({
    name: 'UsageError',
    message: `Invalid config ${JSON.stringify(path)}:\nNo such file.`,
    cause: { name: 'ConfigError' },
  });
});
