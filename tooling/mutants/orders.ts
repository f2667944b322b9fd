import type { MutantCoverage } from '@stryker-mutator/api/core';

/** Tests of one file, by the ids that vitest gives them; all of them where there is no list. */
export interface TestsOfFile {
  /** Absolute. */
  readonly file: string;
  readonly ids?: readonly string[];
  /** How long each test, and each hook, may take. */
  readonly limitMs: number;
}

/** What the process that keeps the tests warm is asked to run. */
export interface Order {
  /** The mutant that is active meanwhile. */
  readonly mutant?: string;
  /** How often the mutant may be reached, so that no loop is endless. */
  readonly hitLimit?: number;
  readonly tests: readonly TestsOfFile[];
  /** A dry run runs all tests and says what they reach; another ends with the first test that fails. */
  readonly isDryRun: boolean;
}

export interface TestOutcome {
  /** Absolute. */
  readonly file: string;
  readonly id: string;
  readonly name: string;
  readonly ms: number;
  /** Where it stands in its file; both count from 1. */
  readonly line: number;
  readonly column: number;
  /** The error of a test that failed. */
  readonly failure?: string;
}

export interface Outcome {
  /** The tests that ran. */
  readonly tests: readonly TestOutcome[];
  /** What failed outside of the tests: a file that could not be loaded, a promise that nobody waited for. */
  readonly error?: string;
  /** Of a dry run: how often each mutant was reached, by test: `FILE#ID`. */
  readonly coverage?: MutantCoverage;
}
