import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { afterEach, expect, test, vi } from 'vitest';
import { temporaryFiles } from './temporary-files.ts';

afterEach(() => {
  vi.unstubAllEnvs();
});

test('files are in one directory, for the eyes of its owner, and gone when they are removed', () => {
  const files = temporaryFiles();
  const [one, two] = [files.write('a.pem', 'first'), files.write('b.pem', 'second')];
  files.write('a.pem', 'changed');
  expect(readdirSync(dirname(one)).sort()).toEqual(['a.pem', 'b.pem']);
  expect([dirname(two), readFileSync(one, 'utf8')]).toEqual([dirname(one), 'changed']);
  if (process.platform !== 'win32') expect(statSync(one).mode & 0o777).toBe(0o600);
  files.remove();
  expect(existsSync(dirname(one))).toBe(false);
  // It can be written to again, and removed twice.
  const again = files.write('a.pem', 'third');
  expect(readdirSync(dirname(again))).toEqual(['a.pem']);
  files.remove();
  files.remove();
  expect(existsSync(again)).toBe(false);
});

test('the files of one mock stay when those of another are removed', () => {
  const [mine, other] = [temporaryFiles(), temporaryFiles()];
  const [path, removed] = [mine.write('a.pem', 'x'), other.write('a.pem', 'x')];
  other.remove();
  expect([existsSync(path), existsSync(removed)]).toEqual([true, false]);
  mine.remove();
});

test('where nothing can be written, the error says what to set', () => {
  vi.stubEnv('TMPDIR', join(tmpdir(), 'aoai-nowhere'));
  vi.stubEnv('TEMP', join(tmpdir(), 'aoai-nowhere'));
  const write = () => temporaryFiles().write('ca.pem', 'x');
  expect(write).toThrow(/^Cannot write "ca\.pem": ENOENT.* Set `TMPDIR` to a directory/);
  expect(write).toThrow(expect.objectContaining({ cause: expect.any(Error) as Error }) as Error);
});
