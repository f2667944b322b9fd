import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { startRedis } from '../../test/redis-server.ts';
import { plot } from '../oracle/plot.ts';
import { contestantNames } from './contestants.ts';
import type { ContestantName } from './contestants.ts';
import type { ReplicaOrder, ReplicaReport } from './replica.ts';
import { highestMinute, perMinute } from './service.ts';

// Processes that share a limit through a real Redis, in real time, all contestants side by side. `MINUTES`, `REPLICAS`
// and `SEED` change the run; `--write` keeps the table and the plot in docs/benchmarks.

const minutes = Number(process.env['MINUTES'] ?? 4);
const replicas = Number(process.env['REPLICAS'] ?? 4);
const seed = Number(process.env['SEED'] ?? 7);
const tpm = 60_000;
const tokens = 123;
const loads = [0.3, 0.6, 1.2];
const colours: Readonly<Record<ContestantName, string>> = {
  aoai: '#0b6e4f',
  'one script per call': '#f4b942',
  'rate-limiter-flexible': '#c1432e',
};

const script = fileURLToPath(new URL('replica.ts', import.meta.url));
const servers = await Promise.all(contestantNames.map(() => startRedis()));
const children = contestantNames.map(() =>
  Array.from({ length: replicas }, () => fork(script, { execArgv: ['--conditions=@aoai/source'] })),
);
await Promise.all(children.flat().map((child) => once(child, 'message')));
const startMs = Date.now() + 500;
const untilMs = startMs + minutes * 60_000;
const rates = Object.fromEntries(
  loads.map((load) => [`load-${load}`, (load * tpm) / tokens / 60 / replicas]),
);

async function answered(child: ChildProcess, order: ReplicaOrder): Promise<ReplicaReport> {
  const report = once(child, 'message');
  child.send(order);
  const [answer] = (await report) as [ReplicaReport];
  return answer;
}

const reports = await Promise.all(
  contestantNames.map((name, place) =>
    Promise.all(
      (children[place] ?? []).map((child, number) =>
        answered(child, {
          url: servers[place]?.url ?? '',
          name,
          tpm,
          tokens,
          seed: seed + number,
          rates,
          startMs,
          untilMs,
        }),
      ),
    ),
  ),
);
await Promise.all(servers.map((server) => server.stop()));

/** Figures of one contestant at one load. The first minute fills the window and is left out. */
function figuresOf(
  of: readonly ReplicaReport[],
  load: number,
): { use: number; highest: number; commands: number } {
  const each = of.map((report) => report[`load-${load}`]).filter((report) => report !== undefined);
  const sent = each
    .flatMap(({ takenAtMs }) => takenAtMs)
    .sort((a, b) => a - b)
    .map((atMs) => ({ atMs, tokens }));
  const commands = each.reduce((sum, report) => sum + report.commands, 0);
  return {
    use: perMinute(sent, startMs + 60_000, untilMs) / tpm,
    highest: highestMinute(sent, startMs, untilMs) / tpm,
    commands: commands / Math.max(1, sent.length),
  };
}

const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;
const figures = contestantNames.map((name, place) => ({
  name,
  colour: colours[name],
  all: loads.map((load) => figuresOf(reports[place] ?? [], load)),
}));
const rows = loads.flatMap((load, place) =>
  figures.map(({ name, all }) => {
    const { use = 0, highest = 0, commands = 0 } = all[place] ?? {};
    return [String(load), name, percent(use), percent(highest), commands.toFixed(2)];
  }),
);
const columns = ['load', 'policy', 'used, of the limit', 'most in any 60 s', 'commands per call'];
const table = [columns, columns.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n');
process.stdout.write(`${table}\n`);

if (process.argv.includes('--write')) {
  const series = (value: (all: { use: number; highest: number; commands: number }) => number) =>
    figures.map(({ name, colour, all }) => ({ name, colour, values: all.map(value) }));
  const groups = loads.map((load) => `load ${load}`);
  const image = plot(groups, [
    {
      title: 'Used, % of the limit',
      top: 110,
      format: (value) => value.toFixed(0),
      series: series(({ use }) => 100 * use),
    },
    {
      title: 'Most in any 60 s, % of the limit',
      top: 220,
      format: (value) => value.toFixed(0),
      series: series(({ highest }) => 100 * highest),
    },
    {
      title: 'Commands per answered call',
      top: 2,
      format: (value) => value.toFixed(2),
      series: series(({ commands }) => commands),
    },
  ]);
  const docs = new URL('../../../../docs/benchmarks/', import.meta.url);
  await writeFile(new URL('fleet.svg', docs), image);
  await writeFile(new URL('fleet.md', docs), page());
}

function page(): string {
  return `# A fleet that shares one limit

${replicas} processes share ${tpm.toLocaleString('en')} tokens a minute through one Redis, for ${minutes} minutes in real time. Calls
arrive at random (Poisson, seed ${seed}) and take ${tokens} tokens each: a prompt of one word with \`max_tokens\` 100. Each process keeps a line
for calls that have to wait. The policies run at the same time on the same machine, each with a Redis of its own. A script is one
command, whatever it does. The first minute, in which the window fills, does not count as use.

${table}

![The same as a plot](fleet.svg)

- *one script per call* is a window of a minute in one hash, asked for every call: what many services write for themselves. It has
  neither circuits nor parking nor a word for a store that is away.
- *rate-limiter-flexible* counts a window that begins with its first call: two of them side by side let nearly twice the limit through
  within a minute, which the service answers with 429 if its own window begins elsewhere. An attempt that it refuses is counted, too.
- \`redisQuota\` takes a lease while at least 30 % is free: what it expects to use within up to 30 s. Beyond that each call is one script.

Seeds, outages, failovers to an empty server, uneven load and services that count less than the estimate run on a virtual clock over the
same scripts (\`bench/fleet/simulate.ci.test.ts\`).

Made by \`pnpm --filter @aoai/client bench:fleet --write\`.
`;
}
