import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { identityOf, identitySettings, signInVariables } from './read-identity.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'aoai-mock-test-'));
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** Writes a file in which the one person is called as the file. */
function write(name: string): string {
  const path = join(folder, name);
  writeFileSync(path, JSON.stringify({ users: { ada: { name } } }));
  return path;
}

test('of the identity files beside a config, YAML comes before JSON, and a named one before all', async () => {
  const config = join(folder, 'aoai.config.json');
  const found = async (identity?: string) => (await identityOf({ identity, config }))?.users?.['ada']?.name;
  expect(await found()).toBeUndefined();
  for (const name of ['aoai.identity.json', 'aoai.identity.yml', 'aoai.identity.yaml']) {
    write(name);
    expect(await found()).toBe(name);
  }
  const other = write('people.json');
  expect(await found(other)).toBe('people.json');
  expect(await identityOf({ identity: other, config: undefined })).toEqual({
    users: { ada: { name: 'people.json' } },
  });
});

test('without a config no identity file is looked for', async () => {
  expect(await identityOf({ identity: undefined, config: undefined })).toBeUndefined();
});

test.each([
  ['broken.json', '{', 'It is not JSON.'],
  ['list.yaml', 'users: [ada]', 'users: is a list. Give a map of names to values.'],
])('%s is wrong usage', async (name, text, problem) => {
  const path = join(folder, name);
  writeFileSync(path, text);
  await expect(identityOf({ identity: path, config: undefined })).rejects.toMatchObject({
    name: 'UsageError',
    message: `Invalid identity file ${JSON.stringify(path)}: ${problem}`,
    cause: { name: 'TypeError' },
  });
});

test('the vault of an identity file is the vault of the mock, the rest its tenant', () => {
  const users = { ada: {} };
  const vault = { secrets: { token: 'x' } };
  expect(identitySettings({ users, vault })).toStrictEqual({ identity: { users }, vault });
  expect(identitySettings({ users })).toStrictEqual({ identity: { users } });
  expect(identitySettings(undefined)).toStrictEqual({});
});

test('the first app signs in without a suffix, the others with their names', () => {
  const signInEnv = (options?: { readonly app?: string }) => ({ CLIENT: options?.app ?? '', SCOPE: 'x' });
  const azure = { identity: { signInEnv } };
  expect(signInVariables(azure, { apps: { web: {}, 'expenses-api': {}, jobs: {} } })).toEqual({
    CLIENT: 'web',
    SCOPE: 'x',
    CLIENT_EXPENSES_API: 'expenses-api',
    SCOPE_EXPENSES_API: 'x',
    CLIENT_JOBS: 'jobs',
    SCOPE_JOBS: 'x',
  });
  expect(signInVariables(azure, { users: {} })).toEqual({});
  expect(signInVariables(azure, undefined)).toEqual({});
});
