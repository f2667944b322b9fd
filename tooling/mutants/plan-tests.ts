import { dirname, resolve } from 'node:path';
import type { TestsOfFile } from './orders.ts';

/** How long each test took without a mutant, in milliseconds, by its id: `FILE#ID`, with the path from the package. */
export type UsualTimes = Readonly<Record<string, number>>;

export interface TestsToPlan {
  /** The ids of the tests that reach the mutant. */
  readonly tests: readonly string[];
  /** Those that killed mutants nearby lately, the latest first. */
  readonly killers: readonly string[];
  /** Those that reach code next to it which others do not reach, the best first. */
  readonly telling: readonly string[];
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
 * The tests of one mutant in the order in which they are likely to notice it. Where there is no time for all of them, half
 * of it is for what tells most, the rest for what is near, and then for as many others as possible.
 */
export function planTests({
  tests,
  killers,
  telling,
  source,
  usualMs,
  mostMs,
}: TestsToPlan): readonly TestsOfFile[] {
  const timeOf = (test: string) => (usualMs[test] ?? 0) + overheadMs;
  const reaching = new Set(tests);
  const isChosen = new Set<string>();
  const begun = new Set<string>();
  let leftMs = mostMs;
  /** Takes the tests that there is time for, all but so much of it. */
  const choose = (group: readonly string[], keptMs: number) =>
    group.filter((test) => {
      if (!reaching.has(test) || isChosen.has(test)) return false;
      const ms = timeOf(test) + (begun.has(fileOf(test)) ? 0 : fileOverheadMs);
      // One runs in any case.
      if (ms > leftMs - keptMs && (keptMs > 0 || isChosen.size > 0)) return false;
      leftMs -= ms;
      isChosen.add(test);
      begun.add(fileOf(test));
      return true;
    });
  const first = choose(killers, 0);
  const best = choose(telling, mostMs / 2);
  const quickFirst = tests.toSorted((one, other) => timeOf(one) - timeOf(other));
  const rest = [0, 1, 2].flatMap((near) =>
    choose(
      quickFirst.filter((test) => nearness(fileOf(test), source) === near),
      0,
    ),
  );
  const byFile = [best, rest].flatMap((group) => [...Map.groupBy(group, fileOf).values()]);
  return [...first.map((test) => [test]), ...byFile].map((group) => ({
    file: resolve(fileOf(group[0] ?? '')),
    ids: group.map((test) => test.slice(fileOf(test).length + 1)),
    // A busy machine takes longer than usual; and where nothing comes any more, the limit is what a mutant costs.
    limitMs: 1000 + 5 * Math.max(...group.map(timeOf)),
  }));
}

export function fileOf(test: string): string {
  return test.slice(0, test.lastIndexOf('#'));
}

/** 0 for the test beside the source, 1 for those of its folder, 2 for the others. */
function nearness(file: string, source: string): 0 | 1 | 2 {
  if (file.startsWith(source.replace(/\.ts$/, '.'))) return 0;
  return dirname(file) === dirname(source) ? 1 : 2;
}
