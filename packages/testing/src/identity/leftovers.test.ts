import { mkdirSync, mkdtempSync, rmSync, symlinkSync, utimesSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { leftoversIn } from './leftovers.ts';

const writtenAtMs = Date.UTC(2026, 0, 1);
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'aoai-test-'));
  for (const name of [
    'mock-7-a',
    'mock-70-a',
    'mock-7',
    'mock-7b-a',
    'mock-x7-a',
    'mock--a',
    'my-mock-7-a',
  ]) {
    mkdirSync(join(folder, name));
    utimesSync(join(folder, name), writtenAtMs / 1_000, writtenAtMs / 1_000);
  }
});

afterAll(() => {
  rmSync(folder, { recursive: true });
});

test('a directory is left over when the process in its name has ended, and no other directory is', () => {
  const asked: number[] = [];
  const startedAtMs = (pid: number) => {
    asked.push(pid);
    return pid === 70 ? undefined : 0;
  };
  expect(leftoversIn(folder, 'mock-', startedAtMs)).toEqual([join(folder, 'mock-70-a')]);
  expect(asked.sort()).toEqual([7, 70]);
});

test.each([
  ['began long before the last write', 0, false],
  ['began at a time that nobody knows', -Infinity, false],
  ['began a second after the last write, by another clock', writtenAtMs + 1_000, false],
  ['began later than that, and has the id of the owner', writtenAtMs + 1_001, true],
])('the directory of a process that %s is left over: %s', (_, startedAtMs, isLeft) => {
  const left = leftoversIn(folder, 'mock-', (pid) => (pid === 7 ? startedAtMs : 0));
  expect(left.map((path) => basename(path))).toEqual(isLeft ? ['mock-7-a'] : []);
});

test('what cannot be looked at is left alone', () => {
  symlinkSync(join(folder, 'nowhere'), join(folder, 'link-7-a'));
  expect(leftoversIn(folder, 'link-', () => Infinity)).toEqual([]);
  expect(leftoversIn(join(folder, 'nowhere'), 'mock-', () => undefined)).toEqual([]);
});
