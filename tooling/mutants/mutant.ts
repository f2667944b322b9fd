import type { MutantStatus } from '@stryker-mutator/api/core';

/** A change of one place in a source, and what the tests said to it. */
export interface Mutant {
  /** From the root of the repository. */
  readonly file: string;
  readonly line: number;
  /** The line of the source, without the white space around it. */
  readonly text: string;
  readonly replacement: string;
  readonly status: 'killed' | 'survived' | 'not-covered' | 'invalid' | 'ignored';
}

export const statuses: Readonly<Record<MutantStatus, Mutant['status']>> = {
  Killed: 'killed',
  // The tests hang on it, which is noticed, too.
  Timeout: 'killed',
  Survived: 'survived',
  NoCoverage: 'not-covered',
  CompileError: 'invalid',
  RuntimeError: 'invalid',
  Ignored: 'ignored',
  Pending: 'ignored',
};
