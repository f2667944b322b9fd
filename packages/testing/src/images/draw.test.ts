import { expect, test } from 'vitest';
import { draw } from './draw.ts';
import { readPng } from './read-png.fake.ts';

const prompts = Array.from({ length: 16 }, (_, index) => `prompt ${index}`);

/** The first point of each of the twelve by six cells. */
function cellsOf(prompt: string): string[] {
  const { rows } = readPng(draw(prompt, 24, 12));
  return rows
    .filter((_, y) => y % 2 === 0)
    .map((row) =>
      Array.from(row)
        .filter((_, x) => x % 2 === 0)
        .join(''),
    );
}

test('a picture has twelve by six cells, whatever its size', () => {
  const cells = cellsOf('A red boat');
  expect(cells.map((row) => row.length)).toEqual([12, 12, 12, 12, 12, 12]);
  for (const [width, height] of [
    [48, 12],
    [24, 36],
  ] as const) {
    const { rows } = readPng(draw('A red boat', width, height));
    const [across, down] = [width / 12, height / 6];
    expect(rows).toEqual(
      Array.from({ length: height }, (_, y) =>
        Array.from(cells[Math.floor(y / down)] ?? '', (cell) => cell.repeat(across)).join(''),
      ),
    );
  }
});

test('the picture of a prompt is the same in every release', () => {
  expect(cellsOf('A red boat')).toEqual([
    '..#.#..#.#..',
    '#####..#####',
    '###......###',
    '#.##....##.#',
    '.##########.',
    '##........##',
  ]);
});

test('the right half of a picture mirrors the left', () => {
  for (const row of cellsOf('A red boat'))
    expect(row.slice(6)).toBe(Array.from(row.slice(0, 6)).reverse().join(''));
});

test('each cell of the left half is drawn by itself', () => {
  const histories = prompts.map((prompt) =>
    cellsOf(prompt)
      .map((row) => row.slice(0, 6))
      .join(''),
  );
  const cells = Array.from({ length: 36 }, (_, cell) => histories.map((each) => each[cell]).join(''));
  expect(new Set(cells).size).toBe(36);
  for (const cell of cells) expect(cell).toMatch(/#.*\.|\..*#/);
});

test('the ground of a picture is light and its ink is dark, each in its own colours', () => {
  const palettes = prompts.map((prompt) => readPng(draw(prompt, 12, 6)).colours);
  for (const palette of palettes) {
    expect(palette).toHaveLength(6);
    expect(Math.min(...palette.slice(0, 3))).toBeGreaterThanOrEqual(200);
    expect(Math.min(...palette.slice(3))).toBeGreaterThanOrEqual(20);
    expect(Math.max(...palette.slice(3))).toBeLessThan(140);
  }
  for (const place of [0, 1, 2, 3, 4, 5])
    expect(new Set(palettes.map((palette) => palette[place])).size).toBeGreaterThan(5);
});
