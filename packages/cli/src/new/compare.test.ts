import { expect, test } from 'vitest';
import { compare } from './compare.ts';
import { hashOf } from './sample-files.ts';

const filesOf = (texts: Readonly<Record<string, string>>) =>
  new Map(Object.entries(texts).map(([path, text]) => [path, Buffer.from(text)]));

test('each file that differs has what happened to it on both sides, in the order of the paths', () => {
  const old = hashOf(Buffer.from('old'));
  const base = { 'both.ts': old, 'gone.ts': old, 'kept.ts': old, 'mine.ts': old, 'removed.ts': old };
  const untouched = { 'kept.ts': 'old' };
  const sample = { toString: 'new', 'mine.ts': 'old', 'removed.ts': 'old', 'both.ts': 'now', 'a.ts': 'new' };
  const yours = { 'gone.ts': 'old', 'mine.ts': 'mine', 'both.ts': 'mine', 'a.ts': 'mine' };
  expect(
    compare({
      base,
      sample: filesOf({ ...untouched, ...sample }),
      yours: filesOf({ ...untouched, ...yours }),
    }),
  ).toEqual([
    { path: 'a.ts', sample: 'added', yours: 'added' },
    { path: 'both.ts', sample: 'changed', yours: 'changed' },
    { path: 'gone.ts', sample: 'removed', yours: 'same' },
    { path: 'mine.ts', sample: 'same', yours: 'changed' },
    { path: 'removed.ts', sample: 'same', yours: 'removed' },
    { path: 'toString', sample: 'added', yours: 'same' },
  ]);
});
