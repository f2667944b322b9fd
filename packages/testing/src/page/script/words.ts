/** How the page words numbers. */
export const words: string = String.raw`
const units = [[86400000, 'day'], [3600000, 'hour'], [60000, 'minute'], [1000, 'second']];

/** A duration in words: 12 ms, 1.2 seconds, 1 day. */
export function duration(ms) {
  const unit = units.find(([size]) => ms >= size);
  if (unit === undefined) return Math.round(ms) + ' ms';
  const count = Math.round((ms / unit[0]) * 10) / 10;
  return count.toLocaleString('en') + ' ' + unit[1] + (count === 1 ? '' : 's');
}

/** A text whose durations are in words. */
export function inWords(text) {
  return text.replace(/(\d+(?:\.\d+)?) (ms|s)\b/g, (_, count, unit) => duration(Number(count) * (unit === 's' ? 1000 : 1)));
}

export function plural(count, one, many = one + 's') {
  return count.toLocaleString('en') + ' ' + (count === 1 ? one : many);
}

export const percent = (share) => Math.round(share * 100) + ' %';

export const clockTime = (ms) => new Date(ms).toTimeString().slice(0, 8);
`;
