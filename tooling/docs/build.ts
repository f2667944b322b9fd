// Builds the site into `out/site`: `node build.ts`.
import { copyFileSync, cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vitepress';
import { fileOf, llmsFiles } from './pages/llms.ts';
import { sidebar } from './pages/sidebar.ts';
import { stagePages } from './pages/stage.ts';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const pages = here('out/pages');
const site = here('out/site');

await stagePages(pages);
copyFileSync(here('site/index.md'), join(pages, 'index.md'));
await build(here('site'));

// For programs that read: each page as Markdown beside its HTML, a list of them, and all in one file.
cpSync(pages, site, { recursive: true, filter: (path) => !path.includes(join(pages, 'pictures')) });
const { list, full } = llmsFiles(sidebar(pages), (link) => readFileSync(join(pages, fileOf(link)), 'utf8'));
writeFileSync(join(site, 'llms.txt'), list);
writeFileSync(join(site, 'llms-full.txt'), full);
