import { stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';

/** Names of config files, in the order in which they are looked for. */
export const configFileNames: readonly string[] = ['ts', 'mts', 'js', 'mjs', 'json', 'yaml', 'yml'].map(
  (extension) => `aoai.config.${extension}`,
);

/** Path of the config file in a folder or the nearest one above it; `undefined` when there is none. */
export async function findConfig(folder: string = process.cwd()): Promise<string | undefined> {
  for (let at = resolve(folder); ; at = dirname(at)) {
    const candidates = configFileNames.map((name) => join(at, name));
    const found = await Promise.all(candidates.map(isFile));
    const first = found.indexOf(true);
    if (first >= 0) return candidates[first];
    if (dirname(at) === at) return undefined;
  }
}

async function isFile(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isFile();
  } catch {
    return false;
  }
}
