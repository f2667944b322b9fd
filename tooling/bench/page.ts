import { comparisonsOf, noise, shown, type Measurement } from './measurement.ts';

/** Where and with what the figures were made. */
export interface Circumstances {
  /** What was run. */
  readonly command: string;
  readonly date: string;
  readonly node: string;
  readonly processors: string;
  /** Processes that wanted a processor, on average of the last quarter of an hour. */
  readonly load: number;
  /** Version by package. */
  readonly versions: Readonly<Record<string, string>>;
}

/** The page of figures. */
export function pageOf(measurements: readonly Measurement[], circumstances: Circumstances): string {
  const { command, date, node, processors, load, versions } = circumstances;
  const measured = Object.entries(versions).map(([name, version]) => `\`${name}\` ${version}`);
  return `# Beside its peers

![Ours and the peers of the same run](peers.svg)

Every figure of a row comes from the same run: the subjects did the same work in turns, so that whatever else the machine did met all alike.
Values are medians of the rounds, after rounds that warm up. CPU is user and system time of the process that is measured
(\`process.cpuUsage\`); what it talks to runs in a process of its own. A ratio is ours over the peer: less is better for us.

Made on ${date} by \`${command}\` on ${node}, ${processors}, at a load
average of ${load.toFixed(1)}; figures of a quieter machine are in [cost](cost.md). Versions: ${measured.join(', ')}.
\`pnpm bench --check\` fails when a ratio is more than ${noise * 100} % above its bound.

${measurements.map(section).join('\n\n')}

${published}`;
}

/** What gateways say about themselves: a hop more than a library has, and not measured here. */
const published = `## Published, not measured here

Gateways are a hop of their own, and do more than a client. These are their own figures, as they publish them:

| Gateway | Its figure | Where |
| --- | --- | --- |
| LiteLLM proxy | request latency of 31 ms (p50) and 54 ms (p95) at 3,000 requests a second on 33 pods, over a mock model | [docs.litellm.ai/docs/benchmarks](https://docs.litellm.ai/docs/benchmarks), 2026-10-12 |
| Portkey | 20 to 40 ms added to a direct call | [portkey.ai/docs](https://portkey.ai/docs/aigw/introduction/welcome), read on 2026-11-29 |
`;

function section(measurement: Measurement): string {
  const { what, unit, ours, values } = measurement;
  const own = `| **${ours}** | ${shown(values[ours] ?? Number.NaN)} | | |`;
  const rows = comparisonsOf(measurement).map(
    ({ peer, ratio, atMost }) =>
      `| ${peer} | ${shown(values[peer] ?? Number.NaN)} | ${shown(ratio)} | ${atMost === undefined ? '' : shown(atMost)} |`,
  );
  return [
    `## ${what}`,
    '',
    `| | ${unit} | ratio | bound |`,
    '| --- | ---: | ---: | ---: |',
    own,
    ...rows,
  ].join('\n');
}
