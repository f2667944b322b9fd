// What a caller waits for and what a process keeps: time to the first token, heap over many calls, import to first
// answer. `pnpm --filter @aoai/client bench:patience`, after a build (the import is measured on what is published).
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { median } from '@aoai/bench';
import type OpenAI from 'openai';
import { measuredCallers } from './measured-callers.ts';

const run = promisify(execFile);
const here = (name: string) => fileURLToPath(new URL(name, import.meta.url));

const { server, endpoint, sdk, azure } = await measuredCallers();
const messages = [{ role: 'user' as const, content: 'Hello' }];
let missed = 0;

function report(what: string, said: string, isOk: boolean): void {
  if (!isOk) missed += 1;
  console.log(`${what.padEnd(34)} ${said}  ${isOk ? 'ok' : 'MISSED'}`);
}

async function firstToken(client: OpenAI): Promise<number> {
  const startedMs = performance.now();
  let tookMs = NaN;
  const stream = await client.chat.completions.create({ model: 'chat', messages, stream: true });
  for await (const chunk of stream) {
    // The first event of Azure has no choices: nothing to show yet.
    if (Number.isNaN(tookMs) && chunk.choices.length > 0) tookMs = performance.now() - startedMs;
  }
  return tookMs;
}

const tokens: Record<'theirs' | 'ours', number[]> = { theirs: [], ours: [] };
for (let round = 0; round < 400; round += 1) {
  const [theirs, ours] = [await firstToken(sdk), await firstToken(azure.sdk)];
  if (round < 100) continue;
  tokens.theirs.push(theirs);
  tokens.ours.push(ours);
}
const [theirToken, ourToken] = [median(tokens.theirs), median(tokens.ours)];
report(
  'time to the first token, ms',
  `SDK ${theirToken.toFixed(2)}  ours ${ourToken.toFixed(2)}`,
  ourToken <= theirToken,
);

async function heapAfter(calls: number): Promise<number> {
  let left = calls;
  const worker = async () => {
    while (left-- > 0) await azure.chat.completions.create({ model: 'chat', messages });
  };
  await Promise.all(Array.from({ length: 32 }, worker));
  globalThis.gc?.();
  globalThis.gc?.();
  return process.memoryUsage().heapUsed / 1_000_000;
}

if (globalThis.gc === undefined) console.log('heap: start with --expose-gc');
else {
  await heapAfter(20_000);
  const before = await heapAfter(10_000);
  const after = await heapAfter(100_000);
  report('heap over 100,000 calls, MB', `${before.toFixed(1)} to ${after.toFixed(1)}`, after - before < 2);
}

const starts: Record<'bare' | 'sdk' | 'ours', { cpu: number[]; wall: number[] }> = {
  bare: { cpu: [], wall: [] },
  sdk: { cpu: [], wall: [] },
  ours: { cpu: [], wall: [] },
};
// pnpm hands the source condition of the workspace to every process: what is published has to be without it.
const env = { ...process.env, NODE_OPTIONS: '' };
for (let round = 0; round < 9; round += 1) {
  for (const who of ['bare', 'sdk', 'ours'] as const) {
    const startedMs = performance.now();
    const { stdout } = await run(process.execPath, [here('first-answer.mjs'), who, endpoint], { env });
    starts[who].wall.push(performance.now() - startedMs);
    starts[who].cpu.push(Number(stdout));
  }
}
const cpu = (who: keyof typeof starts) => median(starts[who].cpu);
const wall = (who: keyof typeof starts) => median(starts[who].wall);
report(
  'import to first answer, CPU ms',
  `bare Node ${cpu('bare').toFixed(0)}  SDK ${cpu('sdk').toFixed(0)}  ours ${cpu('ours').toFixed(0)}  ratio ${(cpu('ours') / cpu('sdk')).toFixed(2)}  (wall ${wall('sdk').toFixed(0)} and ${wall('ours').toFixed(0)} ms)`,
  cpu('ours') <= 1.1 * cpu('sdk'),
);
await azure.close();
server.disconnect();
if (missed > 0) console.log(`${missed} of the targets missed`);
