import { lstat, realpath, stat } from 'node:fs/promises';
import { delimiter, dirname, relative, resolve, sep } from 'node:path';
import type { Environment } from '../read/plain.ts';

/** A user of a POSIX system. */
export interface Owner {
  readonly uid: number;
  /** The user who became root with `sudo`, as `SUDO_UID` has it. */
  readonly sudoUid?: number;
}

/**
 * The user, other than `owner` and root, to whom a file, the link that leads to it, or a folder it lies in belongs: the rule of
 * git's `safe.directory`. `undefined` when there is none, and on Windows, which has no user ids.
 */
export async function foreignOwner(
  path: string,
  owner: Owner | undefined = currentOwner(),
): Promise<number | undefined> {
  if (owner === undefined) return undefined;
  const target = await realpath(path);
  const found = await Promise.all([
    lstat(path),
    stat(path),
    // Node loads the imported packages of a module from here.
    stat(dirname(path)),
    stat(dirname(target)),
  ]);
  const own = [0, owner.uid, ...(owner.uid === 0 && owner.sudoUid !== undefined ? [owner.sudoUid] : [])];
  return found.map(({ uid }) => uid).find((uid) => !own.includes(uid));
}

/** Whether `AOAI_TRUSTED_FOLDERS` (as many as there are, written like `PATH`; `*` is every folder) has a folder of the file. */
export function isTrusted(path: string, env: Environment): boolean {
  const folders = (env['AOAI_TRUSTED_FOLDERS'] ?? '').split(delimiter).filter((folder) => folder !== '');
  return folders.some((folder) => {
    if (folder === '*') return true;
    const inside = relative(resolve(folder), path);
    return inside !== '..' && !inside.startsWith(`..${sep}`) && resolve(folder, inside) === path;
  });
}

function currentOwner(): Owner | undefined {
  const uid = process.geteuid?.();
  if (uid === undefined) return undefined;
  const sudoUid = /^\d+$/.test(process.env['SUDO_UID'] ?? '') ? Number(process.env['SUDO_UID']) : undefined;
  return sudoUid === undefined ? { uid } : { uid, sudoUid };
}
