import type { SidebarItem } from './sidebar.ts';

/** Reads the Markdown of a page by its link on the site, such as `/start/keyless`. */
export type ReadPage = (link: string) => string;

/** The two files by which programs read a documentation (https://llmstxt.org): a list of the pages, and all of them in one. */
export function llmsFiles(sidebar: readonly SidebarItem[], read: ReadPage): { list: string; full: string } {
  const title = '# aoai\n\n> TypeScript building blocks for teams that call Azure OpenAI.\n';
  const sections = sidebar.map(({ text, items = [] }) => ({ text, pages: flat(items) }));
  const list = sections.map(({ text, pages }) => {
    const lines = pages.map(
      (page) => `- [${page.text}](${fileOf(page.link)}): ${firstSentence(read(page.link))}`,
    );
    return `## ${text}\n\n${lines.join('\n')}\n`;
  });
  const full = sections.flatMap(({ pages }) =>
    pages.map((page) => `<!-- ${fileOf(page.link)} -->\n\n${read(page.link)}`),
  );
  return { list: [title, ...list].join('\n'), full: [title, ...full].join('\n\n') };
}

/** The Markdown file of a page: `/start/` is `/start/index.md`. */
export function fileOf(link: string): string {
  return link.endsWith('/') ? `${link}index.md` : `${link}.md`;
}

function flat(items: readonly SidebarItem[]): readonly { readonly text: string; readonly link: string }[] {
  return items.flatMap(({ text, link, items: below }) => {
    // A heading leads to the first of the pages below it.
    if (below !== undefined) return flat(below);
    return link === undefined ? [] : [{ text, link }];
  });
}

/** The first sentence of the first paragraph. */
function firstSentence(page: string): string {
  const blocks = page.replace(/^---\n[\s\S]*?\n---\n/, '').split(/\n{2,}/);
  const paragraph = blocks.find((block) => /^[\w`"*_[]/.test(block.trim())) ?? '';
  const line = paragraph.replaceAll(/\s+/g, ' ').trim();
  return /^.*?[.](?=\s|$)/.exec(line)?.[0] ?? line;
}
