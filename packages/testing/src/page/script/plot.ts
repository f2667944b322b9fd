/** Draws the last minute of a deployment: its quota with the limit, or its requests where there is none. */
export const plot: string = String.raw`
import { draw, make, setText } from './dom.js';
import { plural } from './words.js';

const width = 60;
const height = 100;

/** An empty plot. What it shows is said in words beside it. */
export function createPlot() {
  const area = draw('polygon', { class: 'area' });
  const line = draw('polyline', { class: 'line' });
  const bars = draw('path', { class: 'bars' });
  const reference = draw('line', { class: 'reference', x1: 0, x2: width });
  const marks = draw('path', { class: 'marks' });
  const svg = draw('svg', { viewBox: '0 0 ' + width + ' ' + height, preserveAspectRatio: 'none' }, bars, area, line, reference, marks);
  const label = make('span');
  const element = make('div', { class: 'plot', 'aria-hidden': 'true' },
    make('div', { class: 'canvas' }, svg, label),
    make('div', { class: 'axis' }, make('span', {}, '1 minute ago'), make('span', {}, 'now')));
  return { element, area, line, bars, reference, marks, label };
}

/** Share of the height, from the top. */
const y = (value, max) => (height - (height * value) / max).toFixed(1);

export function updatePlot(plot, series, isLimited) {
  // Above the limit, or the most that there was, is a little room.
  const most = isLimited ? Math.max(1, ...series.levels.map(([, share]) => share)) : Math.max(1, ...series.requests);
  const scale = most * 1.3;
  const reference = isLimited ? 1 : most;
  if (isLimited) drawLevels(plot, series.levels, scale);
  else drawBars(plot, series.requests, scale);
  plot.reference.setAttribute('y1', y(reference, scale));
  plot.reference.setAttribute('y2', y(reference, scale));
  plot.label.style.top = (100 - (100 * reference) / scale) + '%';
  setText(plot.label, isLimited ? 'limit' : 'maximum: ' + plural(most, 'request') + ' a second');
  plot.marks.setAttribute('d', series.throttled.map((count, second) => count > 0 ? 'M' + (second + 0.5) + ',0V12' : '').join(''));
}

function drawLevels(plot, levels, max) {
  const points = levels.map(([ago, share]) => (width - 0.5 - ago) + ',' + y(share, max));
  const first = points[0]?.split(',')[0] ?? width;
  const end = points.at(-1)?.split(',')[0] ?? width;
  plot.line.setAttribute('points', points.length === 1 ? points[0] + ' ' + (Number(end) + 0.5) + ',' + points[0].split(',')[1] : points.join(' '));
  plot.area.setAttribute('points', first + ',' + height + ' ' + points.join(' ') + ' ' + end + ',' + height);
  plot.bars.setAttribute('d', '');
}

function drawBars(plot, requests, max) {
  plot.bars.setAttribute('d', requests.map((count, second) =>
    count > 0 ? 'M' + (second + 0.1) + ',' + height + 'V' + y(count, max) + 'h0.8V' + height + 'z' : '').join(''));
  plot.line.setAttribute('points', '');
  plot.area.setAttribute('points', '');
}

`;
