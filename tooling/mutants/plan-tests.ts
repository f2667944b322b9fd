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

/** What vitest itself does for a test, about, and for a file of tests. */
const overheadMs = 1;
const fileOverheadMs = 10;

/**
 * The tests of one mutant in the order in which they are likely to notice it. Where there is no time for all of them, what
 * is near comes first, and of all other files some: the tests of one file are often blind to the same things.
 */
export function planTests({ tests, killers, source, usualMs, mostMs }: TestsToPlan): readonly TestsOfFile[] {
  const timeOf = (test: string) => (usualMs[test] ?? 0) + overheadMs;
  const first = killers.filter((test) => tests.includes(test));
  const rest = tests.filter((test) => !first.includes(test)).toSorted((a, b) => timeOf(a) - timeOf(b));
  const files = [...Map.groupBy(rest, fileOf)]
    .map(([file, group]) => ({ group, near: nearness(file, source), ms: sum(group.map(timeOf)) }))
    .toSorted((one, other) => one.near - other.near || one.ms - other.ms);
  const near = files.filter(({ near }) => near < 2).flatMap(({ group }) => group);
  const elsewhere = inTurns(files.filter(({ near }) => near === 2).map(({ group }) => group));
  let leftMs = mostMs;
  const isChosen = new Set<string>();
  const begun = new Set<string>();
  for (const test of [...first, ...near, ...elsewhere]) {
    const ms = timeOf(test) + (begun.has(fileOf(test)) ? 0 : fileOverheadMs);
    if (ms > leftMs && isChosen.size > 0) continue;
    leftMs -= ms;
    isChosen.add(test);
    begun.add(fileOf(test));
  }
  return [...first.map((test) => [test]), ...files.map(({ group }) => group)].flatMap((group) => {
    const chosen = group.filter((test) => isChosen.has(test));
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

/** 0 for the test beside the source, 1 for those of its folder, 2 for the others. */
function nearness(file: string, source: string): 0 | 1 | 2 {
  if (file.startsWith(source.replace(/\.ts$/, '.'))) return 0;
  return dirname(file) === dirname(source) ? 1 : 2;
}

/** The first of each group, then the second of each, and so on. */
function inTurns(groups: readonly (readonly string[])[]): readonly string[] {
  const turns = Math.max(0, ...groups.map(({ length }) => length));
  return Array.from({ length: turns }, (_, turn) => groups.flatMap((group) => group[turn] ?? [])).flat();
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((all, one) => all + one, 0);
}
