import { writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { aborted } from '../aborted.ts';
import { realClock } from '../clock.ts';
import type { IdentityFile } from '../identity/identity-file.ts';
import { readRecording, type Recording } from '../recording/recording.ts';
import { startMockAzure, type MockAzure, type MockAzureOptions } from '../start-mock-azure.ts';
import { thrownMessage } from '../thrown-message.ts';
import { identityOf, identitySettings, signInVariables } from './read-identity.ts';
import { environmentFile, environmentLines } from './environment-lines.ts';
import { help } from './help.ts';
import { readOptions, type MockCommandOptions, type SignIn } from './options.ts';
import { readConfigFile, type ConfigFile } from './read-config.ts';
import { readFaults, type FaultEntry } from './read-faults.ts';
import { requestJson, requestLine } from './request-line.ts';
import { startError } from './start-error.ts';
import { UsageError } from './usage-error.ts';

/** The inputs of the program. */
export interface MockCommandHost {
  readonly stdout: { write(text: string): unknown };
  readonly stderr: { write(text: string): unknown };
  readonly env: NodeJS.ProcessEnv;
  /** Aborted when the program is to stop. */
  readonly stop: AbortSignal;
}

/** How long running answers may take after the program was told to stop. */
const graceMs = 2_000;

/** Runs `aoai-mock` until it is told to stop. Resolves to its exit code: 0, 1 after a failure, 2 for wrong usage. */
export async function runMock(args: readonly string[], host: MockCommandHost): Promise<number> {
  try {
    const options = readOptions(args);
    if (options.help || options.version) {
      host.stdout.write(options.help ? help : `${ownVersion()}\n`);
      return 0;
    }
    const file =
      options.config === undefined
        ? undefined
        : await unlessStopped(readConfigFile(options.config, host.env), host.stop);
    if (host.stop.aborted) return 0;
    const identity = await identityOf(options);
    const faults = options.faults === undefined ? [] : await readFaults(options.faults);
    const recording = options.replay === undefined ? undefined : await recordingAt(options.replay);
    const azure = await start(options, { file, identity });
    try {
      for (const fault of faults) schedule(azure, fault, options);
      if (recording !== undefined) azure.replay(recording);
      await announce(azure, { options, file, identity, host });
      await aborted(host.stop);
    } finally {
      await azure.close({ graceMs });
    }
    return 0;
  } catch (error) {
    const isUsage = error instanceof UsageError;
    const hint = isUsage ? ' Run `aoai-mock --help` for the options.' : '';
    host.stderr.write(`aoai-mock: ${thrownMessage(error)}${hint}\n`);
    return isUsage ? 2 : 1;
  }
}

/** A config may be a program that takes its time: `undefined` when the program is told to stop before. */
async function unlessStopped<T>(work: Promise<T>, stop: AbortSignal): Promise<T | undefined> {
  const over = new AbortController();
  try {
    return await Promise.race([work, aborted(AbortSignal.any([stop, over.signal])).then(() => undefined)]);
  } finally {
    over.abort();
  }
}

function schedule(
  azure: MockAzure,
  { deployment, fault, options, place }: FaultEntry,
  { anyDeployment }: Pick<MockCommandOptions, 'anyDeployment'>,
): void {
  const { names } = azure.config;
  // Tests may script any name. Names in a file are checked, because people mistype them.
  if (deployment !== '*' && !anyDeployment && !names.includes(deployment)) {
    const known = names.map((name) => JSON.stringify(name)).join(', ');
    throw new UsageError(
      `Invalid fault ${place}: \`deployment\` is ${JSON.stringify(deployment)}, which the mock does not have. Known names: ${known}. Or play it with \`--any-deployment\`.`,
    );
  }
  try {
    azure.fail(deployment, fault, options);
  } catch (error) {
    throw new UsageError(`Invalid fault ${place}: ${(error as Error).message}`, { cause: error });
  }
}

async function recordingAt(path: string): Promise<Recording> {
  try {
    return await readRecording(path);
  } catch (error) {
    const message = `Cannot read \`--replay\` ${JSON.stringify(path)}: ${(error as Error).message}`;
    throw new UsageError(message, { cause: error });
  }
}

interface Files {
  readonly file: ConfigFile | undefined;
  readonly identity: IdentityFile | undefined;
}

async function start(options: MockCommandOptions, { file, identity }: Files): Promise<MockAzure> {
  const { host, port, seed, apiKey, anyDeployment, defaultModel, timeScale } = options;
  const settings: MockAzureOptions = {
    host,
    port,
    https: options.https,
    page: options.page,
    cors: options.cors,
    latency: options.latency,
    headers: options.headers,
    clock: realClock({ timeScale }),
    ...(file && { config: file.config }),
    ...identitySettings(identity),
    ...(seed !== undefined && { seed }),
    ...(apiKey !== undefined && { apiKey }),
    ...(anyDeployment && { anyDeployment: defaultModel }),
  };
  try {
    return await startMockAzure(settings);
  } catch (error) {
    throw startError(error, options);
  }
}

interface Announcement extends Files {
  readonly options: MockCommandOptions;
  readonly host: MockCommandHost;
}

async function announce(azure: MockAzure, { options, host, ...files }: Announcement): Promise<void> {
  const variables = variablesFor(azure, { ...files, signIn: options.signIn });
  if (!options.quiet)
    azure.observe((observed) => {
      if (options.json) host.stdout.write(`${requestJson(observed)}\n`);
      else host.stderr.write(`${requestLine(observed)}\n`);
    });
  if (options.envFile !== undefined) await writeEnvironment(options.envFile, environmentFile(variables));
  if (!['127.0.0.1', '::1', 'localhost'].includes(options.host)) {
    host.stderr.write(`aoai-mock: it listens on ${options.host}, so other machines can reach it.\n`);
  }
  const watch = options.page ? `; watch it at ${azure.endpoint}/_mock` : '';
  host.stderr.write(`aoai-mock plays Azure OpenAI at ${azure.endpoint} (Ctrl+C stops it)${watch}\n`);
  host.stdout.write(
    environmentLines(variables, options.shell)
      .map((line) => `${line}\n`)
      .join(''),
  );
}

async function writeEnvironment(path: string, text: string): Promise<void> {
  try {
    await writeFile(path, text, { mode: 0o600 });
  } catch (error) {
    const message = `Cannot write \`--env-file\` ${JSON.stringify(path)}: ${(error as Error).message}.`;
    throw new UsageError(message, { cause: error });
  }
}

/** Variables that hold a key. Some clients refuse a key together with a way to get tokens. */
function keyVariables(azure: MockAzure): Record<string, string> {
  return { AZURE_OPENAI_API_KEY: azure.apiKey, AZURE_SEARCH_API_KEY: azure.search.adminKey };
}

/** The certificate is always written: without it no HTTPS address of the mock can be called. */
function certificateVariable({
  NODE_EXTRA_CA_CERTS: path = '',
}: Record<string, string>): Record<string, string> {
  return { NODE_EXTRA_CA_CERTS: path };
}

function variablesFor(
  azure: MockAzure,
  { file, identity, signIn }: Files & { readonly signIn: SignIn },
): Record<string, string> {
  const identityVariables = azure.identityEnv();
  const resources = Object.entries(azure.config.resources);
  const named = resources.map(([key, { endpoint }]) => [
    file?.endpointVariables[key] ?? `AZURE_OPENAI_ENDPOINT_${key.toUpperCase().replace(/\W/g, '_')}`,
    endpoint,
  ]);
  return {
    AZURE_OPENAI_ENDPOINT: azure.endpoint,
    ...(file === undefined ? {} : (Object.fromEntries(named) as Record<string, string>)),
    ...(signIn !== 'entra-id' && keyVariables(azure)),
    ...(signIn === 'key' ? certificateVariable(identityVariables) : identityVariables),
    ...signInVariables(azure, identity),
    AZURE_SUBSCRIPTION_ID: azure.arm.subscriptionId,
    AZURE_RESOURCE_GROUP: azure.arm.resourceGroup,
    AZURE_RESOURCE_MANAGER_ENDPOINT: azure.arm.endpoint,
    AZURE_SEARCH_ENDPOINT: azure.search.endpoint,
    AZURE_KEY_VAULT_ENDPOINT: azure.vault.endpoint,
    MICROSOFT_GRAPH_ENDPOINT: azure.graph.endpoint,
  };
}

function ownVersion(): string {
  const manifest = createRequire(import.meta.url)('@aoai/testing/package.json') as {
    readonly version: string;
  };
  return manifest.version;
}
