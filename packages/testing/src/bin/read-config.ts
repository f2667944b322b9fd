import { readFile } from 'node:fs/promises';
import { ConfigError, loadConfig, type Config } from '@aoai/config';
import { UsageError } from './usage-error.ts';

/** A config, and the variables that an application reads the endpoints from. */
export interface ConfigFile {
  readonly config: Config;
  /** Names of variables by the key of the resource. */
  readonly endpointVariables: Readonly<Record<string, string>>;
}

/**
 * Reads a config for the mock. The endpoints in it are not called, so a variable that holds one need not be set.
 * @throws {UsageError} when there is no such config.
 */
export async function readConfigFile(path: string, env: NodeJS.ProcessEnv): Promise<ConfigFile> {
  const variables = await endpointVariablesIn(path);
  for (const name of variables)
    env[name] ??= `https://${name.toLowerCase().replaceAll('_', '-')}.openai.azure.com`;
  try {
    const config = await loadConfig(path, { env });
    const endpointVariables: Record<string, string> = {};
    for (const [key, { endpoint }] of Object.entries(config.resources)) {
      const name = variables.find((variable) => originOf(env[variable]) === endpoint);
      if (name !== undefined) endpointVariables[key] = name;
    }
    return { config, endpointVariables };
  } catch (error) {
    if (error instanceof ConfigError) throw new UsageError(error.message, { cause: error });
    throw error;
  }
}

/** Variables that the text refers to as `env('NAME')` or `{ "$env": "NAME" }` and that are named for an endpoint. */
async function endpointVariablesIn(path: string): Promise<string[]> {
  // Errors of the file are reported by `loadConfig`.
  const text = await readFile(path, 'utf8').catch(() => '');
  const names = [...text.matchAll(/\benv\(\s*['"`](\w+)['"`]|\$env['"]?\s*:\s*['"]?(\w+)/g)].map(
    (match) => match[1] ?? match[2] ?? '',
  );
  return [...new Set(names)].filter((name) => name.includes('ENDPOINT'));
}

function originOf(url: string | undefined): string | undefined {
  return url !== undefined && URL.canParse(url) ? new URL(url).origin : undefined;
}
