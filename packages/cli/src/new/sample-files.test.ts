import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { hashOf, readSampleFolder, writeFiles } from './sample-files.ts';
import { filesOfSample, listSamples, packSamples } from './samples.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'aoai-files-'));
});
afterEach(async () => {
  await rm(folder, { recursive: true });
});

test('line ends of different systems give a text one hash; a binary file has that of its bytes', () => {
  const hash = (text: string) => hashOf(Buffer.from(text, 'latin1'));
  expect(hash('a\r\nb\r\n')).toBe(hash('a\nb\n'));
  expect(hash('a\rb')).not.toBe(hash('a\nb'));
  expect(hash('\0a\r\nb')).not.toBe(hash('\0a\nb'));
  expect(hash('\xe4')).not.toBe(hash('\xf6'));
});

test('files are read in the order of their paths, as they were written, without what is no part of a sample', async () => {
  const text = (content: string) => Buffer.from(content);
  const written = new Map([
    ['web/page.html', text('page')],
    ['a.ts', text('a')],
    ['.env', text('secret')],
    ['node_modules/x/index.js', text('x')],
  ]);
  await writeFiles(folder, written);
  const files = await readSampleFolder(folder);
  expect([...files]).toEqual([
    ['a.ts', text('a')],
    ['web/page.html', text('page')],
  ]);
});

test('a packed sample is the sample, with a name for .gitignore that npm packs', async () => {
  await packSamples(folder);
  const names = (await listSamples()).map(({ name }) => name);
  expect(await readdir(folder)).toEqual(names);
  expect(names).toEqual(names.toSorted());
  const packed = join(folder, 'quickstart');
  expect(await readdir(packed)).not.toContain('.gitignore');
  expect(await readSampleFolder(packed)).toEqual(await filesOfSample('quickstart'));
});

test('every sample says what it shows', async () => {
  for (const { description } of await listSamples()) expect(description).toMatch(/^[A-Z].+/);
});
