import { expect, test } from 'vitest';
import { createDirectory } from './directory.ts';
import { isAllowed, permissionsOf, type Permission } from './role.ts';

const openai = 'Microsoft.CognitiveServices/accounts/OpenAI';
const vault = 'Microsoft.KeyVault/vaults';

function allowed(role: string, kind: Permission['kind'], name: string): boolean {
  const directory = createDirectory({ roleAssignments: [{ principal: 'default', role }] });
  return isAllowed(directory, directory.defaultApp, { kind, name });
}

test.each<[string, Permission['kind'], string, boolean]>([
  ['Cognitive Services OpenAI User', 'data-action', `${openai}/deployments/chat/action`, true],
  ['Cognitive Services OpenAI User', 'data-action', `${openai}/DEPLOYMENTS/chat/action`, true],
  ['Cognitive Services OpenAI User', 'data-action', `${openai}/files/read`, true],
  ['Cognitive Services OpenAI User', 'data-action', `${openai}/files/write`, false],
  ['Cognitive Services OpenAI User', 'action', `${openai}/deployments/chat/action`, false],
  ['Cognitive Services OpenAI Contributor', 'data-action', `${openai}/files/write`, true],
  ['Owner', 'data-action', `${openai}/deployments/chat/action`, false],
  ['Owner', 'action', 'anything', true],
  ['Reader', 'action', 'Microsoft.Search/searchServices/read', true],
  ['Reader', 'action', 'Microsoft.Search/searchServices/write', false],
  ['Reader', 'action', '/read', true],
  ['Reader', 'action', 'read', false],
  ['Cognitive Services Usages Reader', 'action', 'Microsoft.CognitiveServices/locations/usages/read', true],
  ['Cognitive Services Usages Reader', 'action', 'Microsoft.CognitiveServices/locations/usages/reads', false],
  ['Key Vault Crypto User', 'data-action', `${vault}/keys/wrap/action`, true],
  ['Key Vault Crypto User', 'data-action', `${vault}/keys/create/action`, false],
  // The beginning and the end of a pattern may not share a slash.
  ['Key Vault Reader', 'data-action', `${vault}/read`, false],
  ['Key Vault Reader', 'data-action', `${vault}/keys/read`, true],
])('%s gives the %s %s: %s', (role, kind, name, expected) => {
  expect(allowed(role, kind, name)).toBe(expected);
});

test('a role on a resource holds there only, and one of a group for its members', () => {
  const directory = createDirectory({
    users: { ada: { groups: ['readers'] }, bob: {} },
    roleAssignments: [
      { principal: 'readers', role: 'Reader', resource: 'sweden' },
      { principal: 'bob', role: 'Owner' },
    ],
  });
  const [ada, bob] = directory.users;
  const may = (who: typeof ada, resource?: string) =>
    who &&
    isAllowed(directory, who, {
      kind: 'action',
      name: 'x/read',
      ...(resource !== undefined && { resource }),
    });
  expect([may(ada, 'sweden'), may(ada, 'france'), may(ada)]).toEqual([true, false, false]);
  expect([may(bob, 'sweden'), may(bob)]).toEqual([true, true]);
  expect(ada && permissionsOf(directory, ada, 'sweden')).toEqual([{ actions: ['*/read'], dataActions: [] }]);
  expect(ada && permissionsOf(directory, ada, 'france')).toEqual([]);
  const reading = createDirectory({
    roleAssignments: [{ principal: 'default', role: 'Search Index Data Reader' }],
  });
  expect(permissionsOf(reading, reading.defaultApp, 'any')).toEqual([
    { actions: [], dataActions: ['Microsoft.Search/searchServices/indexes/documents/read'] },
  ]);
});
