import { configFromEnv, findConfig, loadConfig } from '@aoai/config';
import type { Config } from '@aoai/config';
import type { Terminal } from './terminal.ts';

/**
 * The config of a command: the file it names, else the nearest config file, else the usual environment variables.
 * @throws ConfigError when there is none, or none that can be used.
 */
export async function useConfig(terminal: Terminal, path: string | undefined): Promise<Config> {
  const { env, cwd } = terminal;
  const source = path ?? (await findConfig(cwd, { env }));
  const isInEnvironment = (env['AZURE_OPENAI_ENDPOINT'] ?? '') !== '';
  return source === undefined && isInEnvironment ? configFromEnv({ env }) : loadConfig(source, { env, cwd });
}
