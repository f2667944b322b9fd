// How to use it: `const azure = await connectAzure()`; then `azure.client` calls the models of `aoai.config.ts`,
// `azure.credential` opens any other Azure service, `azure.settings` has the addresses. Call `azure.close()` at the end.
// The same file stands in every sample.
import { fileURLToPath } from 'node:url';
import { DefaultAzureCredential, type TokenCredential } from '@azure/identity';
import { entraId } from '@aoai/auth';
import { createClient, type ClientOptions } from '@aoai/client';
import type { MockAzure, MockAzureOptions } from '@aoai/testing';
import config from '../aoai.config.ts';

type Environment = Readonly<Record<string, string | undefined>>;

export interface AzureOptions {
  readonly env?: Environment;
  /** Settings of the mock, when there is no Azure. */
  readonly mock?: MockAzureOptions;
  /** Settings of the client. */
  readonly client?: ClientOptions;
}

/** Azure, or the mock of it in this process when `AZURE_OPENAI_ENDPOINT` is not set: the same code, the same wire. */
export async function connectAzure({
  env = process.env,
  mock: mockOptions,
  client: options,
}: AzureOptions = {}) {
  const started = env.AZURE_OPENAI_ENDPOINT ? undefined : await startMock(mockOptions);
  const mock = started?.mock;
  const credential: TokenCredential = mock?.credential() ?? new DefaultAzureCredential();
  const client = createClient(mock?.config ?? config, { credential: entraId(credential), ...options });
  return {
    client,
    /** The server's own identity: a managed identity on Azure, you on your machine. */
    credential,
    settings: { ...env, ...started?.settings, ...neighboursOf(mock) },
    mock,
    /** What a person should read at the start. */
    description: mock ? `a mock in this process (${mock.endpoint}/_mock)` : env.AZURE_OPENAI_ENDPOINT,
    async close() {
      await client.close({ graceMs: 5_000 });
      await mock?.close();
    },
  };
}

/** @public */
export type Azure = Awaited<ReturnType<typeof connectAzure>>;

async function startMock(options: MockAzureOptions = {}) {
  const { readIdentityFile, startMockAzure } = await import('@aoai/testing');
  const file = fileURLToPath(new URL('../aoai.identity.yaml', import.meta.url));
  const { vault = {}, ...identity } = await readIdentityFile(file);
  const mock = await startMockAzure({ config, identity, vault, ...options });
  mock.identity.trust();
  return { mock, settings: signInSettings(mock, Object.keys(identity.apps ?? {})) };
}

/** What the first app signs people in with, and of the others (the APIs) the same with their name: `SIGN_IN_SCOPE_EXPENSES`. */
function signInSettings(mock: MockAzure, [first, ...others]: readonly string[]): Environment {
  if (first === undefined) return {};
  const ofOthers = others.flatMap((app) => {
    const suffix = app.toUpperCase().replace(/\W/g, '_');
    const settings = Object.entries(mock.identity.signInEnv({ app }));
    return settings.map(([name, value]) => [`${name}_${suffix}`, value] as const);
  });
  return { ...mock.identity.signInEnv({ app: first }), ...Object.fromEntries(ofOthers) };
}

function neighboursOf(mock: Pick<MockAzure, 'graph' | 'vault'> | undefined): Environment {
  if (mock === undefined) return {};
  return { MICROSOFT_GRAPH_ENDPOINT: mock.graph.endpoint, AZURE_KEY_VAULT_ENDPOINT: mock.vault.endpoint };
}

/** Whether an address is this machine, where the mock is: some checks of Azure's clients do not apply there. */
export function isLoopback(url: string): boolean {
  return ['127.0.0.1', 'localhost', '[::1]'].includes(new URL(url).hostname);
}
