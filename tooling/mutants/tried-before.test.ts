import type { schema } from '@stryker-mutator/api/core';
import { expect, test } from 'vitest';
import { placesToTryAgain, triedBefore } from './tried-before.ts';

const location = (line: number, column: number, end: number) => ({
  start: { line, column },
  end: { line, column: end },
});

const report: Pick<schema.MutationTestResult, 'files'> = {
  files: {
    'src/scope.ts': {
      language: 'typescript',
      source: 'one\n  if (a < b) {\nthree',
      mutants: [
        {
          id: '1',
          mutatorName: 'M',
          location: location(2, 7, 12),
          replacement: 'a <= b',
          status: 'Survived',
        },
        {
          id: '2',
          mutatorName: 'M',
          location: location(2, 7, 12),
          replacement: 'true',
          status: 'NoCoverage',
        },
        { id: '3', mutatorName: 'M', location: location(2, 14, 15), replacement: '{}', status: 'Killed' },
        { id: '4', mutatorName: 'M', location: location(3, 1, 6), replacement: '', status: 'Timeout' },
        { id: '5', mutatorName: 'M', location: location(3, 1, 4), replacement: 'four', status: 'Survived' },
      ],
    },
  },
};

const tried = triedBefore(report, 'packages/auth');

test('a report has the mutants of a run with the lines that they stand in', () => {
  expect(tried[0]).toMatchObject({
    ...{ file: 'packages/auth/src/scope.ts', line: 2, text: 'if (a < b) {' },
    ...{ replacement: 'a <= b', status: 'survived' },
  });
  expect(tried.map(({ status }) => status)).toEqual([
    ...['survived', 'not-covered', 'killed', 'killed', 'survived'],
  ]);
});

test('what no test noticed is tried again at its place, once, and what is equivalent is not', () => {
  const equivalents = [
    { file: 'packages/auth/src/scope.ts', text: 'three', replacements: ['four'], why: 'No difference.' },
  ];
  expect(placesToTryAgain(tried, [])).toEqual(['src/scope.ts:2:6-2:11', 'src/scope.ts:3:0-3:3']);
  expect(placesToTryAgain(tried, equivalents)).toEqual(['src/scope.ts:2:6-2:11']);
});
