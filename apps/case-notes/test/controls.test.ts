import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { controls } from '../evidence/controls.ts';
import { controlsPage } from '../evidence/write.ts';

const root = fileURLToPath(new URL('..', import.meta.url));

test('docs/controls.md is what the list of controls says', () => {
  expect(readFileSync(`${root}docs/controls.md`, 'utf8')).toBe(controlsPage());
});

test('each test that a control names exists', () => {
  const sources = ['src', 'test']
    .flatMap((folder) =>
      readdirSync(`${root}${folder}`, { recursive: true, encoding: 'utf8' }).map(
        (file) => `${folder}/${file}`,
      ),
    )
    .filter((file) => file.endsWith('.test.ts'))
    .map((file) => readFileSync(`${root}${file}`, 'utf8'))
    .join('\n');
  for (const title of controls.flatMap(({ tests }) => tests)) {
    // The row of a table stands behind the colon.
    const [rule = ''] = /^(?:break-glass without|a changed, removed)/.test(title)
      ? title.split(': ')
      : [title];
    expect(sources, title).toContain(rule);
  }
});
