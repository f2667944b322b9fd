import type { CoveragePerTestId } from '@stryker-mutator/api/core';

/** Which tests reach which mutants without one being active. */
export interface Reach {
  /** The ids of the tests. */
  readonly tests: readonly string[];
  /** The places in `tests` of those that reach a mutant, by its id. */
  readonly byMutant: Readonly<Record<string, readonly number[]>>;
}

/** How far from a mutant its neighbours are: ids count through the sources. */
const neighbours = 12;

export function reachOf(perTest: CoveragePerTestId): Reach {
  const tests = Object.keys(perTest);
  const byMutant: Record<string, number[]> = {};
  for (const [index, test] of tests.entries())
    for (const mutant of Object.keys(perTest[test] ?? {})) (byMutant[mutant] ??= []).push(index);
  return { tests, byMutant };
}

/**
 * The tests that reach code next to a mutant which others do not reach: those that enter the `if` whose condition it
 * changes, say. What few tests reach and what is close come first.
 */
export function tellingTests({ tests, byMutant }: Reach, mutant: string): readonly string[] {
  const id = Number(mutant);
  const own = new Set(byMutant[mutant]);
  const near = Array.from({ length: 2 * neighbours + 1 }, (_, index) => index - neighbours)
    .map((offset) => ({ offset, who: (byMutant[String(id + offset)] ?? []).filter((test) => own.has(test)) }))
    .filter(({ who }) => who.length > 0 && who.length < own.size)
    .toSorted(
      (one, other) => one.who.length * Math.abs(one.offset) - other.who.length * Math.abs(other.offset),
    );
  return [...new Set(near.flatMap(({ who }) => who))].flatMap((test) => tests[test] ?? []);
}
