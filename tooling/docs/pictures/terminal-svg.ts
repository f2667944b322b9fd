import { xml } from './xml.ts';

const lineHeight = 20;
const margin = 20;
const top = 56;

const colours = { plain: '#d7dde6', title: '#7cb8f5', refused: '#ff9d8a', fine: '#7fd6a4', time: '#9aa4b2' };

/** What a program printed, as the picture of a terminal. The lines appear one after the other, where the reader has not asked for less motion. */
export function terminalSvg(command: string, output: string): string {
  const lines = output.trimEnd().split('\n');
  const columns = Math.max(...lines.map((line) => line.length), command.length + 2);
  const width = Math.round(columns * 8.43) + margin * 2;
  const height = top + (lines.length + 1) * lineHeight + margin;
  const rows = [`$ ${command}`, ...lines].map((line, index) => {
    const y = top + index * lineHeight;
    const delay = index === 0 ? 0 : 0.3 + index * 0.08;
    return `<text x="${margin}" y="${y}" style="animation-delay:${delay.toFixed(2)}s">${coloured(line)}</text>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-label="${xml(`${command} prints a call, a stream and a failover`)}">
<style>
text { font: 14px ui-monospace, SFMono-Regular, Menlo, Consolas, 'Liberation Mono', monospace; white-space: pre; fill: ${colours.plain}; animation: appear 0.01s both; }
@keyframes appear { from { opacity: 0; } }
@media (prefers-reduced-motion: reduce) { text { animation: none; } }
</style>
<rect width="${width}" height="${height}" rx="10" fill="#161b24"/>
<circle cx="24" cy="22" r="6" fill="#ff5f57"/><circle cx="44" cy="22" r="6" fill="#febc2e"/><circle cx="64" cy="22" r="6" fill="#28c840"/>
${rows.join('\n')}
</svg>
`;
}

function coloured(line: string): string {
  const timed = /^( *\d+ ms)( .*)$/.exec(line);
  if (timed) {
    const [, time = '', rest = ''] = timed;
    return span(time, colours.time) + span(rest, colourOf(rest));
  }
  return span(line, /^(?:\$|\d\.)/.test(line) ? colours.title : colours.plain);
}

function colourOf(event: string): string {
  if (/answers \d+|left alone/.test(event)) return colours.refused;
  return /has answered|failover/.test(event) ? colours.fine : colours.plain;
}

function span(text: string, fill: string): string {
  return `<tspan fill="${fill}">${xml(text)}</tspan>`;
}
