import { execFile } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { launchChromium } from '@aoai/vitest/chromium';
import type { AxeResults } from 'axe-core';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { serveSite } from '../serve-site.ts';

const folder = fileURLToPath(new URL('../out/site', import.meta.url));
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const wide = { width: 1440, height: 900 };
const phone = { width: 390, height: 844 };

let files: readonly string[];
let site: Awaited<ReturnType<typeof serveSite>>;
let browser: Browser;
beforeAll(async () => {
  const program = fileURLToPath(new URL('../build.ts', import.meta.url));
  await promisify(execFile)(process.execPath, ['--conditions=@aoai/source', program], { maxBuffer: 1e8 });
  files = globSync('**/*.html', { cwd: folder }).sort();
  site = await serveSite(0);
  browser = await launchChromium();
});
afterAll(async () => {
  await browser.close();
  site.close();
});

/** Opens a page and closes it again. Anything that it reports in the console is an error. */
async function visit<Result>(
  path: string,
  options: { readonly viewport: typeof wide; readonly colorScheme: 'light' | 'dark' },
  look: (page: Page) => Promise<Result>,
): Promise<Result> {
  const context = await browser.newContext(options);
  try {
    const page = await context.newPage();
    const errors: string[] = [];
    page.on('pageerror', (error) => errors.push(error.message));
    page.on('console', (message) => {
      if (message.type() === 'error') errors.push(message.text());
    });
    await page.goto(site.url + path, { waitUntil: 'load' });
    const result = await look(page);
    expect(errors).toEqual([]);
    return result;
  } finally {
    await context.close();
  }
}

/** What links lead to that is not on the site: pages, files and anchors. */
function deadLinks(): readonly string[] {
  const html = new Map(files.map((file) => [file, readFileSync(`${folder}/${file}`, 'utf8')] as const));
  const ids = new Map(
    [...html].map(([file, text]) => [
      file,
      new Set([...text.matchAll(/\sid="([^"]+)"/g)].map(([, id]) => id)),
    ]),
  );
  const others = new Set(globSync('**/*', { cwd: folder }));
  return [...html].flatMap(([file, text]) =>
    [...text.matchAll(/<a\s[^>]*?href="([^"]+)"/g)].flatMap(([, href = '']) => {
      const url = new URL(href.replaceAll('&amp;', '&'), `http://site/${file}`);
      if (url.host !== 'site' || file === '404.html') return [];
      const path = decodeURI(url.pathname)
        .slice(1)
        .replace(/(^|\/)$/, '$1index.html');
      const page = [path, `${path}.html`].find((each) => ids.has(each));
      if (page === undefined) return others.has(path) ? [] : [`${file}: ${href}`];
      const hash = decodeURIComponent(url.hash.slice(1));
      return hash === '' || ids.get(page)?.has(hash) === true ? [] : [`${file}: ${href}`];
    }),
  );
}

test('every link of every page leads to a page and an anchor of the site', () => {
  expect(files.length).toBeGreaterThan(20);
  expect(deadLinks()).toEqual([]);
});

test('llms.txt names every page, and each is there as Markdown', () => {
  const list = readFileSync(`${folder}/llms.txt`, 'utf8');
  const named = [...list.matchAll(/\]\((\/[^)]+\.md)\)/g)].map(([, path = '']) => path.slice(1));
  const pages = files
    .filter((file) => file !== '404.html' && file !== 'index.html')
    .map((file) => file.replace(/html$/, 'md'));
  expect([...named].sort()).toEqual([...pages].sort());
  expect(globSync('**/*.md', { cwd: folder })).toEqual(expect.arrayContaining(named));
  const full = readFileSync(`${folder}/llms-full.txt`, 'utf8');
  expect(named.filter((path) => !full.includes(`<!-- /${path} -->`))).toEqual([]);
});

/** One page of each kind: pages of a kind are made alike. */
const kinds = [
  '',
  'start/first-call',
  'guides/rate-limits',
  'wire/streams',
  'packages/cli',
  'reference/errors',
  'reference/api/auth',
  'samples/rag-chat',
  'benchmarks/latency',
];

test.each(
  kinds.flatMap((path) => [
    { path, viewport: wide, colorScheme: 'light' as const },
    { path, viewport: phone, colorScheme: 'dark' as const },
  ]),
)(
  '/$path at $viewport.width px in $colorScheme passes axe and fits its window',
  async ({ path, ...options }) => {
    const found = await visit(path, options, async (page) => {
      await page.evaluate(axe);
      const results = await page.evaluate<AxeResults>('axe.run()');
      const width = await page.evaluate<number>('document.documentElement.scrollWidth');
      const violations = results.violations.map(
        ({ id, nodes }) => `${id}: ${nodes[0]?.html.slice(0, 160) ?? ''} (${nodes.length} of them)`,
      );
      return { violations, width };
    });
    expect(found).toEqual({ violations: [], width: options.viewport.width });
  },
);

test('a reader searches, opens a page, changes to dark, and goes on', async () => {
  await visit('', { viewport: wide, colorScheme: 'light' }, async (page) => {
    await page.getByRole('link', { name: 'A first call in five minutes' }).click();
    await page.getByRole('heading', { level: 1, name: /^A first call/ }).waitFor();
    await page.getByRole('button', { name: /^Search/ }).click();
    await page.getByRole('searchbox').fill('deadlineMs');
    const hit = page.getByRole('option').first();
    await hit.waitFor();
    await page.keyboard.press('Enter');
    await page.waitForURL((url) => !url.pathname.includes('first-call'));
    await page.locator('main', { hasText: 'deadlineMs' }).waitFor();
    await page.getByRole('switch').first().click();
    expect(await page.evaluate<string>('document.documentElement.className')).toContain('dark');
    await page.locator('.pager-link.next').click();
    await page.getByRole('heading', { level: 1 }).waitFor();
  });
});

test('on a phone the menu opens, and leads to a page', async () => {
  await visit('start/keyless', { viewport: phone, colorScheme: 'light' }, async (page) => {
    await page.getByRole('button', { name: 'Menu' }).click();
    await page.getByRole('link', { name: 'Errors', exact: true }).click();
    await page.getByRole('heading', { level: 1, name: /^Errors/ }).waitFor();
  });
});
