import { execFileSync } from 'node:child_process';

/** The lines of the sources of each package that changed since `base`, as patterns: `src/token/flight.ts:12-14`. */
export function changedLines(base: string, root: string): ReadonlyMap<string, readonly string[]> {
  const git = (...args: string[]) =>
    execFileSync('git', args, { cwd: root, encoding: 'utf8', maxBuffer: 2 ** 28 });
  const from = git('merge-base', base, 'HEAD').trim();
  return readDiff(
    git('diff', '--unified=0', '--no-color', '--no-renames', from, '--', ':(glob)packages/*/src/**'),
  );
}

/** @internal */
export function readDiff(diff: string): ReadonlyMap<string, readonly string[]> {
  const changed = new Map<string, string[]>();
  let patterns: string[] | undefined;
  let path = '';
  for (const line of diff.split('\n')) {
    const file = /^\+\+\+ (?:b\/packages\/([^/]+)\/(src\/.+)|.*)$/.exec(line);
    if (file !== null) {
      const [, name, source] = file;
      patterns = name === undefined || !isMutable(source) ? undefined : (changed.get(name) ?? []);
      if (name !== undefined && patterns !== undefined) changed.set(name, patterns);
      path = source ?? '';
    }
    const hunk = /^@@ -\S+ \+(\d+)(?:,(\d+))? @@/.exec(line);
    if (hunk === null || patterns === undefined) continue;
    const start = Number(hunk[1]);
    const length = Number(hunk[2] ?? 1);
    if (length > 0) patterns.push(`${path}:${start}-${start + length - 1}`);
  }
  return changed;
}

function isMutable(path: string | undefined): boolean {
  return path !== undefined && path.endsWith('.ts') && !/\.(test|test-d|examples|fake)\.ts$/.test(path);
}
