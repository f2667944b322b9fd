import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
const page = readFileSync(join(root, 'docs/architecture.md'), 'utf8');

/** The text of a section, without those that follow it. */
function section(heading: string): string {
  const [, text = ''] = page.split(`${heading}\n`);
  return text.split(/^##/m, 1)[0] ?? '';
}

function inBackticks(text: string, ending: RegExp): readonly string[] {
  return [...text.matchAll(/`([^`]+)`/g)].flatMap(([, name = '']) => (ending.test(name) ? [name] : []));
}

test.each([
  ['client', '### `packages/client/src`, from top to bottom', 17],
  ['auth', '### `packages/auth/src`', 4],
  ['config', '### `packages/config/src`', 4],
  ['testing', '### `packages/testing/src`', 30],
])('every room of %s that the page names exists', (name, heading, atLeast) => {
  const rooms = inBackticks(section(heading), /^[a-z-]+\/$/);
  expect(rooms.length).toBeGreaterThanOrEqual(atLeast);
  expect(rooms.filter((room) => !existsSync(join(root, 'packages', name, 'src', room)))).toEqual([]);
});

test('the walk of a call is by files that exist, each imported by one before it', () => {
  const source = join(root, 'packages/client/src');
  const files = inBackticks(section('## The walk of a call'), /\.ts$/);
  expect(files.length).toBeGreaterThan(20);
  expect(files.filter((file) => !existsSync(join(source, file)))).toEqual([]);
  const imported = new Set<string>(files.slice(0, 1));
  const unreached = files.filter((file) => {
    const isReached = imported.has(file);
    const text = readFileSync(join(source, file), 'utf8');
    for (const [, from = ''] of text.matchAll(/from '(\.[^']+)'/g)) {
      imported.add(join(file, '..', from));
    }
    return !isReached;
  });
  expect(unreached).toEqual([]);
});
