import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { lint } from './index.ts';
import { anyLength, ask, check, follow, fromEnvironment, report } from './config.examples.ts';

beforeEach(() => {
  vi.stubEnv('AZURE_OPENAI_ENDPOINT_SWEDEN', 'https://contoso-se.openai.azure.com');
  vi.stubEnv('AZURE_OPENAI_ENDPOINT', 'https://contoso-se.openai.azure.com');
  vi.stubEnv('AZURE_OPENAI_DEPLOYMENT', 'gpt-5.4');
});
const contoso = async () => (await import('./quick-start.examples.ts')).contoso;

afterEach(() => {
  vi.unstubAllEnvs();
});

test('a config of two resources, checked, and asked about', async () => {
  const config = await contoso();
  expect(config.names).toEqual(['chat-ptu', 'chat-france', 'embed', 'chat']);
  expect(config.resources['sweden']?.endpoint).toBe('https://contoso-se.openai.azure.com');
  const lines: string[] = [];
  expect(check(config, (line) => lines.push(line)).length).toBe(lines.length);
  expect(ask(config)).toEqual([128_000, true]);
});

test('pools in which some refusals are not final, and lint has nothing to say', () => {
  const config = anyLength();
  expect(config.leadOn).toEqual({
    'any-length': ['context_length_exceeded'],
    'two-filters': ['content_filter'],
  });
  const rules = lint(config, { now: () => Date.parse('2026-11-29') }).map(({ rule }) => rule);
  expect(rules.filter((rule) => rule.startsWith('pool'))).toEqual([]);
});

test('a config from the environment, from a file, and every problem of a wrong one', async () => {
  expect(fromEnvironment().names).toEqual(['gpt-5.4']);
  const folder = await mkdtemp(join(tmpdir(), 'aoai-examples-'));
  const closing = new AbortController();
  try {
    const path = join(folder, 'aoai.config.json');
    await writeFile(path, JSON.stringify({ resources: (await contoso()).resources, deployments: {} }));
    const lines: string[] = [];
    await report(path, (line) => lines.push(line));
    expect(lines).toEqual([expect.stringMatching(/^deployments: expected deployments by name/)]);
    const { resources, deployments } = await contoso();
    await writeFile(path, JSON.stringify({ resources, deployments }));
    vi.spyOn(process, 'cwd').mockReturnValue(folder);
    expect((await follow(() => undefined, closing.signal)).names).toEqual([
      'chat-ptu',
      'chat-france',
      'embed',
    ]);
  } finally {
    closing.abort();
    await rm(folder, { recursive: true });
  }
});
