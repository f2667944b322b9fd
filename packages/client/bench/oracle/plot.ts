/** One bar of each group. */
export interface Series {
  readonly name: string;
  readonly colour: string;
  /** One value for each group. */
  readonly values: readonly number[];
}

export interface Panel {
  readonly title: string;
  readonly top: number;
  readonly format: (value: number) => string;
  readonly series: readonly Series[];
}

const width = 860;
const panelHeight = 150;
const left = 60;

/** Panels of grouped bars, one above the other, as an SVG image. */
export function plot(groups: readonly string[], panels: readonly Panel[]): string {
  const legend = panels[0]?.series ?? [];
  const height = panels.length * (panelHeight + 60) + legend.length * 18 + 30;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="system-ui, sans-serif" font-size="12" role="img">`,
    `<title>${panels.map(({ title }) => title).join('; ')}</title>`,
    `<rect width="${width}" height="${height}" fill="white"/>`,
    ...panels.map((panel, index) => panelOf(panel, groups, 40 + index * (panelHeight + 60))),
    ...legend.map(({ name, colour }, index) => {
      const y = panels.length * (panelHeight + 60) + 20 + index * 18;
      return `<rect x="${left}" y="${y}" width="12" height="12" fill="${colour}"/><text x="${left + 18}" y="${y + 10}">${name}</text>`;
    }),
    '</svg>',
    '',
  ].join('\n');
}

function panelOf({ title, top, format, series }: Panel, groups: readonly string[], y: number): string {
  const groupWidth = (width - left - 20) / groups.length;
  const barWidth = (groupWidth - 24) / series.length;
  const bars = groups.flatMap((group, groupIndex) => {
    const x = left + groupIndex * groupWidth;
    const label = `<text x="${(x + groupWidth / 2).toFixed(0)}" y="${y + panelHeight + 16}" text-anchor="middle">${group}</text>`;
    return [
      ...series.map(({ colour, values }, index) => {
        const value = values[groupIndex] ?? 0;
        const tall = (Math.min(value, top) / top) * panelHeight;
        const barX = x + 12 + index * barWidth;
        return (
          `<rect x="${barX.toFixed(1)}" y="${(y + panelHeight - tall).toFixed(1)}" width="${(barWidth - 2).toFixed(1)}" height="${tall.toFixed(1)}" fill="${colour}"/>` +
          `<text x="${(barX + barWidth / 2 - 1).toFixed(1)}" y="${(y + panelHeight - tall - 3).toFixed(1)}" text-anchor="middle" font-size="9">${format(value)}</text>`
        );
      }),
      label,
    ];
  });
  return [
    `<text x="${left}" y="${y - 18}" font-weight="600">${title}</text>`,
    `<line x1="${left}" x2="${width - 20}" y1="${y + panelHeight}" y2="${y + panelHeight}" stroke="#888"/>`,
    ...bars,
  ].join('\n');
}
