import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
const git = (...args: string[]) => execFileSync('git', args, { cwd: root, encoding: 'utf8' }).trim();

test('a sample that changed since the last release of @aoai/cli has a changeset, so that its version and changelog say so', () => {
  // The release writes the changelog. Before the first one, everything is new.
  const released = git('log', '-1', '--format=%H', '--', 'packages/cli/CHANGELOG.md');
  const isChanged = released === '' || git('diff', '--name-only', `${released}..HEAD`, '--', 'apps') !== '';
  const notes = readdirSync(`${root}.changeset`)
    .filter((name) => name.endsWith('.md') && name !== 'README.md')
    .map((name) => readFileSync(`${root}.changeset/${name}`, 'utf8'));
  const isTold = notes.some((text) => /^'@aoai\/cli': (?:patch|minor|major)$/m.test(text));
  expect({ isChanged, isTold }).not.toEqual({ isChanged: true, isTold: false });
});
