import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { checkRooms } from '@aoai/rooms';

const folders: string[] = [];

afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** What is wrong in a workspace of these files: what each of them imports. */
async function problemsOf(files: Readonly<Record<string, readonly string[]>>): Promise<readonly string[]> {
  const root = mkdtempSync(join(tmpdir(), 'aoai-rooms-'));
  folders.push(root);
  for (const [path, imports] of Object.entries(files)) {
    const file = join(root, 'packages', path);
    mkdirSync(dirname(file), { recursive: true });
    const lines = imports.map((target, at) => `import type { X as X${at} } from '${target}';\n`);
    const uses = imports.map((_, at) => `X${at}`).join(' | ') || 'string';
    writeFileSync(file, `${lines.join('')}export type X = ${uses};\n`);
  }
  return checkRooms(root) as Promise<readonly string[]>;
}

test('rooms that import downwards are fine, and so is the ground', async () => {
  const problems = await problemsOf({
    'client/src/index.ts': ['./client/create-client.ts'],
    'client/src/client/create-client.ts': ['../call/run-call.ts', '../errors.ts'],
    'client/src/call/run-call.ts': ['../quota/quota.ts', '../errors.ts'],
    'client/src/quota/quota.ts': ['../errors.ts'],
    'client/src/errors.ts': [],
  });
  expect(problems).toEqual([]);
});

test('two files that import each other are refused, though only types are imported', async () => {
  const problems = await problemsOf({
    'auth/src/token/one.ts': ['./other.ts'],
    'auth/src/token/other.ts': ['./one.ts'],
  });
  expect(problems).toEqual([
    'no-circle: packages/auth/src/token/one.ts → packages/auth/src/token/other.ts → packages/auth/src/token/one.ts',
  ]);
});

test('a circle of three is refused', async () => {
  const problems = await problemsOf({
    'config/src/one.ts': ['./two.ts'],
    'config/src/two.ts': ['./three.ts'],
    'config/src/three.ts': ['./one.ts'],
  });
  expect(problems.length).toBeGreaterThan(0);
});

test.each([
  ['a room above', 'quota/quota.ts', '../call/run-call.ts', 'call/run-call.ts'],
  ['a room beside', 'transport/transport.ts', '../waiting/delay.ts', 'waiting/delay.ts'],
  ['a table of contents', 'call/run-call.ts', '../index.ts', 'index.ts'],
])('%s may not be imported', async (_, from, specifier, to) => {
  const problems = await problemsOf({
    [`client/src/${from}`]: [specifier],
    [`client/src/${to}`]: [],
  });
  expect(problems).toEqual([`rooms-of-client: packages/client/src/${from} → packages/client/src/${to}`]);
});

test('a room without a floor is refused', async () => {
  const problems = await problemsOf({
    'client/src/attic/box.ts': ['../quota/quota.ts'],
    'client/src/quota/quota.ts': [],
  });
  expect(problems).toEqual([
    'unknown-room-of-client: packages/client/src/attic/box.ts → packages/client/src/quota/quota.ts',
  ]);
});
