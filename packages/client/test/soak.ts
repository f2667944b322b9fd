import { startMockAzure } from '@aoai/testing';
import fc from 'fast-check';
import { estate } from './estate.ts';
import { rawEstate, rawFaults, rawKinds } from './raw-faults.ts';
import { play, schedules } from './schedule.ts';

// Random schedules of faults, of the mock and of raw bytes, for `SOAK_SECONDS` (60), from `SEED` (the time). Prints what came of them, and fails when
// any call broke a rule or anything was left behind.

const seconds = Number(process.env['SOAK_SECONDS'] ?? 60);
const seed = Number(process.env['SEED'] ?? Date.now() % 2 ** 31);
const resources = (): string[] =>
  process.getActiveResourcesInfo().filter((name) => name === 'TCPSocketWrap' || name === 'Timeout');
const heapMb = (): number => {
  globalThis.gc?.();
  return process.memoryUsage().heapUsed / 2 ** 20;
};

const mock = await startMockAzure({ config: estate });
const raw = await rawEstate();
const totals = { schedules: 0, rawFaults: 0, calls: 0, attempts: 0, succeeded: 0, complaints: 0 };
const errors: Record<string, number> = {};
const heap: number[] = [];
const endMs = Date.now() + seconds * 1_000;

for (let round = 0; Date.now() < endMs; round += 1) {
  const found = await fc.check(
    fc.asyncProperty(schedules, async (schedule) => {
      const outcome = await play(mock, schedule);
      totals.schedules += 1;
      totals.calls += outcome.calls;
      totals.attempts += outcome.attempts;
      totals.succeeded += outcome.succeeded;
      for (const [name, count] of Object.entries(outcome.errors)) errors[name] = (errors[name] ?? 0) + count;
      if (outcome.complaints.length > 0) throw new Error(outcome.complaints.join('\n'));
    }),
    {
      numRuns: 100,
      seed: seed + round,
      endOnFailure: true,
      interruptAfterTimeLimit: Math.max(1, endMs - Date.now()),
    },
  );
  if (found.failed && found.counterexample !== null) {
    totals.complaints += 1;
    process.stdout.write(
      `seed ${seed + round}, path ${found.counterexamplePath}: ${String(found.errorInstance)}\n`,
    );
    process.stdout.write(`${fc.stringify(found.counterexample)}\n`);
  }
  const faults = fc.tuple(fc.constantFrom(...rawKinds), rawFaults);
  for (const [kind, fault] of fc.sample(faults, { numRuns: 100, seed: seed + round })) {
    totals.rawFaults += 1;
    const complaints = await raw.play(kind, fault);
    if (complaints.length === 0) continue;
    totals.complaints += 1;
    process.stdout.write(`${complaints.join('\n')} for ${JSON.stringify(fault)}\n`);
  }
  mock.reset();
  heap.push(heapMb());
}
await mock.close();
await raw.close();
// Connections that both sides have closed leave within a few turns.
for (let turn = 0; turn < 50 && resources().length > 0; turn += 1) {
  await new Promise((resolve) => setTimeout(resolve, 20));
}
const left = resources();
const line = (name: string, value: unknown): string => `${name.padEnd(24)}${String(value)}\n`;
process.stdout.write(
  [
    line('seed', seed),
    line('schedules', totals.schedules),
    line('faults of raw bytes', totals.rawFaults),
    ...Object.entries(raw.outcomes).map(([name, count]) => line(`  ${name}`, count)),
    line('calls', totals.calls),
    line('attempts', totals.attempts),
    line('succeeded', totals.succeeded),
    ...Object.entries(errors)
      .sort(([, a], [, b]) => b - a)
      .map(([name, count]) => line(`  ${name}`, count)),
    line('rules broken', totals.complaints),
    line('sockets and timers left', left.length === 0 ? 'none' : left.join(', ')),
    line('heap, MB', heap.map((value) => value.toFixed(1)).join(' ')),
  ].join(''),
);
process.exitCode = totals.complaints > 0 || left.length > 0 ? 1 : 0;
