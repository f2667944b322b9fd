import { expect, test } from 'vitest';
import { atLeast, complaints, tableOf } from './judge.ts';

const at = (lines: number) => ({ a: { lines, branches: 80 } });

test.each([
  ['exactly at the bound', atLeast, {}, []],
  [
    'below it without a reason',
    atLeast - 0.1,
    {},
    ['a: its tests run 89.9 % of its lines, fewer than 90 %.'],
  ],
  ['below it with a reason', atLeast - 0.1, { a: 'runs in child processes' }, []],
  ['above it with a reason', atLeast + 0.1, { a: 'old' }, ['Take its reason out']],
])('a package %s', (_, lines, reasons, expected) => {
  const found = complaints(at(lines), reasons);
  expect(found).toHaveLength(expected.length);
  for (const [index, text] of expected.entries()) expect(found[index]).toContain(text);
});

test('the table has a row for each package, with its reason', () => {
  const measured = { auth: { lines: 98.04, branches: 91.26 }, cli: { lines: 88, branches: 80 } };
  expect(tableOf(measured, { cli: 'why' }).split('\n')).toEqual([
    'PACKAGE     LINES  BRANCHES',
    'auth         98.0      91.3',
    'cli          88.0      80.0  why',
  ]);
});
