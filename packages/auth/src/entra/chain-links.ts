import type * as Identity from '@azure/identity';
import type { TokenCredential } from '@azure/identity';
import { CredentialError } from '../errors.ts';
import { isOnPath } from './executable.ts';
import { toolOptions } from './identity-credential.ts';
import type { SharedOptions } from './identity-credential.ts';
import { managedIdentityProblem } from './managed-identity-probe.ts';

/** One credential of the default chain. */
export interface ChainLink {
  readonly name: string;
  /** Why it cannot work on this machine; `undefined` when it might. */
  readonly problem: () => Promise<string | undefined>;
  /** How to make it work. */
  readonly fix: string;
  readonly create: (identity: typeof Identity, shared: SharedOptions) => TokenCredential;
}

/** How to make each credential of the chain work. */
export const fixes: Readonly<Record<string, string>> = {
  EnvironmentCredential:
    'set `AZURE_TENANT_ID`, `AZURE_CLIENT_ID` and `AZURE_CLIENT_SECRET` or `AZURE_CLIENT_CERTIFICATE_PATH`',
  WorkloadIdentityCredential:
    'label the pod `azure.workload.identity/use: "true"` and its service account with the client id',
  ManagedIdentityCredential:
    'on Azure, assign one: `az webapp identity assign`, `az containerapp identity assign`, `az vm identity assign`',
  AzureCliCredential: 'install the Azure CLI (https://aka.ms/azure-cli), then `az login`',
  AzurePowerShellCredential:
    'install PowerShell and Az.Accounts (https://aka.ms/azps-doc), then `Connect-AzAccount`',
  AzureDeveloperCliCredential: 'install the Azure Developer CLI (https://aka.ms/azd), then `azd auth login`',
  VisualStudioCodeCredential:
    'register the plugin of "@azure/identity-vscode" and sign in to Azure in Visual Studio Code',
};

function link(name: string): { readonly name: string; readonly fix: string } {
  return { name, fix: fixes[name] ?? '' };
}

type Env = NodeJS.ProcessEnv;

/** The credentials that `AZURE_TOKEN_CREDENTIALS` allows. @throws CredentialError when it names none. */
export function links(env: Env): readonly ChainLink[] {
  const production = [environment(env), workloadIdentity(env), managedIdentity(env)];
  const development = [azureCli(env), powerShell(env), developerCli(env)];
  const given = env['AZURE_TOKEN_CREDENTIALS']?.trim() ?? '';
  const wanted = given.toLowerCase();
  if (wanted === '') return [...production, ...development];
  if (wanted === 'prod') return production;
  if (wanted === 'dev') return development;
  const named = [...production, ...development, visualStudioCode()].find(
    ({ name }) => name.toLowerCase() === wanted,
  );
  if (named === undefined) {
    const names = [...production, ...development, visualStudioCode()].map(({ name }) => name);
    throw new CredentialError(
      `Cannot sign in to Azure: \`AZURE_TOKEN_CREDENTIALS\` is ${JSON.stringify(given)}. Set it to "prod", "dev" or one of ${names.map((name) => JSON.stringify(name)).join(', ')}.`,
    );
  }
  // A named credential is not probed first: a metadata service that starts with the machine may be slow to answer.
  return named.name === 'ManagedIdentityCredential'
    ? [{ ...named, problem: async () => undefined }]
    : [named];
}

function environment(env: Env): ChainLink {
  const proofs = ['AZURE_CLIENT_SECRET', 'AZURE_CLIENT_CERTIFICATE_PATH', 'AZURE_PASSWORD'];
  return {
    ...link('EnvironmentCredential'),
    problem: async () =>
      unset(env, ['AZURE_TENANT_ID', 'AZURE_CLIENT_ID']) ??
      (proofs.some((name) => env[name]) ? undefined : '`AZURE_CLIENT_SECRET` is not set'),
    create: ({ EnvironmentCredential }, shared) => new EnvironmentCredential(shared),
  };
}

function workloadIdentity(env: Env): ChainLink {
  return {
    ...link('WorkloadIdentityCredential'),
    problem: async () => unset(env, ['AZURE_FEDERATED_TOKEN_FILE', 'AZURE_TENANT_ID', 'AZURE_CLIENT_ID']),
    create: ({ WorkloadIdentityCredential }, shared) => new WorkloadIdentityCredential(shared),
  };
}

function managedIdentity(env: Env): ChainLink {
  return {
    ...link('ManagedIdentityCredential'),
    problem: () => managedIdentityProblem(env),
    create: ({ ManagedIdentityCredential }, shared) => {
      const clientId = env['AZURE_CLIENT_ID'];
      return new ManagedIdentityCredential({ ...shared, ...(clientId ? { clientId } : {}) });
    },
  };
}

function azureCli(env: Env): ChainLink {
  return {
    ...link('AzureCliCredential'),
    problem: () => notInstalled(env, 'az'),
    create: ({ AzureCliCredential }, shared) => new AzureCliCredential(toolOptions(shared)),
  };
}

function powerShell(env: Env): ChainLink {
  return {
    ...link('AzurePowerShellCredential'),
    // The credential also works with the `powershell` that Windows has.
    problem: () => notInstalled(env, 'pwsh', ...(process.platform === 'win32' ? ['powershell'] : [])),
    create: ({ AzurePowerShellCredential }, shared) => new AzurePowerShellCredential(toolOptions(shared)),
  };
}

function developerCli(env: Env): ChainLink {
  return {
    ...link('AzureDeveloperCliCredential'),
    problem: () => notInstalled(env, 'azd'),
    create: ({ AzureDeveloperCliCredential }, shared) => new AzureDeveloperCliCredential(toolOptions(shared)),
  };
}

/** Needs a plugin, so it is tried only when it is named. */
function visualStudioCode(): ChainLink {
  return {
    ...link('VisualStudioCodeCredential'),
    problem: async () => undefined,
    create: ({ VisualStudioCodeCredential }, shared) => new VisualStudioCodeCredential(shared),
  };
}

function unset(env: Env, names: readonly string[]): string | undefined {
  const missing = names.filter((name) => !env[name]).map((name) => `\`${name}\``);
  if (missing.length === 0) return undefined;
  return `${missing.join(', ')} ${missing.length === 1 ? 'is' : 'are'} not set`;
}

async function notInstalled(env: Env, ...programs: readonly string[]): Promise<string | undefined> {
  const found = await Promise.all(programs.map((program) => isOnPath(program, env)));
  return found.includes(true) ? undefined : `\`${programs[0] ?? ''}\` is not installed`;
}
