import { shown, type Measurement } from './measurement.ts';

const width = 860;
const barLeft = 240;
const barHeight = 16;
const title = 34;

/** A group of bars for each measurement, as an SVG image. The bars of a group share a scale that begins at 0. */
export function plotOf(measurements: readonly Measurement[]): string {
  const groups: string[] = [];
  let y = 10;
  for (const measurement of measurements) {
    groups.push(groupOf(measurement, y));
    y += title + Object.keys(measurement.values).length * (barHeight + 4) + 8;
  }
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${y + 10}" font-family="system-ui, sans-serif" font-size="12" role="img">`,
    `<title>${escaped(measurements.map(({ what }) => what).join('; '))}: ours beside its peers, shorter is better</title>`,
    `<rect width="${width}" height="${y + 10}" fill="white"/>`,
    ...groups,
    '</svg>',
    '',
  ].join('\n');
}

function groupOf({ what, unit, ours, values }: Measurement, y: number): string {
  const most = Math.max(...Object.values(values));
  const bars = Object.entries(values).map(([name, value], index) => {
    const top = y + title + index * (barHeight + 4);
    const long = Math.max(1, (value / most) * (width - barLeft - 90));
    const colour = name === ours ? '#0b6bcb' : '#9aa5b1';
    return (
      `<text x="${barLeft - 8}" y="${top + 12}" text-anchor="end">${escaped(name)}</text>` +
      `<rect x="${barLeft}" y="${top}" width="${long.toFixed(1)}" height="${barHeight}" fill="${colour}"/>` +
      `<text x="${(barLeft + long + 6).toFixed(1)}" y="${top + 12}">${shown(value)}</text>`
    );
  });
  const heading = `<text x="10" y="${y + 22}" font-weight="600">${escaped(`${what} (${unit})`)}</text>`;
  return [heading, ...bars].join('\n');
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}
