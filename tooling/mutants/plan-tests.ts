import { dirname, resolve } from 'node:path';
import type { TestsOfFile } from './orders.ts';

/** How long each test took without a mutant, in milliseconds, by its id: `FILE#ID`, with the path from the package. */
export type UsualTimes = Readonly<Record<string, number>>;

export interface TestsToPlan {
  /** The ids of the tests that reach the mutant. */
  readonly tests: readonly string[];
  /** Those that killed mutants nearby lately, the latest first. */
  readonly killers: readonly string[];
  /** The file that has the mutant, from the package. */
  readonly source: string;
  readonly usualMs: UsualTimes;
  /** The tests of one mutant take no longer than that all together, except that one always runs. */
  readonly mostMs: number;
}

/** What vitest itself does for a test, about. */
const overheadMs = 1;

/** The tests of one mutant in the order in which they are likely to notice it, quick ones first. */
export function planTests({ tests, killers, source, usualMs, mostMs }: TestsToPlan): readonly TestsOfFile[] {
  const timeOf = (test: string) => (usualMs[test] ?? 0) + overheadMs;
  const first = killers.filter((test) => tests.includes(test));
  const rest = tests.filter((test) => !first.includes(test)).toSorted((a, b) => timeOf(a) - timeOf(b));
  const groups = [...first.map((test) => [test]), ...byFile(rest, source, timeOf)];
  let leftMs = mostMs;
  return groups.flatMap((group, index) => {
    const chosen = group.filter((test, at) => {
      const isChosen = timeOf(test) <= leftMs || (index === 0 && at === 0);
      if (isChosen) leftMs -= timeOf(test);
      return isChosen;
    });
    const [one] = chosen;
    if (one === undefined) return [];
    return [
      {
        file: resolve(fileOf(one)),
        ids: chosen.map((test) => test.slice(fileOf(test).length + 1)),
        // A busy machine takes longer than usual; and where nothing comes any more, the limit is what a mutant costs.
        limitMs: 1000 + 5 * Math.max(...chosen.map(timeOf)),
      },
    ];
  });
}

export function fileOf(test: string): string {
  return test.slice(0, test.lastIndexOf('#'));
}

/** The test beside the source first, then those of its folder, then the others; the quickest first. */
function byFile(
  tests: readonly string[],
  source: string,
  timeOf: (test: string) => number,
): readonly (readonly string[])[] {
  const nearness = (file: string) => {
    if (file.startsWith(source.replace(/\.ts$/, '.'))) return 0;
    return dirname(file) === dirname(source) ? 1 : 2;
  };
  return [...Map.groupBy(tests, fileOf)]
    .map(([file, group]) => ({ group, near: nearness(file), ms: sum(group.map(timeOf)) }))
    .toSorted((one, other) => one.near - other.near || one.ms - other.ms)
    .map(({ group }) => group);
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((all, one) => all + one, 0);
}
