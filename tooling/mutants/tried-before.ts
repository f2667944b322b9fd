import { join } from 'node:path';
import type { schema } from '@stryker-mutator/api/core';
import type { Equivalent } from './equivalents.ts';
import { statuses } from './mutant.ts';
import type { Mutant } from './mutant.ts';
import { survivors } from './score.ts';

/** A mutant of an earlier run, and where it is: `src/token/flight.ts:12:4-12:20`, from the package. */
export interface TriedBefore extends Mutant {
  readonly pattern: string;
}

/** The mutants in the report of a package; `folder` is that of the package, from the root. */
export function triedBefore(
  { files }: Pick<schema.MutationTestResult, 'files'>,
  folder: string,
): readonly TriedBefore[] {
  return Object.entries(files).flatMap(([path, { source, mutants }]) => {
    const lines = source.split('\n');
    return mutants.map(({ location: { start, end }, replacement = '', status }) => ({
      file: join(folder, path),
      line: start.line,
      text: lines[start.line - 1]?.trim() ?? '',
      replacement,
      status: statuses[status],
      // A pattern counts the columns from 0.
      pattern: `${path}:${start.line}:${start.column - 1}-${end.line}:${end.column - 1}`,
    }));
  });
}

/** The places of those that no test noticed. */
export function placesToTryAgain(
  mutants: readonly TriedBefore[],
  equivalents: readonly Equivalent[],
): readonly string[] {
  return [...new Set(survivors(mutants, equivalents).map(({ pattern }) => pattern))];
}
