import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { configSource, type ConfigFormat } from '../arm/config-source.ts';
import { managementFor, type ManagementFlags } from '../arm/management.ts';
import { pulledConfig } from '../arm/pulled-config.ts';
import { nothingFound, readAccounts } from '../arm/read-accounts.ts';
import { exitCode, type ExitCode } from '../exit-code.ts';
import { line, plural, type Terminal } from '../terminal.ts';
import { UsageError } from '../usage-error.ts';

/** Options of `aoai config pull`. */
export interface PullOptions extends ManagementFlags {
  readonly format?: ConfigFormat;
  /** Writes a file that does not exist yet, instead of printing. */
  readonly out?: string;
}

/** Prints the config that describes what a subscription has. */
export async function pullConfig(terminal: Terminal, options: PullOptions): Promise<ExitCode> {
  const { out, err, cwd } = terminal;
  const accounts = await readAccounts(managementFor(terminal, options));
  if (accounts.length === 0) {
    line(err, nothingFound);
    return exitCode.failed;
  }
  const config = pulledConfig(accounts);
  const text = configSource(config, options.format ?? formatOf(options.out));
  if (options.out === undefined) out.write(text);
  else await writeNew(resolve(cwd, options.out), text, options.out);
  const deployments = Object.keys(config.deployments).length;
  const where = options.out === undefined ? '' : ` written to ${options.out}`;
  line(err, `${plural(accounts.length, 'account')}, ${plural(deployments, 'deployment')}${where}.`);
  return exitCode.ok;
}

/** @throws UsageError when something is there. */
async function writeNew(path: string, text: string, shown: string): Promise<void> {
  try {
    await writeFile(path, text, { flag: 'wx' });
  } catch (error) {
    if (!['EEXIST', 'EISDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
    throw new UsageError(`Cannot write ${JSON.stringify(shown)}: it is there. Name a new file.`);
  }
}

function formatOf(file: string | undefined): ConfigFormat {
  if (file?.endsWith('.ts') === true) return 'ts';
  return file !== undefined && /\.ya?ml$/.test(file) ? 'yaml' : 'json';
}
