import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './workspace.ts';

/** The commit that raised the version of a package last, by its changelog; none before the first release. */
export function lastRelease(folder: string): string | undefined {
  if (git('rev-parse', '--is-shallow-repository').trim() === 'true')
    throw new Error('Cannot find the last release in a shallow clone. Run `git fetch --unshallow`.');
  const commit = git('log', '-1', '--format=%H', '--', `${folder}/CHANGELOG.md`).trim();
  return commit === '' ? undefined : commit;
}

/** A file as it was at a commit. */
export function fileAt(commit: string, path: string): string | undefined {
  // Also refuses a commit that does not exist.
  if (git('ls-tree', '--name-only', commit, '--', path) === '') return undefined;
  return git('show', `${commit}:${path}`);
}

/** The changesets that wait for a release; with `since`, those that were written after that commit. */
export function changesets(since?: string): string[] {
  const folder = join(root, '.changeset');
  const files = readdirSync(folder).filter((file) => file.endsWith('.md') && file !== 'README.md');
  return files
    .filter((file) => since === undefined || fileAt(since, `.changeset/${file}`) === undefined)
    .map((file) => readFileSync(join(folder, file), 'utf8'));
}

function git(...args: string[]): string {
  return execFileSync('git', args, { cwd: root, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 });
}
