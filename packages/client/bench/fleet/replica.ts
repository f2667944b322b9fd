// One replica as a process of its own: calls that arrive at random, in a line for each target, for as long as it is told.
import { createClient } from '@redis/client';
import { setTimeout as sleep } from 'node:timers/promises';
import { seeded } from '../oracle/random.ts';
import { contestants } from './contestants.ts';
import type { ContestantName } from './contestants.ts';

/** What a replica is to do. */
export interface ReplicaOrder {
  readonly url: string;
  readonly name: ContestantName;
  readonly tpm: number;
  readonly tokens: number;
  readonly seed: number;
  /** Calls a second, by target. */
  readonly rates: Readonly<Record<string, number>>;
  readonly startMs: number;
  readonly untilMs: number;
}

/** What it did, by target. */
export type ReplicaReport = Readonly<
  Record<string, { readonly takenAtMs: number[]; readonly commands: number; readonly calls: number }>
>;

process.once('message', (order: ReplicaOrder) => {
  void run(order).then((report) => {
    process.send?.(report, () => {
      process.disconnect();
    });
  });
});
process.send?.('ready');

async function run({
  url,
  name,
  tpm,
  tokens,
  seed,
  rates,
  startMs,
  untilMs,
}: ReplicaOrder): Promise<ReplicaReport> {
  const redis = await createClient({ url }).connect();
  const random = seeded(seed);
  const reports = await Promise.all(
    Object.entries(rates).map(async ([target, rate]) => {
      const report = { takenAtMs: [] as number[], commands: 0, calls: 0 };
      const contestant = contestants[name]({ redis, tpm, onCommand: () => (report.commands += 1) });
      let line: Promise<void> = Promise.resolve();
      const call = async (): Promise<void> => {
        for (;;) {
          const waitMs = await contestant.take(target, tokens);
          if (Date.now() >= untilMs) return;
          if (waitMs === 0) break;
          await sleep(Math.min(waitMs, untilMs - Date.now()));
        }
        report.takenAtMs.push(Date.now());
        void sleep(300 + random() * 700).then(() => contestant.done(target));
      };
      let atMs = startMs;
      for (;;) {
        atMs += (-Math.log(1 - random()) / rate) * 1_000;
        if (atMs >= untilMs) break;
        await sleep(Math.max(0, atMs - Date.now()));
        report.calls += 1;
        line = line.then(call);
      }
      await line;
      await sleep(1_100);
      await contestant.close();
      return [target, report] as const;
    }),
  );
  redis.destroy();
  return Object.fromEntries(reports);
}
