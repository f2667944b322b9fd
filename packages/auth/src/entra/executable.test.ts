import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { isOnPath } from './executable.ts';

let folder = '';
let other = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'aoai-auth-'));
  other = join(folder, 'other');
  await mkdir(other);
});
afterEach(async () => {
  await rm(folder, { recursive: true });
});

async function install(name: string, mode = 0o755): Promise<void> {
  await writeFile(join(folder, name), '');
  await chmod(join(folder, name), mode);
}

test('a program is found in any folder of the PATH, by its whole name', async () => {
  await install('az');
  for (const PATH of [folder, [other, folder].join(delimiter), [folder, other].join(delimiter)])
    expect(await isOnPath('az', { PATH })).toBe(true);
  expect(await isOnPath('az', { Path: folder })).toBe(true);
  expect(await isOnPath('az', { PATH: other })).toBe(false);
  expect(await isOnPath('azd', { PATH: folder })).toBe(false);
  expect(await isOnPath('a', { PATH: folder })).toBe(false);
});

test('a file that cannot be run is no program', async () => {
  await install('az', 0o644);
  expect(await isOnPath('az', { PATH: folder })).toBe(false);
});

test('without a PATH nothing is found, also not in the current folder', async () => {
  // `src` is a folder of this package, which the system would let be entered.
  for (const env of [{}, { PATH: '' }, { PATH: delimiter }]) expect(await isOnPath('src', env)).toBe(false);
});

test('Windows has programs with the endings of PATHEXT', async () => {
  await install('az.CMD');
  await install('azd.FOO');
  vi.stubGlobal('process', Object.create(process, { platform: { value: 'win32' } }));
  try {
    expect(await isOnPath('az', { PATH: folder })).toBe(true);
    expect(await isOnPath('azd', { PATH: folder })).toBe(false);
    expect(await isOnPath('azd', { PATH: folder, PATHEXT: '.EXE;.FOO' })).toBe(true);
    expect(await isOnPath('az', { PATH: folder, PATHEXT: '.EXE;.FOO' })).toBe(false);
  } finally {
    vi.unstubAllGlobals();
  }
});
