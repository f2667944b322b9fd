import { realpath, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { ConfigError } from '../errors.ts';
import type { Environment } from '../read/plain.ts';
import { foreignOwner, isTrusted, type Owner } from './owner.ts';

/** Names of config files, in the order in which they are looked for. */
export const configFileNames: readonly string[] = ['ts', 'mts', 'js', 'mjs', 'json', 'yaml', 'yml'].map(
  (extension) => `aoai.config.${extension}`,
);

/** Files that mark the root of a repository: nothing above it belongs to the project. */
const rootMarks = ['.git', 'pnpm-workspace.yaml'];

/** Options of `findConfig`. */
export interface FindConfigOptions {
  /** Where `AOAI_TRUSTED_FOLDERS` and `HOME` are read. @default process.env */
  readonly env?: Environment;
  /** The user whose files are used. @default the user of this process */
  readonly owner?: Owner;
}

/**
 * Path of the config file in a folder or the nearest one above it; `undefined` when there is none. The search ends at the root
 * of the repository (`.git`, `pnpm-workspace.yaml`) and at the home folder.
 * @throws ConfigError when the file that was found belongs to another user: a config is code, and decides where tokens go.
 */
export async function findConfig(
  folder: string = process.cwd(),
  { env = process.env, owner }: FindConfigOptions = {},
): Promise<string | undefined> {
  const homes = await homeFolders(env);
  for (let at = resolve(folder); ; at = dirname(at)) {
    const candidates = configFileNames.map((name) => join(at, name));
    const found = (await which(candidates))[0];
    if (found !== undefined) {
      await refuseForeign(found, env, owner);
      return found;
    }
    if (dirname(at) === at || homes.includes(at) || (await isRepositoryRoot(at))) return undefined;
  }
}

async function refuseForeign(path: string, env: Environment, owner: Owner | undefined): Promise<void> {
  const foreign = await foreignOwner(path, owner);
  if (foreign === undefined || isTrusted(path, env)) return;
  const message = `Not used: it belongs to another user (${foreign}), who could run code as you or send your calls elsewhere. If you trust it, name the file, or add its folder to \`AOAI_TRUSTED_FOLDERS\`.`;
  throw new ConfigError([{ path: '', message }], { source: path });
}

async function homeFolders(env: Environment): Promise<readonly string[]> {
  const named = env['HOME'] ?? '';
  const home = resolve(named === '' ? homedir() : named);
  return [home, await realpath(home).catch(() => home)];
}

async function isRepositoryRoot(folder: string): Promise<boolean> {
  const found = await Promise.all(
    rootMarks.map((mark) =>
      stat(join(folder, mark)).then(
        () => true,
        () => false,
      ),
    ),
  );
  return found.includes(true);
}

/** Those of the paths that are files. */
async function which(paths: readonly string[]): Promise<readonly string[]> {
  const found = await Promise.all(
    paths.map((path) =>
      stat(path).then(
        (stats) => stats.isFile(),
        () => false,
      ),
    ),
  );
  return paths.filter((_, index) => found[index] === true);
}
