import type { EvaluationResult, EvaluationSummary } from './evaluate.ts';

/** A page about an evaluation, with two plots: where the right document was found, and how long answers took. */
export function reportPage(summary: EvaluationSummary, results: readonly EvaluationResult[]): string {
  const misses = results.filter(isMiss);
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Evaluation</title>
<style>
:root{color-scheme:light dark;font:16px/1.6 system-ui,sans-serif;background:light-dark(#faf9f6,#131619);color:light-dark(#1a1e22,#ebe9e4)}
body{max-width:56rem;margin:auto;padding:2rem 1rem}h1,h2{line-height:1.25}table{border-collapse:collapse;width:100%}
td,th{text-align:start;padding:.4rem .6rem;border-bottom:1px solid light-dark(#e3dfd6,#30353b);vertical-align:top}
.plots{display:grid;grid-template-columns:repeat(auto-fit,minmax(18rem,1fr));gap:1.5rem}figure{margin:0}figcaption{color:light-dark(#545b64,#a9aeb6)}
svg{width:100%}rect{fill:light-dark(#0b5d57,#7fd6cb)}text{fill:currentColor;font-size:11px}
.wide{overflow-x:auto}
</style></head><body>
<h1>Evaluation</h1>
<table><tbody>${figures(summary)
    .map(([name, value]) => `<tr><th scope="row">${name}</th><td>${value}</td></tr>`)
    .join('')}</tbody></table>
<div class="plots">
${plot('Place of the right document among the passages', ranks(results))}
${plot('Time of an answer in milliseconds', times(results))}
</div>
<h2>${misses.length === 0 ? 'Every question came out right' : 'What came out wrong'}</h2>
${misses.length === 0 ? '' : `<div class="wide"><table><thead><tr><th>Person</th><th>Question</th><th>Expected</th><th>Got</th></tr></thead><tbody>${misses.map(row).join('')}</tbody></table></div>`}
</body></html>
`;
}

/** The figures with their names, for a table. */
export function figures(summary: EvaluationSummary): [name: string, value: string][] {
  const percent = (share: number) => `${(share * 100).toFixed(0)} %`;
  return [
    ['Questions', String(summary.questions)],
    ['Recall@6', percent(summary.recall)],
    ['Recall@6 of paraphrases', percent(summary.recallOfParaphrases)],
    ['Mean reciprocal rank', summary.mrr.toFixed(2)],
    ['Answered when it should be', percent(summary.answered)],
    ['Refused when it should be', percent(summary.refusals)],
    ['Grounded sentences', percent(summary.groundedness)],
  ];
}

/** Whether a question did not come out as it should. */
export function isMiss({ source, state, rank, grounded }: EvaluationResult): boolean {
  if (source === undefined) return state !== 'not-found';
  return state !== 'answered' || rank === undefined || grounded < 1;
}

type Bar = readonly [label: string, count: number];

function ranks(results: readonly EvaluationResult[]): Bar[] {
  const withSource = results.filter(({ source }) => source !== undefined);
  const places = [1, 2, 3, 4, 5, 6].map((place): Bar => [
    String(place),
    withSource.filter(({ rank }) => rank === place).length,
  ]);
  return [...places, ['not', withSource.filter(({ rank }) => rank === undefined).length]];
}

function times(results: readonly EvaluationResult[]): Bar[] {
  const limits = [10, 30, 100, 300, 1000, 3000, Number.POSITIVE_INFINITY];
  return limits.map((limit, index): Bar => {
    const from = limits[index - 1] ?? 0;
    const label = Number.isFinite(limit) ? `< ${limit}` : `≥ ${from}`;
    return [label, results.filter(({ ms }) => ms >= from && ms < limit).length];
  });
}

function plot(caption: string, bars: readonly Bar[]): string {
  const tallest = Math.max(1, ...bars.map(([, count]) => count));
  const width = 320 / bars.length;
  const drawn = bars.map(([label, count], index) => {
    const height = (count / tallest) * 120;
    const middle = index * width + width / 2;
    return `<rect x="${index * width + 4}" y="${140 - height}" width="${width - 8}" height="${height}" rx="2"></rect>
<text x="${middle}" y="${134 - height}" text-anchor="middle">${count}</text><text x="${middle}" y="156" text-anchor="middle">${escape(label)}</text>`;
  });
  const described = bars.map(([label, count]) => `${label}: ${count}`).join(', ');
  return `<figure><svg viewBox="0 0 320 164" role="img" aria-label="${escape(`${caption}: ${described}`)}">${drawn.join('')}</svg><figcaption>${caption}</figcaption></figure>`;
}

function row({ person, question, source, state, answer, rank }: EvaluationResult): string {
  const got = `${state}${rank === undefined ? '' : `, place ${rank}`}: ${answer}`;
  return `<tr>${[person, question, source ?? 'no answer', got].map((cell) => `<td>${escape(cell)}</td>`).join('')}</tr>`;
}

function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}
