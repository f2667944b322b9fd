import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readRecord, writeRecord } from './sample-record.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'aoai-record-'));
});
afterEach(async () => {
  await rm(folder, { recursive: true });
});

const hash = 'a'.repeat(64);

async function readBack(record: unknown): Promise<unknown> {
  await mkdir(join(folder, '.aoai'), { recursive: true });
  await writeFile(join(folder, '.aoai/sample.json'), JSON.stringify(record));
  return readRecord(folder, 'mine');
}

test('what was copied is read as it was written, files in the order of their names', async () => {
  const files = new Map([
    ['src/main.ts', Buffer.from('b')],
    ['README.md', Buffer.from('a')],
  ]);
  await writeRecord(folder, { sample: 'quickstart', version: '1.2.3', files });
  const record = await readRecord(folder, 'mine');
  expect(record).toMatchObject({ sample: 'quickstart', version: '1.2.3' });
  expect(Object.keys(record.files)).toEqual(['README.md', 'src/main.ts']);
  await writeRecord(folder, { sample: 'quickstart', version: '1.2.4', files });
  expect(await readFile(join(folder, '.aoai/sample.json'), 'utf8')).toContain('"version": "1.2.4"');
});

test.each([
  { sample: 'rag-chat', version: '10.20.30', files: {} },
  { sample: 'quickstart', version: '1.0.0-beta.1+build_2', files: { 'src/..x/.y.ts': hash, 'a b/ü': hash } },
])('reads %j', async (record) => {
  expect(await readBack(record)).toEqual(record);
});

test.each([
  ['nothing', null],
  ['a list', []],
  ['a sample above', { sample: '../quickstart' }],
  ['a sample with a path after it', { sample: 'quickstart/..' }],
  ['a list of samples', { sample: ['quickstart'] }],
  ['a word before the version', { version: 'v1.0.0' }],
  ['half a version', { version: '1.0' }],
  ['a list of versions', { version: ['1.0.0'] }],
  ['no files', { files: null }],
  ['a number of files', { files: 5 }],
  ['more than a hash', { files: { x: `${hash}a` } }],
  ['more before a hash', { files: { x: `-${hash}` } }],
  ['a hash that is a number', { files: { x: 5 } }],
  ['a drive', { files: { 'C:x': hash } }],
  ['a path of Windows', { files: { 'a\\b': hash } }],
  ['a path from the root', { files: { '/x': hash } }],
  ['an empty path', { files: { '': hash } }],
  ['an empty folder', { files: { 'a//b': hash } }],
  ['the folder itself', { files: { './x': hash } }],
  ['a folder above', { files: { 'a/../../x': hash } }],
])('refuses %s', async (_, wrong) => {
  const record =
    wrong === null || Array.isArray(wrong)
      ? wrong
      : { sample: 'quickstart', version: '1.0.0', files: {}, ...wrong };
  await expect(readBack(record)).rejects.toThrow(
    'Cannot compare "mine": its .aoai/sample.json is not as `aoai new` wrote it. Restore it from git.',
  );
});
