// CPU of one decision about quota: reserve an estimate and settle it with what was used, beside a limiter of general use.
// `pnpm --filter @aoai/client bench`.
import { median, record } from '@aoai/bench';
import { RateLimiterMemory } from 'rate-limiter-flexible';
import { memoryQuota } from '../src/quota/memory-quota.ts';

const rounds = Number(process.env['BENCH_ROUNDS'] ?? 9);
const times = 100_000;
const keys = Array.from({ length: 8 }, (_, index) => `contoso-${index}.openai.azure.com/chat`);
const tpm = Number.MAX_SAFE_INTEGER;

const quota = memoryQuota();
const circuit = { failures: 5, window: 8, openMs: 1_000, maxOpenMs: 60_000 };
const targets = keys.map((key) => ({ key, limits: { tpm, rpm: tpm }, provisioned: false, circuit }));
const limiter = new RateLimiterMemory({ points: tpm, duration: 60 });

/** Each admits all: what is measured is the decision, with the tokens corrected afterwards. */
const subjects: Readonly<Record<string, (turn: number) => unknown>> = {
  aoai(turn) {
    const target = targets[turn % targets.length];
    if (target === undefined) return undefined;
    const grant = quota.reserve(target, { input: 900, output: 100 });
    if (grant instanceof Promise || !grant.ok) throw new Error('The quota in memory has to admit at once.');
    return quota.settle(grant, { result: 'ok', tokens: { input: 900, output: 40 } });
  },
  async 'rate-limiter-flexible'(turn) {
    const key = keys[turn % keys.length] ?? '';
    await limiter.consume(key, 1_000);
    return limiter.reward(key, 60);
  },
};

const samples: Record<string, number[]> = {};
for (let round = -2; round < rounds; round += 1) {
  for (const [name, decide] of Object.entries(subjects)) {
    const before = process.cpuUsage();
    for (let turn = 0; turn < times; turn += 1) {
      const decided = decide(turn);
      if (decided instanceof Promise) await decided;
    }
    const { user, system } = process.cpuUsage(before);
    if (round >= 0) (samples[name] ??= []).push(((user + system) * 1_000) / times);
  }
}
record({
  what: 'decision about quota: reserve, then settle',
  unit: 'ns of CPU per decision',
  ours: 'aoai',
  values: Object.fromEntries(Object.entries(samples).map(([name, values]) => [name, median(values)])),
  // It counts tokens and requests, keeps a circuit and takes turns; the other counts points.
  atMost: { 'rate-limiter-flexible': 2.5 },
});
