import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const apps = fileURLToPath(new URL('../../apps', import.meta.url));

/**
 * What every sample with a page repeats. A sample has to leave the repository on its own, so these are copies and not a
 * package, and nobody has to look for differences between them.
 */
const shared = [
  'src/azure.ts',
  'src/sign-in.ts',
  'src/session.ts',
  'src/site.ts',
  'test/built-page.ts',
  'test/programs.ts',
  'test/sign-in.test.ts',
  'test/visitor.ts',
  'web/events.ts',
  'web/page.css',
  'web/shell.tsx',
  'web/tsconfig.json',
  'web/vite.config.ts',
];

/** Samples with a page. */
const samples = readdirSync(apps).filter((name) => existsSync(join(apps, name, 'web')));

test.each(shared)('%s is the same in every sample with a page', (path) => {
  const having = samples.filter((name) => existsSync(join(apps, name, path)));
  const texts = having.map((name) => readFileSync(join(apps, name, path), 'utf8'));
  expect(samples).toContain('rag-chat');
  for (const [index, text] of texts.entries())
    expect([having[index], text]).toEqual([having[index], texts[0]]);
});
