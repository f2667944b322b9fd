import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The root of the repository. */
export const root = fileURLToPath(new URL('../..', import.meta.url));

/** The Markdown files of the repository that are committed or about to be, as paths from the root. Changesets are notes. */
export function documents(): readonly string[] {
  const options = ['--cached', '--others', '--exclude-standard'];
  const listed = execFileSync('git', ['ls-files', ...options, '--', '*.md'], { cwd: root, encoding: 'utf8' });
  return listed
    .split('\n')
    .filter((path) => path !== '' && !path.startsWith('.changeset/') && existsSync(join(root, path)))
    .sort();
}
