import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { titleOf } from './section-pages.ts';

/** An entry of the sidebar, as VitePress wants it. */
export interface SidebarItem {
  readonly text: string;
  readonly link?: string;
  readonly collapsed?: boolean;
  readonly items?: SidebarItem[];
}

/** The sidebar of the whole site, made from the pages that are there. */
export function sidebar(folder: string): SidebarItem[] {
  const page = (path: string, text?: string): SidebarItem => ({
    text: text ?? titleOf(readFileSync(join(folder, path), 'utf8')),
    link: `/${path.replace(/(?:index)?\.md$/, '')}`,
  });
  const all = (section: string) => ordered(folder, section).map((path) => page(path));
  const group = (text: string, items: SidebarItem[]): SidebarItem[] =>
    items.length === 0 ? [] : [{ text, items }];
  // Its heading is the link to its first page: the arrow beside it opens and closes it.
  const folded = (text: string, items: SidebarItem[]): SidebarItem[] =>
    items[0]?.link === undefined ? [] : [{ text, link: items[0].link, collapsed: true, items }];
  return [
    ...group('Start', all('start')),
    ...group('Guides', all('guides')),
    ...group('Samples', all('samples')),
    ...group(
      'Packages',
      packages(folder).map((path) => page(path)),
    ),
    ...group('Reference', [
      page('reference/index.md', 'Overview'),
      page('reference/config.md'),
      page('reference/options.md'),
      page('reference/events.md'),
      page('reference/errors.md'),
      page('reference/cli.md'),
      ...folded('API', all('reference/api')),
    ]),
    ...folded('The wire', all('wire')),
    ...folded('Benchmarks', all('benchmarks')),
    ...group('Project', [
      ...['architecture.md', 'glossary.md', 'contributing.md', 'security.md']
        .filter((path) => globSync(path, { cwd: folder }).length > 0)
        .map((path) => page(path)),
      ...folded('Decisions', all('decisions')),
    ]),
  ];
}

/** The menu at the top: the sections that are there. */
export function navigation(folder: string): { text: string; link: string; activeMatch: string }[] {
  const sections = {
    start: 'Start',
    guides: 'Guides',
    samples: 'Samples',
    reference: 'Reference',
    wire: 'The wire',
  };
  return Object.entries(sections)
    .filter(([section]) => existsSync(join(folder, section, 'index.md')))
    .map(([section, text]) => ({
      text,
      link: `/${section}/`,
      activeMatch: section === 'reference' ? '^/(reference|packages)/' : `^/${section}/`,
    }));
}

const packageOrder = ['client', 'config', 'auth', 'testing', 'cli'];

function packages(folder: string): readonly string[] {
  const rank = (path: string) => packageOrder.findIndex((name) => path === `packages/${name}.md`);
  return globSync('packages/*.md', { cwd: folder }).sort((a, b) => rank(a) - rank(b));
}

/** The pages of a section in the order in which its opening page links to them; the others follow, by name. */
function ordered(folder: string, section: string): readonly string[] {
  const paths = globSync(`${section}/*.md`, { cwd: folder }).sort();
  const opening = paths.find((path) => path === `${section}/index.md`);
  const text = opening === undefined ? '' : readFileSync(join(folder, opening), 'utf8');
  const rank = (path: string) => {
    if (path === opening) return -1;
    const at = text.indexOf(`(./${path.slice(section.length + 1)}`);
    return at === -1 ? Number.MAX_SAFE_INTEGER : at;
  };
  return paths.sort((a, b) => rank(a) - rank(b) || a.localeCompare(b));
}
