import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { documents, root } from '../documents.ts';
import { cliPage } from '../reference/cli-page.ts';
import { configPage } from '../reference/config-page.ts';
import { errorsPage } from '../reference/errors-page.ts';
import { eventsPage } from '../reference/events-page.ts';
import { optionsPage } from '../reference/options-page.ts';
import { readApi } from '../reference/read-api.ts';
import { rewriteLinks } from './rewrite-links.ts';
import { sectionPages } from './section-pages.ts';
import { sitePath } from './site-path.ts';

/** Writes everything that VitePress reads into a folder: the documents, what is generated from the sources, and the pictures. */
export async function stagePages(folder: string): Promise<void> {
  rmSync(folder, { recursive: true, force: true });
  const write = (path: string, text: string) => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text.endsWith('\n') ? text : `${text}\n`);
  };
  const pages = stageDocuments(folder);
  for (const [path, text] of sectionPages(pages)) write(path, text);
  const api = await readApi();
  const tables = {
    config: configPage(),
    options: optionsPage(api.project),
    events: eventsPage(),
    errors: errorsPage(api.project),
    cli: await cliPage(),
  };
  for (const [name, text] of Object.entries(tables))
    write(`reference/${name}.md`, `---\npageClass: reference\n---\n\n${text}`);
  for (const [path, text] of await api.pages()) write(`reference/api/${path}`, text);
}

/** Copies the documents with the links that they need on the site, and the pictures that they show. */
function stageDocuments(folder: string): ReadonlyMap<string, string> {
  const pages = new Map<string, string>();
  const pictures = new Set<string>();
  for (const source of documents()) {
    const target = sitePath(source);
    // The home page of the site is not the README.
    if (target === undefined || target === 'index.md') continue;
    const text = readFileSync(join(root, source), 'utf8');
    const isFile = (path: string) => existsSync(join(root, path)) && statSync(join(root, path)).isFile();
    const picture = (path: string) => {
      pictures.add(path);
      return `pictures/${path}`;
    };
    pages.set(target, rewriteLinks(text, { source, target, isFile, picture, repository: repository() }));
  }
  for (const [path, text] of pages) copyText(join(folder, path), text);
  for (const path of pictures) {
    mkdirSync(dirname(join(folder, 'pictures', path)), { recursive: true });
    copyFileSync(join(root, path), join(folder, 'pictures', path));
  }
  return pages;
}

function copyText(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}

/** Where the sources can be read on the web, by the `repository` of the root manifest. */
function repository(): string | undefined {
  const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    readonly repository?: { readonly url: string };
  };
  const url = manifest.repository?.url.replace(/^git\+/, '').replace(/\.git$/, '');
  return url === undefined ? undefined : `${url}/blob/main`;
}
