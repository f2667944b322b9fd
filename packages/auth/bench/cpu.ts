import { median } from '@aoai/bench';

/** One thing to measure: `run` does the work `times` times. */
export interface Candidate {
  readonly name: string;
  readonly run: (times: number) => void | Promise<void>;
}

/** The median CPU time (user and system) of one call of each candidate, in nanoseconds, measured in turns. */
export async function cpuPerCall(
  candidates: readonly Candidate[],
  { times, rounds }: { readonly times: number; readonly rounds: number },
): Promise<ReadonlyMap<string, number>> {
  const samples = new Map(candidates.map(({ name }) => [name, [] as number[]]));
  for (let round = 0; round <= rounds; round += 1) {
    for (const { name, run } of candidates) {
      const before = process.cpuUsage();
      await run(times);
      const { user, system } = process.cpuUsage(before);
      // The first round warms up.
      if (round > 0) samples.get(name)?.push(((user + system) * 1000) / times);
    }
  }
  return new Map([...samples].map(([name, values]) => [name, median(values)]));
}
