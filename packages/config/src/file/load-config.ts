import { readFile, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Config } from '../config.ts';
import { readConfig } from '../define-config.ts';
import { ConfigError } from '../errors.ts';
import { configFileNames, findConfig } from './find-config.ts';
import { isConfig } from '../is-config.ts';
import { parseConfigFile } from './parse-config-file.ts';
import type { Environment } from '../read/plain.ts';

/** Options of `loadConfig`. */
export interface LoadConfigOptions {
  /** Where `{ "$env": "NAME" }` of a JSON or YAML file is read; a module reads its own. @default process.env */
  readonly env?: Environment;
  /** Folder from which to look upwards when no path is given. @default process.cwd() */
  readonly cwd?: string;
}

/** The largest file: a config of a thousand deployments is smaller, and YAML is slow to parse. */
const maxKiB = (source: string): number => (/\.ya?ml$/.test(source) ? 256 : 1024);

/**
 * The config in a file: `aoai.config.{ts,js,json,yaml}` of this folder or the nearest above it, or the file at `path`.
 * A module exports it as default, or as `config`. TypeScript needs Node 22.18 or newer.
 * A file that belongs to another user is used only when it is named, or when `AOAI_TRUSTED_FOLDERS` has its folder.
 * @throws ConfigError when there is no file, when it cannot be read, or when the config in it is not valid.
 */
export async function loadConfig(path?: string, options: LoadConfigOptions = {}): Promise<Config> {
  const { env = process.env, cwd = process.cwd() } = options;
  const source = path === undefined ? await findConfig(cwd, { env }) : resolve(cwd, path);
  if (source === undefined) {
    throw new ConfigError([{ path: '', message: nothingFound(cwd) }]);
  }
  return readConfigFile(source, { env });
}

/** The config in the file at an absolute path. `revision` makes a module load again. */
export async function readConfigFile(
  source: string,
  { env, revision }: { readonly env: Environment; readonly revision?: string },
): Promise<Config> {
  await checkFile(source);
  if (/\.[cm]?[jt]s$/.test(source)) {
    const exported = await importConfig(source, revision);
    return isConfig(exported) ? exported : readConfig(exported, { env, source });
  }
  const value = await parseConfigFile(await readFile(source, 'utf8'), source);
  return readConfig(value, { env, source });
}

function nothingFound(cwd: string): string {
  const names = configFileNames.map((name) => JSON.stringify(name)).join(', ');
  return `No config found: looked for ${names} in ${JSON.stringify(cwd)} and above, as far as the root of the repository. Create one of them, or set \`AZURE_OPENAI_ENDPOINT\` and \`AZURE_OPENAI_DEPLOYMENT\` and use \`configFromEnv()\`.`;
}

async function checkFile(source: string): Promise<void> {
  const problem = await fileProblem(source);
  if (problem !== undefined) throw new ConfigError([{ path: '', message: problem }], { source });
}

async function fileProblem(source: string): Promise<string | undefined> {
  if (!/\.([cm]?[jt]s|json|ya?ml)$/.test(source))
    return 'Not a config: use a file that ends in .ts, .js, .json or .yaml.';
  try {
    const { size, ...file } = await stat(source).then((stats) => ({
      size: stats.size,
      isFile: stats.isFile(),
    }));
    if (!file.isFile) return 'Not a file.';
    const limit = maxKiB(source);
    return size > limit * 1024 ? `Not a config: larger than ${limit} KiB.` : undefined;
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    return code === 'ENOENT' ? 'No such file.' : `Cannot be read${code === undefined ? '' : ` (${code})`}.`;
  }
}

async function importConfig(source: string, revision: string | undefined): Promise<unknown> {
  const url = pathToFileURL(source);
  if (revision !== undefined) url.searchParams.set('revision', revision);
  try {
    const module = (await import(/* webpackIgnore: true */ /* @vite-ignore */ url.href)) as {
      readonly default?: unknown;
      readonly config?: unknown;
    };
    const exported = module.default ?? module.config;
    if (exported !== undefined) return exported;
  } catch (error) {
    throw importError(error, source);
  }
  throw new ConfigError(
    [{ path: '', message: 'Exports no config. Write `export default defineConfig({ … })`.' }],
    { source },
  );
}

/** A `ConfigError` from the file is thrown unchanged; any other error is one of the file itself. */
function importError(error: unknown, source: string): unknown {
  const known = error as { readonly code?: unknown; readonly name?: unknown; readonly issues?: unknown };
  if (known.code === 'CONFIG_INVALID' && Array.isArray(known.issues)) {
    return new ConfigError(known.issues as ConfigError['issues'], { source, cause: error });
  }
  if (known.code === 'ERR_UNKNOWN_FILE_EXTENSION') {
    const message =
      'This Node cannot read TypeScript. Use Node 22.18 or newer, or write the config in JavaScript, JSON or YAML.';
    return new ConfigError([{ path: '', message }], { source, cause: error });
  }
  const what =
    error instanceof Error
      ? `${error.name}: ${error.message.split('\n', 1)[0] ?? ''}`
      : 'something that is not an error';
  return new ConfigError([{ path: '', message: `Cannot be imported: it throws ${what}` }], {
    source,
    cause: error,
  });
}
