import { ConfigError, configFromEnv, findConfig, loadConfig } from '@aoai/config';
import type { Config } from '@aoai/config';
import { abortable } from './abortable.ts';
import type { Terminal } from './terminal.ts';

/**
 * The config of a command: the file it names, else the nearest config file, else the usual environment variables.
 * `deployment` is used when `AZURE_OPENAI_DEPLOYMENT` is not set.
 * @throws ConfigError when there is none, or none that can be used.
 */
export async function useConfig(
  terminal: Terminal,
  path: string | undefined,
  { deployment }: { readonly deployment?: string } = {},
): Promise<Config> {
  const { env, cwd, signal } = terminal;
  const source = path ?? (await findConfig(cwd, { env }));
  if (source !== undefined || !isInEnvironment(env)) {
    // A config may be a program, which takes its time.
    return abortable(loadConfig(source, { env, cwd }), signal);
  }
  const isNamed = (env['AZURE_OPENAI_DEPLOYMENT'] ?? '') !== '' || deployment === undefined;
  try {
    return configFromEnv({ env: isNamed ? env : { ...env, AZURE_OPENAI_DEPLOYMENT: deployment } });
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const message = `No config file was found in ${JSON.stringify(cwd)} and above, so the config comes from the environment.`;
    throw new ConfigError([...error.issues, { path: '', message }]);
  }
}

/** Whether variables name a resource, also under the names that other libraries use. */
function isInEnvironment(env: Terminal['env']): boolean {
  return Object.entries(env).some(
    ([name, value = '']) =>
      /^(?:AZURE_OPENAI_(?!API_KEY)|OPENAI_API_(?:BASE|VERSION)$)/.test(name) && value !== '',
  );
}
