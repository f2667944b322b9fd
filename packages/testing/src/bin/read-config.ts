import { readFile } from 'node:fs/promises';
import { loadConfig, type Config } from '@aoai/config';
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
      const name = variables.find((variable) => URL.parse(env[variable] ?? '')?.origin === endpoint);
      if (name !== undefined) endpointVariables[key] = name;
    }
    return { config, endpointVariables };
  } catch (error) {
    throw new UsageError((error as Error).message, { cause: error });
  }
}

/** Variables that the text refers to as `env('NAME')` or `{ "$env": "NAME" }` and that are named for an endpoint. */
async function endpointVariablesIn(path: string): Promise<string[]> {
  // Errors of the file are reported by `loadConfig`.
  const text = await readFile(path, 'utf8').catch(() => '');
  const references = text.matchAll(/(?:\benv\(\s*['"`]|\$env['"]?\s*:\s*['"]?)(\w+)/g);
  return Array.from(references, ([, name = '']) => name).filter((name) => name.includes('ENDPOINT'));
}
