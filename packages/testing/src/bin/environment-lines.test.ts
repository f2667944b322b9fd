import { execFileSync } from 'node:child_process';
import { parseEnv } from 'node:util';
import { expect, test } from 'vitest';
import { environmentFile, environmentLines } from './environment-lines.ts';

const nasty = { PLAIN: 'http://127.0.0.1:8080', SPACED: 'it\'s a $HOME `date` "quote"' };

test('sh reads back what was meant', () => {
  const script = [...environmentLines(nasty, 'sh'), 'printf %s "$SPACED"'].join('\n');
  expect(execFileSync('sh', ['-c', script]).toString()).toBe(nasty.SPACED);
});

test('a plain value is not quoted', () => {
  expect(environmentLines({ PLAIN: nasty.PLAIN }, 'bash')).toEqual(['export PLAIN=http://127.0.0.1:8080']);
});

test.each([
  ['powershell', "$env:SPACED = 'it''s'"],
  ['cmd', 'set "SPACED=it\'s"'],
  ['fish', String.raw`set -gx SPACED 'it'\''s'`],
] as const)('%s has its own way', (shell, line) => {
  expect(environmentLines({ SPACED: "it's" }, shell)).toEqual([line]);
});

test('an env file is one that node reads', () => {
  expect(environmentFile({ PLAIN: nasty.PLAIN, SPACED: 'a b' })).toBe(
    `PLAIN=http://127.0.0.1:8080\nSPACED='a b'\n`,
  );
});

test.each(['plain', "it's", 'a "quoted" # sign', 'a $HOME and a \\n', `it's "both"`])(
  'an env file gives %j back',
  (value) => {
    expect(parseEnv(environmentFile({ VALUE: value }))).toEqual({ VALUE: value });
  },
);
