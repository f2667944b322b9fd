import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { startMockAzure } from '../start-mock-azure.ts';
import { readIdentityFile } from './read-identity-file.ts';

const folder = mkdtempSync(join(tmpdir(), 'identity-file-test-'));

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

async function read(text: string, name = 'people.yaml') {
  const path = join(folder, name);
  writeFileSync(path, text);
  return readIdentityFile(path);
}

const people = `
apps:
  web: { secret: web secret, redirectUris: ['http://localhost:3000/callback'], scopes: [access_as_user] }
users:
  ada: { name: Ada Lovelace, groups: [hr], appRoles: { web: [Approver] } }
roleAssignments:
  - { principal: hr, role: Cognitive Services OpenAI User }
vault: { keys: [patients], secrets: { database: sesame } }
`;

test('a file in YAML and the same in JSON describe the same tenant', async () => {
  const fromYaml = await read(people);
  expect(fromYaml.users?.['ada']).toEqual({
    name: 'Ada Lovelace',
    groups: ['hr'],
    appRoles: { web: ['Approver'] },
  });
  expect(fromYaml.vault).toEqual({ keys: ['patients'], secrets: { database: 'sesame' } });
  const withSchema = { $schema: 'identity.schema.json', ...fromYaml };
  expect(await read(JSON.stringify(withSchema), 'people.json')).toEqual(fromYaml);
});

test('what it describes can be played as it is', async () => {
  const { vault = {}, ...identity } = await read(people);
  const azure = await startMockAzure({ identity, vault });
  const ada = azure.identity.directory.user('ada');
  expect(ada?.name).toBe('Ada Lovelace');
  expect(azure.identity.signInEnv()).toEqual({
    SIGN_IN_AUTHORITY: `${azure.identity.authority}/${azure.identity.tenantId}/v2.0`,
    SIGN_IN_CLIENT_ID: azure.identity.directory.app('web')?.clientId,
    SIGN_IN_CLIENT_SECRET: 'web secret',
    SIGN_IN_SCOPE: `api://${azure.identity.directory.app('web')?.clientId ?? ''}/access_as_user`,
  });
  await azure.close();
});

test.each([
  [
    'an unknown key',
    'users: { ada: { group: [hr] } }',
    'users.ada.group: there is no such key here. Remove it.',
  ],
  ['a text for a list', 'users: { ada: { groups: hr } }', 'users.ada.groups: is a text. Give a list.'],
  ['a list for a map', 'users: [ada]', 'users: is a list. Give a map of names to values.'],
  ['an empty name', "apps: { web: { secret: '' } }", 'apps.web.secret: '],
  ['no GUID', 'apps: { web: { clientId: web } }', 'apps.web.clientId: is no GUID.'],
  [
    'an address that is none',
    'apps: { web: { redirectUris: [callback] } }',
    'apps.web.redirectUris.0: is no address.',
  ],
  [
    'a role of nobody',
    'roleAssignments: [{ principal: eve, role: Reader }]',
    'no app, user or group is called "eve"',
  ],
  ['an unknown role', 'roleAssignments: [{ principal: default, role: King }]', '"King" allows nothing here'],
  ['nothing at all', '', 'is nothing. Give a map of names to values.'],
  ['no YAML', 'users: { ada: [', 'It is not YAML: look at line 1.'],
])('%s is refused with its place', async (_, text, words) => {
  await expect(read(text)).rejects.toThrow(words);
});

test('every problem is named at once, and no secret of the file', async () => {
  const text =
    'apps: { web: { secret: { value: hunter2 }, scope: [a] } }\nusers: { ada: { disabled: maybe } }';
  const message = await read(text).then(
    () => '',
    (reason: unknown) => (reason as Error).message,
  );
  expect(message).toMatch(/apps\.web\.secret: [^]*apps\.web\.scope: [^]*users\.ada\.disabled: /);
  expect(message).not.toContain('hunter2');
  await expect(read('{"apps":{"web":{"secret":"hunter2"', 'people.json')).rejects.not.toThrow('hunter2');
});

test('a file that does not exist is named', async () => {
  await expect(readIdentityFile('missing.yaml')).rejects.toThrow(
    'Cannot read the identity file "missing.yaml": there is no such file.',
  );
});
