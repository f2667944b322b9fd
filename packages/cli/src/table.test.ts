import { expect, test } from 'vitest';
import { table } from './table.ts';

test('columns are as wide as their longest cell, two spaces apart, with nothing at the end of a line', () => {
  const rows = [
    ['a', 'long cell', ''],
    ['longer name', 'b', 'c'],
  ];
  expect(table(['NAME', 'X', 'Y'], rows)).toBe(
    ['NAME         X          Y', 'a            long cell', 'longer name  b          c'].join('\n'),
  );
});

test('a cell is on one line and moves no cursor, and wide letters count twice', () => {
  expect(
    table(
      ['A', 'B'],
      [
        ['one\ntwo\u001b[2J', 'x'],
        ['日本', 'y'],
      ],
    ),
  ).toBe(['A           B', 'one two[2J  x', '日本        y'].join('\n'));
});
