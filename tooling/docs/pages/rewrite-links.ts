import { posix } from 'node:path';
import { fromMarkdown } from 'mdast-util-from-markdown';
import type { Nodes } from 'mdast';
import { sitePath } from './site-path.ts';

/** What the links of a page lead to. */
export interface LinkTargets {
  /** The page, from the root of the repository. */
  readonly source: string;
  /** The same on the site. */
  readonly target: string;
  /** Is this a file of the repository? Folders are none. */
  readonly isFile: (path: string) => boolean;
  /** Is told every picture that the page shows, and says where it is on the site. */
  readonly picture: (path: string) => string;
  /** The address of files that are not on the site, when the repository has one. */
  readonly repository: string | undefined;
}

interface Edit {
  readonly from: number;
  readonly to: number;
  readonly text: string;
}

/**
 * The page with the links that it needs on the site. In the repository a link leads from file to file; here READMEs are pages
 * with other names, and sources are not there: a link to one leads to the repository, or becomes plain text.
 */
export function rewriteLinks(page: string, targets: LinkTargets): string {
  const edits = nodesOf(fromMarkdown(page)).flatMap((node) => editsOf(node, page, targets));
  return edits
    .sort((a, b) => b.from - a.from)
    .reduce((text, { from, to, text: by }) => text.slice(0, from) + by + text.slice(to), page);
}

function nodesOf(node: Nodes): readonly Nodes[] {
  return [node, ...('children' in node ? node.children.flatMap(nodesOf) : [])];
}

function editsOf(node: Nodes, page: string, targets: LinkTargets): readonly Edit[] {
  const from = node.position?.start.offset ?? 0;
  const to = node.position?.end.offset ?? 0;
  const written = page.slice(from, to);
  if (node.type === 'html') {
    const text = written.replaceAll(
      /\b(src|srcset|href)="(?!\w+:|#)([^"]+)"/g,
      (_, name: string, url: string) =>
        `${name}="${(name === 'href' ? linkTo(url, targets) : pictureAt(url, targets)) ?? url}"`,
    );
    return text === written ? [] : [{ from, to, text }];
  }
  if (node.type !== 'link' && node.type !== 'image' && node.type !== 'definition') return [];
  if (/^(?:\w+:|#|<|\/\/)/.test(node.url)) return [];
  const url = node.type === 'image' ? pictureAt(node.url, targets) : linkTo(node.url, targets);
  if (url !== undefined) {
    const at = written.lastIndexOf(node.url);
    return [{ from: from + at, to: from + at + node.url.length, text: url }];
  }
  // The words of the link without their brackets.
  const [first, last] = node.type === 'link' ? [node.children[0], node.children.at(-1)] : [];
  const start = first?.position?.start.offset ?? from;
  const end = last?.position?.end.offset ?? to;
  return [
    { from, to: start, text: '' },
    { from: end, to, text: '' },
  ];
}

function linkTo(url: string, targets: LinkTargets): string | undefined {
  const [path = '', hash] = url.split('#');
  const file = posix.normalize(posix.join(posix.dirname(targets.source), decodeURI(path))).replace(/\/$/, '');
  const candidates = targets.isFile(file) ? [file] : [`${file}/README.md`, `${file}/index.md`];
  const found = candidates.find((each) => targets.isFile(each));
  const page = found === undefined ? sectionOf(file) : sitePath(found);
  if (page === undefined) return targets.repository && `${targets.repository}/${file}`;
  const relative = posix.relative(posix.dirname(targets.target), page);
  return `${relative.startsWith('.') ? '' : './'}${relative}${hash === undefined ? '' : `#${hash}`}`;
}

/** The page of a folder that has none of its own: the site makes one. */
function sectionOf(folder: string): string | undefined {
  if (folder === 'apps') return 'samples/index.md';
  return /^docs\/(decisions|guides|start|wire)$/.test(folder) ? `${folder.slice(5)}/index.md` : undefined;
}

function pictureAt(url: string, targets: LinkTargets): string {
  const file = posix.normalize(posix.join(posix.dirname(targets.source), url));
  const relative = posix.relative(posix.dirname(targets.target), targets.picture(file));
  return relative.startsWith('.') ? relative : `./${relative}`;
}
