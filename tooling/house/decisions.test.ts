import { globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
const read = (path: string) => readFileSync(join(root, path), 'utf8');
const decisions = globSync('docs/decisions/[0-9]*.md', { cwd: root }).sort();

test('each decision has a number of its own, in its file name and in its title', () => {
  const numbers = decisions.map((path) => Number(basename(path).slice(0, 4)));
  expect(numbers.length).toBeGreaterThan(20);
  expect(new Set(numbers).size).toBe(numbers.length);
  const titles = decisions.map((path) => Number(/^# (\d+)\. \S/.exec(read(path))?.[1]));
  expect(titles).toEqual(numbers);
});

test('a link that names a decision by its number leads to it', () => {
  const pages = globSync(['*.md', 'docs/**/*.md', 'packages/*/*.md'], { cwd: root });
  const links = pages.flatMap((page) =>
    [...read(page).matchAll(/\[decision (\d+)\]\([^)]*?(\d{4})-[^)]*\)/g)].map(([, named, to]) => ({
      page,
      named: Number(named),
      to: Number(to),
    })),
  );
  expect(links.length).toBeGreaterThan(3);
  expect(links.filter(({ named, to }) => named !== to)).toEqual([]);
});
