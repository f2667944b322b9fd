import type * as Identity from '@azure/identity';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { fixes, links } from './chain-links.ts';
import type { SharedOptions } from './identity-credential.ts';

const production = ['EnvironmentCredential', 'WorkloadIdentityCredential', 'ManagedIdentityCredential'];
const development = ['AzureCliCredential', 'AzurePowerShellCredential', 'AzureDeveloperCliCredential'];

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'aoai-auth-'));
});
afterEach(async () => {
  await rm(folder, { recursive: true });
});

test.each([
  [undefined, [...production, ...development]],
  ['', [...production, ...development]],
  ['prod', production],
  ['dev', development],
  [' Prod\n', production],
  ['DEV', development],
  ['azureclicredential', ['AzureCliCredential']],
  ['VisualStudioCodeCredential', ['VisualStudioCodeCredential']],
])('AZURE_TOKEN_CREDENTIALS=%j allows %j', (given, names) => {
  const allowed = links({ AZURE_TOKEN_CREDENTIALS: given });
  expect(allowed.map(({ name }) => name)).toEqual(names);
  expect(allowed.map(({ fix }) => fix)).toEqual(names.map((name) => fixes[name]));
});

test('a value of `AZURE_TOKEN_CREDENTIALS` that allows nothing is answered with all that it can be', () => {
  expect(() => links({ AZURE_TOKEN_CREDENTIALS: ' Prodd ' })).toThrow(
    'Cannot sign in to Azure: `AZURE_TOKEN_CREDENTIALS` is "Prodd". Set it to "prod", "dev" or one of "EnvironmentCredential", "WorkloadIdentityCredential", "ManagedIdentityCredential", "AzureCliCredential", "AzurePowerShellCredential", "AzureDeveloperCliCredential", "VisualStudioCodeCredential".',
  );
});

const [tenant, client, file] = ['AZURE_TENANT_ID', 'AZURE_CLIENT_ID', 'AZURE_FEDERATED_TOKEN_FILE'];
test.each<[string, readonly string[], string | undefined]>([
  ['EnvironmentCredential', [], '`AZURE_TENANT_ID`, `AZURE_CLIENT_ID` are not set'],
  ['EnvironmentCredential', [tenant], '`AZURE_CLIENT_ID` is not set'],
  ['EnvironmentCredential', [client, 'AZURE_CLIENT_SECRET'], '`AZURE_TENANT_ID` is not set'],
  ['EnvironmentCredential', [tenant, client], '`AZURE_CLIENT_SECRET` is not set'],
  ['EnvironmentCredential', [tenant, client, 'AZURE_CLIENT_SECRET'], undefined],
  ['EnvironmentCredential', [tenant, client, 'AZURE_CLIENT_CERTIFICATE_PATH'], undefined],
  ['EnvironmentCredential', [tenant, client, 'AZURE_PASSWORD'], undefined],
  ['WorkloadIdentityCredential', [tenant, client], '`AZURE_FEDERATED_TOKEN_FILE` is not set'],
  ['WorkloadIdentityCredential', [file], '`AZURE_TENANT_ID`, `AZURE_CLIENT_ID` are not set'],
  ['WorkloadIdentityCredential', [file, tenant], '`AZURE_CLIENT_ID` is not set'],
  ['WorkloadIdentityCredential', [file, tenant, client], undefined],
])('%s with %j: %s', async (name, set, problem) => {
  const env = Object.fromEntries(set.map((variable) => [variable, 'given']));
  const named = links({ ...env, AZURE_TOKEN_CREDENTIALS: name });
  expect(await Promise.all(named.map((link) => link.problem()))).toEqual([problem]);
});

test.each([
  ['AzureCliCredential', 'az'],
  ['AzurePowerShellCredential', 'pwsh'],
  ['AzureDeveloperCliCredential', 'azd'],
])('%s needs `%s` on the PATH', async (name, program) => {
  const [link] = links({ AZURE_TOKEN_CREDENTIALS: name, PATH: folder });
  expect(await link?.problem()).toBe(`\`${program}\` is not installed`);
  await writeFile(join(folder, program), '');
  await chmod(join(folder, program), 0o755);
  expect(await link?.problem()).toBeUndefined();
});

test.each(['ManagedIdentityCredential', 'VisualStudioCodeCredential'])(
  '%s is not probed when it is the one that is named',
  async (name) => {
    const [link] = links({
      AZURE_TOKEN_CREDENTIALS: name,
      AZURE_POD_IDENTITY_AUTHORITY_HOST: 'http://127.0.0.1:9',
    });
    expect(await link?.problem()).toBeUndefined();
  },
);

const shared: SharedOptions = {
  disableInstanceDiscovery: false,
  retryOptions: { maxRetries: 3, retryDelayInMs: 250 },
  additionallyAllowedTenants: ['*'],
  processTimeoutInMs: 800,
  additionalPolicies: [],
};
const ofTools = { additionallyAllowedTenants: ['*'], processTimeoutInMs: 800 };

/** The credential classes of `@azure/identity`, which only say what they were built with. */
function recording(): { identity: typeof Identity; built: (readonly [string, unknown])[] } {
  const built: (readonly [string, unknown])[] = [];
  const classes = [...production, ...development, 'VisualStudioCodeCredential'].map((name) => {
    function Credential(options: unknown): void {
      built.push([name, options]);
    }
    return [name, Credential] as const;
  });
  return { identity: Object.fromEntries(classes) as unknown as typeof Identity, built };
}

test.each([
  ['EnvironmentCredential', shared],
  ['WorkloadIdentityCredential', shared],
  ['ManagedIdentityCredential', shared],
  ['AzureCliCredential', ofTools],
  ['AzurePowerShellCredential', ofTools],
  ['AzureDeveloperCliCredential', ofTools],
  ['VisualStudioCodeCredential', shared],
])('%s is built with %j', (name, options) => {
  const { identity, built } = recording();
  for (const link of links({ AZURE_TOKEN_CREDENTIALS: name })) link.create(identity, shared);
  expect(built).toEqual([[name, options]]);
});

test('`AZURE_CLIENT_ID` chooses the managed identity', () => {
  const { identity, built } = recording();
  for (const id of ['an-id', ''])
    for (const link of links({
      AZURE_TOKEN_CREDENTIALS: 'ManagedIdentityCredential',
      AZURE_CLIENT_ID: id,
    }))
      link.create(identity, shared);
  expect(built.map(([, options]) => options)).toEqual([{ ...shared, clientId: 'an-id' }, shared]);
});
