import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** A citation that a reader cannot follow. */
export interface Dangling {
  readonly cited: string;
  readonly why: string;
}

/** Pages whose citations have to name a section, such as `docs/wire/errors.md#4.3`. */
const wirePage = /^docs\/wire\/(?!index\.md)[\w-]+\.md$/;
/** A Markdown file that a comment names, with the section that it means. */
const citation = /(?<![\w./@-])((?:[\w.-]+\/)*[\w-]+\.md)\b(#[\w.-]*\w)?/g;

/**
 * The documents that comments of this source file name and that are not in the repository, and sections that their page does
 * not have. Documents of other repositories are cited by their address.
 */
export function danglingCitations(root: string, path: string, source: string): readonly Dangling[] {
  const folders = [root, ...foldersAbove(path).map((folder) => join(root, folder))];
  return comments(source).flatMap((comment) =>
    [...comment.matchAll(citation)].flatMap(([, file = '', section = '']) => {
      const why = problemOf(folders, file, section);
      return why === undefined ? [] : [{ cited: `${file}${section}`, why }];
    }),
  );
}

/** The text of comments, as far as a regular expression knows them. */
function comments(source: string): readonly string[] {
  const found = source.matchAll(/(?:^|\s)\/\/ ([^\n]*)|\/\*([\s\S]*?)\*\//g);
  return [...found].map(([, line, block]) => line ?? block ?? '');
}

function problemOf(folders: readonly string[], file: string, section: string): string | undefined {
  const found = folders.map((folder) => join(folder, file)).find((place) => existsSync(place));
  if (found === undefined) return 'no such file in the repository';
  if (!wirePage.test(file)) return undefined;
  if (section === '') return 'names no section';
  const hasSection = readFileSync(found, 'utf8').includes(`<a id="${section.slice(1)}"></a>`);
  return hasSection ? undefined : 'no such section on the page';
}

function foldersAbove(path: string): readonly string[] {
  const folder = dirname(path);
  return folder === '.' ? [] : [folder, ...foldersAbove(folder)];
}
