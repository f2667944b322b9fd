import { toJsonSchema } from '@valibot/to-json-schema';
import { Ajv } from 'ajv';
import { expect, test } from 'vitest';
import { identityFileSchema } from './identity-file-schema.ts';

function published(): Record<string, unknown> {
  const schema = toJsonSchema(identityFileSchema(), { target: 'draft-07' });
  return {
    $schema: schema.$schema,
    title: 'aoai-mock identity',
    description: 'What the Entra ID tenant of the mock holds: apps, people, groups and roles.',
    ...schema,
  };
}

test('the published schema is that of the code: run vitest with -u to write it anew', async () => {
  await expect(`${JSON.stringify(published(), null, 2)}\n`).toMatchFileSnapshot('../../identity.schema.json');
});

test.each([
  [
    { apps: { web: { secret: ['a', 'b'], scopes: ['access_as_user'] } }, users: { ada: { groups: ['hr'] } } },
    true,
  ],
  [{ vault: { keys: ['patients'], secrets: { database: '' } } }, true],
  [{ users: { ada: { group: ['hr'] } } }, false],
  [{ users: ['ada'] }, false],
  [{ apps: { web: { redirectUris: ['callback'] } } }, true],
  [{ roleAssignments: [{ principal: 'ada' }] }, false],
])('an editor with the schema judges %j: %s', (value, isValid) => {
  const ajv = new Ajv({ strict: false, formats: { uri: true } });
  expect(ajv.validate(published(), value)).toBe(isValid);
});
