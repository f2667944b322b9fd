import type { Contestant } from './contestants.ts';
import type { Conversations } from './conversations.ts';
import { plot } from '../oracle/plot.ts';
import type { Shape } from './shapes.ts';
import type { Figures } from './simulate.ts';

/** What one policy made of one shape. */
export interface Row {
  readonly shape: Shape;
  readonly id: string;
  readonly contestant: Contestant;
  readonly figures: Figures;
}

/** What one placement made of conversations. */
export interface CacheRow {
  readonly talk: Conversations;
  readonly name: string;
  readonly cached: number;
  readonly peak: number;
}

interface Report {
  readonly rows: readonly Row[];
  readonly cacheRows: readonly CacheRow[];
  readonly seeds: readonly number[];
}

const percent = (share: number): string => (share * 100).toFixed(0);

/** Hedged policies are compared with the hedged oracle, the others with the plain one. */
function idealOf(rows: readonly Row[], { shape, id }: Row): Figures | undefined {
  const wanted = id === 'hedged' ? 'hedgedOracle' : 'oracle';
  return rows.find((row) => row.shape === shape && row.id === wanted)?.figures;
}

function tableOf(rows: readonly Row[]): string {
  const ratio = (value: number, ideal: number | undefined) =>
    ideal === undefined || ideal === 0 ? '' : ` (${(value / ideal).toFixed(2)} ×)`;
  const lines = rows.map((row) => {
    const { contestant, figures } = row;
    const ideal = idealOf(rows, row);
    const times = (['p50Ms', 'p95Ms', 'p99Ms'] as const).map(
      (key) => `${figures[key].toFixed(0)}${ratio(figures[key], ideal?.[key])}`,
    );
    const shares = figures.shares.map(percent).join('/');
    const after = figures.sharesAfter.map(percent).join('/');
    return `| ${contestant.name} | ${times.join(' | ')} | ${(figures.extra * 100).toFixed(1)} % | ${figures.failed} of ${figures.calls} | ${shares} | ${after} |`;
  });
  return [
    '| policy | p50 ms | p95 ms | p99 ms | extra attempts | failed | where attempts go, % | the same, late in the run |',
    '| --- | --- | --- | --- | --- | --- | --- | --- |',
    ...lines,
  ].join('\n');
}

function cacheTableOf(rows: readonly CacheRow[]): string {
  const talks = [...new Set(rows.map(({ talk }) => talk))];
  const names = [...new Set(rows.map(({ name }) => name))];
  const cell = (talk: Conversations, name: string) => {
    const row = rows.find((each) => each.talk === talk && each.name === name);
    return row === undefined ? '' : `${row.cached.toFixed(3)} (${row.peak.toFixed(2)})`;
  };
  return [
    `| conversations | ${names.join(' | ')} |`,
    `| --- | ${names.map(() => '---').join(' | ')} |`,
    ...talks.map(
      (talk) =>
        `| ${talk.count} of ${talk.turns} turns over ${talk.deployments} | ${names.map((name) => cell(talk, name)).join(' | ')} |`,
    ),
  ].join('\n');
}

/** The page of the documentation. */
export function page({ rows, cacheRows, seeds }: Report): string {
  const shapes = [...new Set(rows.map(({ shape }) => shape))];
  const sections = shapes.map(
    (shape) =>
      `## ${shape.title}\n\nRegions: ${shape.regions.map(({ name }) => name).join(', ')}.\n\n${tableOf(rows.filter((row) => row.shape === shape))}`,
  );
  const caches =
    cacheRows.length === 0
      ? []
      : [
          `## Conversations and the prompt cache

Share of the input tokens that came from a cache, and in brackets the calls of the busiest deployment over the mean.
Deployments are equal, each conversation begins with a document of its own, turns follow after some seconds. The caches are
simulated as Microsoft describes them: from 1,024 tokens on, in steps of 128, for ten minutes.

${cacheTableOf(cacheRows)}`,
        ];
  return `# How a deployment is chosen, measured

![p95 of each policy over that of the oracle](latency.svg)

The real client runs on a virtual clock over simulated regions: log-normal times (σ 0.4), 2 % of the answers ten times slower,
calls at random times. Each policy gets the same calls with the same luck. The oracle always knows which region is fastest now; the
hedged one sends 5 % of the calls twice. Medians over the seeds ${seeds.join(', ')}, ratios to the oracle of the same run (a hedged
policy to the hedged oracle). “better of two” is the rule that this package had before: free quota over an average that never
ages.

Made by \`pnpm --filter @aoai/client simulate:latency --write\`.

${[...sections, ...caches].join('\n\n')}
`;
}

/** p95 of the policies over the oracle's, by shape. */
export function plotOf(rows: readonly Row[]): string {
  const shapes = [...new Set(rows.map(({ shape }) => shape))];
  const names = [...new Set(rows.map(({ id }) => id))].filter((id) => !/oracle/i.test(id));
  const series = names.flatMap((id) => {
    const contestant = rows.find((row) => row.id === id)?.contestant;
    if (contestant === undefined) return [];
    const values = shapes.map((shape) => {
      const row = rows.find((each) => each.shape === shape && each.id === id);
      const ideal = row && idealOf(rows, row);
      return row === undefined || ideal === undefined || row.figures.failed > row.figures.calls / 2
        ? 0
        : row.figures.p95Ms / ideal.p95Ms;
    });
    return [{ name: contestant.name, colour: contestant.colour, values }];
  });
  const titles = shapes.map(({ title }) => title.split(/[:,]| from /)[0] ?? title);
  return plot(titles, [
    { title: 'p95 over the oracle’s (cut at 6)', top: 6, format: (value) => value.toFixed(1), series },
  ]);
}
