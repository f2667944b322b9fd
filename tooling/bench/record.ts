import { appendFileSync } from 'node:fs';
import process from 'node:process';
import { linesOf, type Measurement } from './measurement.ts';

export type { Measurement } from './measurement.ts';

/** Prints a measurement, and hands it to `pnpm bench` when that runs the benchmark. */
export function record(measurement: Measurement): void {
  for (const line of linesOf(measurement)) console.log(line);
  const { BENCH_RESULTS: file } = process.env;
  if (file !== undefined) appendFileSync(file, `${JSON.stringify(measurement)}\n`);
}

/** The middle one of several samples. */
export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}
