import { DefaultAzureCredential, ManagedIdentityCredential } from '@azure/identity';
import { expect, test } from 'vitest';
import { entraId } from '../src/index.ts';
import { asked, bearerOf, scope, setEnv, useTenant } from './tenant.ts';

// Managed identities of a virtual machine. MSAL keeps the source that it finds first, so each source has a file of its own (tenant.ts).

const identity = useTenant({ apps: { default: {}, reader: {} } });
const reader = identity.directory.app('reader');
const machine = identity.directory.defaultApp;

function opens(headers: Readonly<Record<string, string>>): unknown {
  return identity.verify(bearerOf(headers), { service: 'openai' });
}

function atMetadataService(): void {
  setEnv({ AZURE_POD_IDENTITY_AUTHORITY_HOST: identity.managedIdentityOrigin });
}

test('the system-assigned identity', async () => {
  atMetadataService();
  const headers = await entraId({ managedIdentity: true }).headers({ scope });
  expect(opens(headers)).toMatchObject({ ok: true, principal: { clientId: machine.clientId } });
});

test.each([
  ['client id', { clientId: reader?.clientId ?? '' }],
  ['object id', { objectId: reader?.objectId ?? '' }],
  [
    'resource id',
    {
      resourceId:
        '/subscriptions/s/resourceGroups/g/providers/Microsoft.ManagedIdentity/userAssignedIdentities/reader',
    },
  ],
])('a user-assigned identity by its %s', async (_, managedIdentity) => {
  atMetadataService();
  const headers = await entraId({ managedIdentity }).headers({ scope });
  expect(opens(headers)).toMatchObject({ ok: true, principal: { name: 'reader' } });
});

test('an identity that is not assigned is explained', async () => {
  atMetadataService();
  const managedIdentity = { clientId: '22222222-2222-4222-8222-222222222222' };
  await expect(entraId({ managedIdentity }).headers({ scope })).rejects.toThrow(
    /no such managed identity.*az vm identity assign/,
  );
});

test('the default chain, narrowed and not, and a credential of @azure/identity', async () => {
  setEnv({ ...identity.env({ flow: 'imds' }) });
  const before = asked(identity);
  for (const credential of [
    entraId(undefined, { timeoutMs: 10_001 }),
    entraId(new DefaultAzureCredential()),
    entraId(new ManagedIdentityCredential()),
  ]) {
    expect(opens(await credential.headers({ scope }))).toMatchObject({ ok: true });
  }
  setEnv({ AZURE_TOKEN_CREDENTIALS: '' });
  const headers = await entraId(undefined, { timeoutMs: 10_002 }).headers({ scope });
  expect(opens(headers)).toMatchObject({ ok: true, principal: { clientId: machine.clientId } });
  expect(asked(identity) - before).toBeGreaterThan(0);
});

test('ten clients of a user-assigned identity ask once', async () => {
  atMetadataService();
  const before = asked(identity);
  const source = { managedIdentity: { clientId: reader?.clientId ?? '' } };
  const other = 'https://ai.azure.com/.default';
  await Promise.all(Array.from({ length: 10 }, async () => entraId(source).headers({ scope: other })));
  expect(asked(identity) - before).toBe(1);
});
