// CPU of a call through this client against the bare `openai` SDK: the same requests to the same server process,
// in turns, so that whatever else the machine does meets both alike. `pnpm --filter @aoai/client bench:cost`.
import { median, record } from '@aoai/bench';
import type OpenAI from 'openai';
import { measuredCallers } from './measured-callers.ts';

/** What is measured needs of a client. */
type Caller = Pick<OpenAI, 'chat'>;

interface Work {
  readonly name: string;
  readonly unit: string;
  readonly atMost: number;
  /** Does the work once and gives how many units it was: calls, or chunks. */
  run(caller: Caller, warmUp: boolean): Promise<number>;
}

const rounds = Number(process.env['BENCH_ROUNDS'] ?? 9);
const messages = [{ role: 'user' as const, content: 'What does the handbook say about travel? '.repeat(12) }];

async function json(caller: Caller, calls: number, concurrency: number): Promise<number> {
  let left = calls;
  const worker = async () => {
    while (left-- > 0) await caller.chat.completions.create({ model: 'chat', messages });
  };
  await Promise.all(Array.from({ length: concurrency }, worker));
  return calls;
}

async function stream(caller: Caller, calls: number, packets: boolean): Promise<number> {
  let left = calls;
  let chunks = 0;
  const headers = packets ? { 'x-bench-packets': '1' } : {};
  const worker = async () => {
    while (left-- > 0) {
      const request = { model: 'chat', messages, stream: true as const };
      for await (const chunk of await caller.chat.completions.create(request, { headers })) {
        chunks += chunk.created < 0 ? 0 : 1;
      }
    }
  };
  await Promise.all(Array.from({ length: packets ? 20 : 4 }, worker));
  return chunks;
}

const works: readonly Work[] = [
  ...[1, 16, 128].map((concurrency) => ({
    name: `JSON call, ${concurrency} in flight`,
    unit: 'call',
    atMost: concurrency === 1 ? 1 / 3 : 1 / 4,
    run: (caller: Caller, warmUp: boolean) => json(caller, warmUp ? 6000 : 3000, concurrency),
  })),
  {
    name: 'streamed chunk, in bursts',
    unit: 'chunk',
    atMost: 1 / 3,
    run: (caller, warmUp) => stream(caller, warmUp ? 120 : 60, false),
  },
  {
    name: 'streamed chunk, packet by packet',
    unit: 'chunk',
    atMost: 0.6,
    run: (caller, warmUp) => stream(caller, warmUp ? 120 : 60, true),
  },
];

const { server, sdk, azure } = await measuredCallers();
const callers: Readonly<Record<string, Caller>> = { aoai: azure.sdk, openai: sdk };

async function cpuOf(work: () => Promise<number>): Promise<number> {
  const before = process.cpuUsage();
  const units = await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / units;
}

const only = process.argv[2];
for (const work of works) {
  const { name, unit, atMost } = work;
  if (only !== undefined && !name.includes(only)) continue;
  for (const caller of Object.values(callers)) await work.run(caller, true);
  const costs: Record<string, number[]> = {};
  for (let round = 0; round < rounds; round += 1) {
    for (const [who, caller] of Object.entries(callers)) {
      (costs[who] ??= []).push(await cpuOf(() => work.run(caller, false)));
    }
  }
  record({
    what: name,
    unit: `µs of CPU per ${unit}`,
    ours: 'aoai',
    values: Object.fromEntries(Object.entries(costs).map(([who, values]) => [who, median(values)])),
    atMost: { openai: atMost },
  });
}
await azure.close();
server.disconnect();
