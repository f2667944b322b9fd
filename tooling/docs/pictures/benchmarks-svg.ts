import { xml } from './xml.ts';

/** One comparison: how the bars are called, and which cells of a table of `docs/benchmarks/` they show. */
interface Panel {
  readonly title: string;
  readonly note: string;
  readonly bars: readonly { readonly name: string; readonly value: number; readonly shown: string }[];
}

/** The Markdown of the pages that have the figures. */
export interface BenchmarkPages {
  readonly oracle: string;
  readonly latency: string;
  readonly cost: string;
}

const ours = '#0e7c66';
const others = '#b9c0ca';
const width = 880;

/** The benchmarks in one picture: three comparisons, with the figures of the tables. */
export function benchmarksSvg(pages: BenchmarkPages): string {
  const panels = [wasted(pages.oracle), slowRegion(pages.latency), cost(pages.cost)];
  let y = 0;
  const drawn = panels.map((panel) => {
    const group = `<g transform="translate(0 ${y})">${draw(panel)}</g>`;
    y += 62 + panel.bars.length * 26;
    return group;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${y + 12}" viewBox="0 0 ${width} ${y + 12}" role="img" aria-label="${xml(panels.map(({ title }) => title).join('. '))}">
<style>text { font: 14px system-ui, 'Segoe UI', Helvetica, Arial, sans-serif; fill: #24292f; } .title { font-weight: 600; font-size: 15px; } .note { fill: #57606a; font-size: 12.5px; }</style>
<rect width="${width}" height="${y + 12}" rx="10" fill="#ffffff" stroke="#d0d7de"/>
${drawn.join('\n')}
</svg>
`;
}

function draw({ title, note, bars }: Panel): string {
  const most = Math.max(...bars.map(({ value }) => value));
  const rows = bars.map(({ name, value, shown }, index) => {
    const y = 54 + index * 26;
    const length = Math.max(2, (value / most) * 420);
    return (
      `<text x="24" y="${y + 13}">${xml(name)}</text>` +
      `<rect x="270" y="${y}" width="${length.toFixed(0)}" height="18" rx="3" fill="${name.startsWith('aoai') ? ours : others}"/>` +
      `<text x="${(278 + length).toFixed(0)}" y="${y + 13}">${xml(shown)}</text>`
    );
  });
  return `<text class="title" x="24" y="26">${xml(title)}</text><text class="note" x="24" y="44">${xml(note)}</text>${rows.join('')}`;
}

function wasted(page: string): Panel {
  const row = (name: string, policy: string) => {
    const shown = cell(page, ['0.97', policy], 4);
    return { name, value: Number.parseFloat(shown), shown };
  };
  return {
    title: 'Attempts that were answered 429',
    note: 'Three regions and provisioned throughput at 97 % of their quota. Less is better.',
    bars: [
      row('openai SDK, one deployment', 'SDK, one deployment'),
      row('openai SDK, round robin', 'SDK, round robin'),
      row('failover with cooldowns', 'fail over with cooldown memory'),
      row('aoai, limits not configured', 'aoai, limits unknown'),
    ],
  };
}

function slowRegion(page: string): Panel {
  const row = (name: string, policy: string) => {
    const shown = cell(page, [policy], 2);
    const ratio = /\(([\d.]+) ×\)/.exec(shown)?.[1] ?? '';
    return { name, value: Number(ratio), shown: `${ratio} × the best possible` };
  };
  return {
    title: 'p95 when the nearest region gets twelve times slower',
    note: 'Beside an oracle that always knows which region is fastest. Less is better.',
    bars: [
      row('openai SDK, first region', 'SDK, first region'),
      row('openai SDK, round robin', 'SDK, round robin'),
      row('aoai', 'aoai, one tier'),
    ],
  };
}

function cost(page: string): Panel {
  const at = ['JSON call, 16 in flight'];
  const bar = (name: string, column: number) => {
    const shown = cell(page, at, column);
    return { name, value: Number.parseFloat(shown), shown };
  };
  return {
    title: 'CPU of your process for one call',
    note: 'A JSON call, 16 in flight, the same server. Less is better.',
    bars: [bar('openai SDK', 1), bar('aoai', 2)],
  };
}

/** A cell of the first row of a page whose first cells are these. */
function cell(page: string, first: readonly string[], column: number): string {
  const rows = page.split('\n').map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((each) => each.trim()),
  );
  const found = rows.find((cells) => first.every((text, index) => cells[index] === text));
  const text = found?.[column];
  if (text === undefined) throw new Error(`docs/benchmarks has no row ${JSON.stringify(first)} any more.`);
  return text;
}
