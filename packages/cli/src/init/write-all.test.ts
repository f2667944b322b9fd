import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { writeAll } from './write-all.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'aoai-write-'));
});
afterEach(async () => {
  await rm(folder, { recursive: true });
});

const { signal } = new AbortController();
const contents = async () =>
  Object.fromEntries(
    await Promise.all(
      (await readdir(folder)).map(
        async (name) => [name, await readFile(join(folder, name), 'utf8')] as const,
      ),
    ),
  );

test('writes every file, also over one that is there, and leaves no other', async () => {
  await writeFile(join(folder, 'a'), 'old');
  await writeAll(folder, { a: 'new', b: 'too' }, signal);
  expect(await contents()).toEqual({ a: 'new', b: 'too' });
});

test('interrupted before, it writes nothing', async () => {
  await writeFile(join(folder, 'a'), 'old');
  const ended = AbortSignal.abort();
  await expect(writeAll(folder, { a: 'new', b: 'too' }, ended)).rejects.toMatchObject({ name: 'AbortError' });
  await expect(writeAll(folder, {}, ended)).rejects.toBe(ended.reason);
  expect(await contents()).toEqual({ a: 'old' });
});

test('where one cannot be written, none is', async () => {
  await writeFile(join(folder, 'a'), 'old');
  await expect(writeAll(folder, { a: 'new', 'none/b': 'too' }, signal)).rejects.toMatchObject({
    code: 'ENOENT',
  });
  expect(await contents()).toEqual({ a: 'old' });
});

test('where one cannot be replaced, none is, and no temporary file stays', async () => {
  await mkdir(join(folder, 'b'));
  await writeFile(join(folder, 'c'), 'old');
  await expect(writeAll(folder, { a: 'new', b: 'too', c: 'new' }, signal)).rejects.toThrow(
    'Nothing was written: "b" is a folder. Move it away, or run this elsewhere.',
  );
  expect((await readdir(folder)).toSorted()).toEqual(['b', 'c']);
  expect(await readFile(join(folder, 'c'), 'utf8')).toBe('old');
});
