import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer as createHttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { CredentialError, diagnoseAuth, entraId, inTenant } from '../src/index.ts';
import { identityCredential, toolOptions } from '../src/entra/identity-credential.ts';
import { scope, setEnv, useTenant } from './tenant.ts';

// A machine that has nothing to sign in with must say so at once.

useTenant();
let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'aoai-auth-'));
  setEnv({ PATH: folder });
});
afterEach(async () => {
  await rm(folder, { recursive: true });
});

let differing = 20_000;

/** The default chain anew: the same options would give the one that knows already. */
function freshChain(): ReturnType<typeof entraId> {
  return entraId(undefined, { timeoutMs: (differing += 1), now: () => Date.now() });
}

async function failureOf(credential: ReturnType<typeof entraId>): Promise<{ error: CredentialError }> {
  const error: unknown = await Promise.resolve(credential.headers({ scope })).catch(
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(CredentialError);
  return { error: error as CredentialError };
}

async function fakeProgram(name: string, script: string): Promise<void> {
  await writeFile(join(folder, name), `#!/bin/sh\n${script}\n`);
  await chmod(join(folder, name), 0o755);
}

test('says what is missing and how to get it', async () => {
  const credential = freshChain();
  const first = await failureOf(credential);
  const second = await failureOf(credential);
  expect(second.error.message).toBe(first.error.message);
  expect(first.error.message).toMatchInlineSnapshot(`
    "Cannot sign in to Azure: nothing to sign in with was found.
      EnvironmentCredential: \`AZURE_TENANT_ID\`, \`AZURE_CLIENT_ID\` are not set. To fix it: set \`AZURE_TENANT_ID\`, \`AZURE_CLIENT_ID\` and \`AZURE_CLIENT_SECRET\` or \`AZURE_CLIENT_CERTIFICATE_PATH\`
      WorkloadIdentityCredential: \`AZURE_FEDERATED_TOKEN_FILE\`, \`AZURE_TENANT_ID\`, \`AZURE_CLIENT_ID\` are not set. To fix it: label the pod \`azure.workload.identity/use: "true"\` and its service account with the client id
      ManagedIdentityCredential: no metadata service here (ECONNREFUSED). To fix it: on Azure, assign one: \`az webapp identity assign\`, \`az containerapp identity assign\`, \`az vm identity assign\`
      AzureCliCredential: \`az\` is not installed. To fix it: install the Azure CLI (https://aka.ms/azure-cli), then \`az login\`
      AzurePowerShellCredential: \`pwsh\` is not installed. To fix it: install PowerShell and Az.Accounts (https://aka.ms/azps-doc), then \`Connect-AzAccount\`
      AzureDeveloperCliCredential: \`azd\` is not installed. To fix it: install the Azure Developer CLI (https://aka.ms/azd), then \`azd auth login\`
    Set up one of these, or give an API key with \`apiKey\`."
  `);
  expect(first.error.scope).toBe(scope);
  expect(await diagnoseAuth(first.error)).toMatchObject({
    problem: 'sign-in-failed',
    cause: 'Nothing to sign in with was found.',
    fix: 'install the Azure CLI (https://aka.ms/azure-cli), then `az login`',
  });
});

test('an Azure CLI that is not signed in is told to', async () => {
  await fakeProgram('az', 'echo "Please run \'az login\' to setup account." >&2; exit 1');
  const { error } = await failureOf(freshChain());
  expect(error.tried).toContainEqual({
    credential: 'AzureCliCredential',
    problem: 'nobody is signed in with the Azure CLI',
    fix: 'az login',
    wasAsked: true,
  });
});

test('other scopes are not searched for again at once', async () => {
  await fakeProgram('az', `echo called >> ${join(folder, 'log')}; echo "Please run 'az login'" >&2; exit 1`);
  const credential = freshChain();
  await failureOf(credential);
  await expect(credential.headers({ scope: 'https://ai.azure.com/.default' })).rejects.toThrow(
    /nothing to sign in with/,
  );
  expect(await readFile(join(folder, 'log'), 'utf8')).toBe('called\n');
});

test('an Azure CLI that is signed in signs in', async () => {
  const answer = {
    accessToken: 'from-the-cli',
    expiresOn: '2099-01-01 00:00:00.000000',
    expires_on: 4_070_908_800,
  };
  await fakeProgram('az', `echo '${JSON.stringify(answer)}'`);
  expect(await freshChain().headers({ scope })).toEqual({ authorization: 'Bearer from-the-cli' });
  expect(await entraId({ azureCli: true }).headers({ scope })).toEqual({
    authorization: 'Bearer from-the-cli',
  });
  setEnv({ AZURE_TOKEN_CREDENTIALS: 'dev' });
  expect(await freshChain().headers({ scope })).toEqual({ authorization: 'Bearer from-the-cli' });
});

test('finds what has been set up since, after ten seconds and not before', async () => {
  const credential = freshChain();
  const before = Date.now();
  await failureOf(credential);
  const answer = {
    accessToken: 'from-the-cli',
    expiresOn: '2099-01-01 00:00:00.000000',
    expires_on: 4_070_908_800,
  };
  await fakeProgram('az', `echo '${JSON.stringify(answer)}'`);
  const after = Date.now();
  const clock = vi.spyOn(Date, 'now');
  try {
    clock.mockImplementation(() => before + 9_999);
    await failureOf(credential);
    // The source of tokens waits a little of its own after that failure.
    clock.mockImplementation(() => after + 15_000);
    expect(await credential.headers({ scope })).toEqual({ authorization: 'Bearer from-the-cli' });
  } finally {
    vi.restoreAllMocks();
  }
});

test('a clock that is set back does not make it wait longer', async () => {
  const credential = freshChain();
  await failureOf(credential);
  const token = JSON.stringify({ accessToken: 'from-the-cli', expires_on: 4_070_908_800 });
  await fakeProgram('az', `echo '${token}'`);
  const earlier = Date.now() - 3_600_000;
  vi.spyOn(Date, 'now').mockImplementation(() => earlier);
  try {
    expect(await credential.headers({ scope })).toEqual({ authorization: 'Bearer from-the-cli' });
  } finally {
    vi.restoreAllMocks();
  }
});

test('stays with the credential that worked, and asks it again without ado when it fails once', async () => {
  const signedIn = (token: string): string =>
    `echo '${JSON.stringify({ accessToken: token, expiresOn: '2099-01-01 00:00:00.000000', expires_on: 4_070_908_800 })}'`;
  const credential = freshChain();
  await fakeProgram('az', signedIn('first'));
  expect(await credential.headers({ scope: 'https://one.example/.default' })).toEqual({
    authorization: 'Bearer first',
  });
  // A link before it that could work now would not even be asked.
  setEnv({ AZURE_TENANT_ID: 't', AZURE_CLIENT_ID: 'c', AZURE_CLIENT_SECRET: 'wrong' });
  await fakeProgram('az', signedIn('second'));
  expect(await credential.headers({ scope: 'https://two.example/.default' })).toEqual({
    authorization: 'Bearer second',
  });
  setEnv({ AZURE_TENANT_ID: '', AZURE_CLIENT_ID: '', AZURE_CLIENT_SECRET: '' });
  await fakeProgram('az', 'echo "Please run \'az login\'" >&2; exit 1');
  await expect(credential.headers({ scope: 'https://three.example/.default' })).rejects.toThrow(/az login/);
  await fakeProgram('az', signedIn('third'));
  expect(await credential.headers({ scope: 'https://four.example/.default' })).toEqual({
    authorization: 'Bearer third',
  });
});

test.each([401, 403, 404])(
  'the metadata service of another cloud, which answers %i, is none of Azure',
  async (status) => {
    const other = createHttpServer((_, response) => {
      response.writeHead(status).end();
    });
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    try {
      const { port } = other.address() as AddressInfo;
      setEnv({ AZURE_POD_IDENTITY_AUTHORITY_HOST: `http://127.0.0.1:${port}` });
      const { error } = await failureOf(freshChain());
      expect(error.message).toContain(`no Azure metadata service here (${status})`);
    } finally {
      other.close();
    }
  },
);

test('an environment that is half set up says what is missing', async () => {
  setEnv({ AZURE_TENANT_ID: 't', AZURE_CLIENT_ID: 'c', AZURE_TOKEN_CREDENTIALS: 'EnvironmentCredential' });
  const { error } = await failureOf(freshChain());
  expect(error.tried).toEqual([
    {
      credential: 'EnvironmentCredential',
      problem: '`AZURE_CLIENT_SECRET` is not set',
      fix: 'set `AZURE_TENANT_ID`, `AZURE_CLIENT_ID` and `AZURE_CLIENT_SECRET` or `AZURE_CLIENT_CERTIFICATE_PATH`',
    },
  ]);
});

test('a misspelt `AZURE_TOKEN_CREDENTIALS` is named', async () => {
  setEnv({ AZURE_TOKEN_CREDENTIALS: 'ManagedIdentity' });
  const { error } = await failureOf(freshChain());
  expect(error.message).toContain(
    '`AZURE_TOKEN_CREDENTIALS` is "ManagedIdentity". Set it to "prod", "dev" or one of',
  );
});

test('the Azure CLI is asked for the tenant of the account', async () => {
  const log = join(folder, 'arguments');
  const token = JSON.stringify({ accessToken: 'a.b.c', expires_on: 4e9 });
  await fakeProgram('az', `echo "$@" >> ${log}; echo '${token}'`);
  const tenantId = '3f2504e0-4f89-41d3-9a0c-0305e82c3301';
  for (const credential of [freshChain(), entraId({ azureCli: true })])
    await inTenant(credential, tenantId).headers({ scope });
  const asked = (await readFile(log, 'utf8')).trim().split('\n');
  expect(asked).toHaveLength(2);
  for (const line of asked) expect(line).toContain(`--tenant ${tenantId}`);
});

test.each(['AZURE_CLIENT_SECRET', 'AZURE_CLIENT_CERTIFICATE_PASSWORD', 'AZURE_PASSWORD', 'IDENTITY_HEADER'])(
  'no error shows the value of %s, whoever prints it',
  async (name) => {
    await fakeProgram('az', 'echo "failed with hunter2-of-the-machine" >&2; exit 1');
    setEnv({ [name]: 'hunter2-of-the-machine', AZURE_TOKEN_CREDENTIALS: 'AzureCliCredential' });
    const { error } = await failureOf(freshChain());
    const shown = inspect(error, { showHidden: true, depth: Infinity });
    expect(shown).toContain('failed with [redacted]');
    expect(shown).not.toContain('hunter2');
  },
);

test('the Azure CLI is asked for the tenant and the subscription that are given', async () => {
  const log = join(folder, 'arguments');
  const token = JSON.stringify({ accessToken: 'a.b.c', expires_on: 4e9 });
  await fakeProgram('az', `echo "$@" >> ${log}; echo '${token}'`);
  const tenantId = '3f2504e0-4f89-41d3-9a0c-0305e82c3301';
  await entraId({ azureCli: { tenantId, subscription: 'of-the-team' } }).headers({ scope });
  expect(await readFile(log, 'utf8')).toContain(` --tenant ${tenantId} --subscription of-the-team`);
});

test('an Azure CLI that takes too long is ended, and named', async () => {
  await fakeProgram('az', 'read line');
  // With the usual limit around it, which is not what ends it.
  const azureCli = identityCredential(
    ({ AzureCliCredential }, shared) => new AzureCliCredential(toolOptions(shared)),
    { timeoutMs: 50 },
  );
  const { error } = await failureOf(entraId(azureCli));
  expect(error.message).toContain('gave no answer in time');
  expect((await diagnoseAuth(error))?.fix).toContain('timeoutMs');
});

test('a broken Azure CLI is called broken, and not a network without names', async () => {
  await fakeProgram(
    'az',
    `echo "Traceback (most recent call last):\nModuleNotFoundError: No module named 'azure.cli'" >&2; exit 1`,
  );
  const { error } = await failureOf(freshChain());
  expect(error.message).toContain('AzureCliCredential: the Azure CLI is broken');
  expect((await diagnoseAuth(error))?.fix).toContain('install the Azure CLI again');
});

test('a wrong AZURE_TOKEN_CREDENTIALS is advised on, not `az login`', async () => {
  setEnv({ AZURE_TOKEN_CREDENTIALS: 'bogus' });
  const { error } = await failureOf(freshChain());
  expect((await diagnoseAuth(error))?.fix).toMatch(/^Set it to "prod", "dev" or one of /);
});
