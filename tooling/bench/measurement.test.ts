import { expect, test } from 'vitest';
import { comparisonsOf, linesOf, noise, shown, type Measurement } from './measurement.ts';
import { pageOf } from './page.ts';
import { plotOf } from './plot.ts';

const measurement = (own: number): Measurement => ({
  what: 'JSON call <one>',
  unit: 'µs of CPU per call',
  ours: 'aoai',
  values: { aoai: own, openai: 100, other: 50 },
  atMost: { openai: 0.5 },
});

test.each([
  ['at its bound', 50, false],
  ['above its bound by less than noise', 50 * (1 + noise), false],
  ['above it by more', 50 * (1 + noise) + 0.1, true],
  ['no number', Number.NaN, true],
])('a ratio %s', (_, own, isBroken) => {
  expect(comparisonsOf(measurement(own)).map((each) => each.isBroken)).toEqual([isBroken, false]);
});

test('says every ratio, and the bound where there is one', () => {
  expect(linesOf(measurement(40))).toEqual([
    'JSON call <one> (µs of CPU per call)',
    '  aoai                           40.0',
    '  openai                          100   ratio 0.400, at most 0.500 ok',
    '  other                          50.0   ratio 0.800',
  ]);
  expect(linesOf(measurement(90)).join('\n')).toContain('BROKEN');
});

test.each([
  [1234.5, '1235'],
  [99.94, '99.9'],
  [0.12345, '0.123'],
])('shows %d as %s', (value, text) => {
  expect(shown(value)).toBe(text);
});

test('the page says where, with what and how, and has a row for each subject', () => {
  const page = pageOf([measurement(40)], {
    command: 'pnpm bench --write',
    date: '2026-11-29',
    node: 'Node.js 24.21.0',
    processors: '2 × Some CPU',
    load: 1.25,
    versions: { openai: '7.57.0' },
  });
  for (const text of ['2026-11-29', 'Node.js 24.21.0', '2 × Some CPU', 'average of 1.3', '`openai` 7.57.0'])
    expect(page).toContain(text);
  expect(page).toContain(
    '| **aoai** | 40.0 | | |\n| openai | 100 | 0.400 | 0.500 |\n| other | 50.0 | 0.800 |  |',
  );
});

test('the picture has a bar for each subject, as long as its value', () => {
  const picture = plotOf([measurement(50)]);
  const bars = [...picture.matchAll(/<rect x="240" [^>]*width="([\d.]+)"/g)].map((match) => Number(match[1]));
  expect(bars).toEqual([265, 530, 265]);
  expect(picture).toContain('JSON call &lt;one>');
});
