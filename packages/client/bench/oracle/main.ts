import { writeFile } from 'node:fs/promises';
import { plot } from './plot.ts';
import { failOver, oracle, ours, sdkAlone } from './policies.ts';
import type { Policy, PolicyContext } from './policies.ts';
import { simulate } from './simulate.ts';
import type { Figures, Simulation } from './simulate.ts';

// Compares policies with one that knows every bucket of the service. `MINUTES`, `DEADLINE_MS` and `SEED` change the
// run; `--write` keeps the table and the plot in docs/benchmarks.

interface Contestant {
  readonly name: string;
  readonly colour: string;
  readonly policy: (context: PolicyContext) => Policy;
  readonly headers?: NonNullable<Simulation['headers']>;
}

const contestants: readonly Contestant[] = [
  { name: 'oracle', colour: '#444444', policy: oracle },
  { name: 'aoai, limits in the config', colour: '#0b6e4f', policy: (context) => ours(context, true) },
  { name: 'aoai, limits unknown', colour: '#2fa37c', policy: (context) => ours(context, false) },
  {
    name: 'aoai, limits unknown, answers without limit headers',
    colour: '#8fd3b9',
    policy: (context) => ours(context, false),
    headers: '2024',
  },
  { name: 'fail over with cooldown memory', colour: '#f4b942', policy: (context) => failOver(context, true) },
  { name: 'fail over without memory', colour: '#e8871e', policy: (context) => failOver(context, false) },
  {
    name: 'SDK, round robin',
    colour: '#c1432e',
    policy: (context) => sdkAlone(context, ['large', 'middle', 'small', 'ptu']),
  },
  { name: 'SDK, one deployment', colour: '#7a1f2b', policy: (context) => sdkAlone(context, ['large']) },
];

const loads = [0.8, 0.97, 1.2];
const minutes = Number(process.env['MINUTES'] ?? 10);
const deadlineMs = Number(process.env['DEADLINE_MS'] ?? 60_000);
const seed = Number(process.env['SEED'] ?? 7);

const results = new Map<Contestant, Figures[]>();
for (const contestant of contestants) {
  const figures: Figures[] = [];
  for (const load of loads) {
    const headers = contestant.headers === undefined ? undefined : { headers: contestant.headers };
    figures.push(await simulate(contestant.policy, { load, minutes, seed, deadlineMs, ...headers }));
  }
  results.set(contestant, figures);
}
const best = [...results.values()][0] ?? [];

const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;
const seconds = (ms: number): string => (ms / 1_000).toFixed(2);
const columns = [
  'load',
  'policy',
  'succeed',
  'goodput',
  'wasted',
  'p50 s',
  'p95 s',
  'p95 × oracle',
  'hints violated',
];
const rows = loads.flatMap((load, index) =>
  [...results].map(([{ name }, all]) => {
    const figures = all[index];
    const ideal = best[index];
    if (figures === undefined || ideal === undefined) return [];
    return [
      String(load),
      name,
      percent(figures.succeeded / figures.jobs),
      percent(figures.goodput / ideal.goodput),
      percent(figures.wasted),
      seconds(figures.p50Ms),
      seconds(figures.p95Ms),
      (figures.p95Ms / ideal.p95Ms).toFixed(2),
      String(figures.violations),
    ];
  }),
);
const table = [columns, columns.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n');
const sliding = await slidingTable();
process.stdout.write(`${table}\n\n${sliding}\n`);

if (process.argv.includes('--write')) {
  const series = (value: (figures: Figures, index: number) => number) =>
    [...results].map(([{ name, colour }, all]) => ({ name, colour, values: all.map(value) }));
  const image = plot(
    loads.map((load) => `load ${load}`),
    [
      {
        title: 'Calls that succeed within the deadline, %',
        top: 110,
        format: (value) => value.toFixed(0),
        series: series(({ succeeded, jobs }) => (100 * succeeded) / jobs),
      },
      {
        title: 'Attempts wasted on a 429, %',
        top: 110,
        format: (value) => value.toFixed(1),
        series: series(({ wasted }) => 100 * wasted),
      },
      {
        title: 'Time to the answer, p95, seconds',
        top: 66,
        format: (value) => value.toFixed(1),
        series: series(({ p95Ms }) => p95Ms / 1_000),
      },
    ],
  );
  const docs = new URL('../../../../docs/benchmarks/', import.meta.url);
  await writeFile(new URL('oracle.svg', docs), image);
  await writeFile(new URL('oracle.md', docs), page(table));
}

/** The same where the service counts the last minute, whenever that is: nothing may depend on windows that begin. */
async function slidingTable(): Promise<string> {
  const lines = [['load', 'policy', 'succeed', 'wasted', 'p50 s', 'p95 s', 'hints violated']];
  lines.push(lines[0]?.map(() => '---') ?? []);
  for (const load of loads) {
    for (const { name, policy, headers } of contestants.slice(1, 4)) {
      const options = { load, minutes, seed, deadlineMs, windows: 'sliding' as const };
      const figures = await simulate(policy, headers === undefined ? options : { ...options, headers });
      lines.push([
        String(load),
        name,
        percent(figures.succeeded / figures.jobs),
        percent(figures.wasted),
        seconds(figures.p50Ms),
        seconds(figures.p95Ms),
        String(figures.violations),
      ]);
    }
  }
  return lines.map((row) => `| ${row.join(' | ')} |`).join('\n');
}

function page(figures: string): string {
  return `# Against an oracle

An estate of three pay-as-you-go deployments (53, 25 and 10 % of its quota) and a provisioned one (12 %), with the limits
of the mock: tokens in windows of a minute, a leaky bucket for the provisioned one. Calls arrive at random (Poisson, seed
${seed}) for ${minutes} minutes at 0.8, 0.97 and 1.2 times what the estate can take, with prompts and answers of
log-normal size, and a deadline of ${deadlineMs / 1_000} s. The oracle knows every bucket at every moment and sends what
fits, in the order of arrival. Everything runs on a virtual clock; the rows of this package are the package itself, from
\`azure.fetch\` down, over a simulated network.

*Wasted* are attempts that were answered with 429. *Goodput* is the tokens of the calls that succeeded, against the
oracle's. A hint is violated by an attempt that is sent before the time that an answer had named.

${figures}

![The same as a plot](oracle.svg)

Azure does not say whether its minute begins at a fixed time or is always the last one. The mock has fixed windows. The same
estate with windows that slide:

${sliding}

Made by \`pnpm --filter @aoai/client simulate --write\`.
`;
}
