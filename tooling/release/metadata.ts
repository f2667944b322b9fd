/** A manifest as it is published: with the address of the repository, which no manifest in git has. */
export interface Metadata {
  readonly repository: { readonly type: 'git'; readonly url: string; readonly directory: string };
  readonly homepage: string;
  readonly bugs: string;
}

/** What a manifest says of where its package comes from. `directory` is its folder, from the root of the repository. */
export function metadataOf(address: string, directory: string): Metadata {
  return {
    repository: { type: 'git', url: `git+${address}.git`, directory },
    homepage: `${address}/tree/main/${directory}#readme`,
    bugs: `${address}/issues`,
  };
}

/**
 * The address of the repository, for example "https://github.com/contoso/aoai": the `repository.url` of the root manifest,
 * where the site finds it too.
 * @throws Error when there is none, or no web address
 */
export function repositoryAddress(manifest: { readonly repository?: { readonly url?: unknown } }): string {
  const url = manifest.repository?.url;
  const how =
    'Set `repository` in the package.json of the root, for example { "type": "git", "url": "git+https://github.com/contoso/aoai.git" }.';
  if (url === undefined) throw new Error(`Cannot release without the address of the repository. ${how}`);
  const address = typeof url === 'string' ? url.replace(/^git\+/, '').replace(/\.git$/, '') : '';
  if (!/^https:\/\/[^/\s]+(\/[\w.-]+)+$/.test(address))
    throw new Error(`Cannot release from the repository ${JSON.stringify(url)}: not a web address. ${how}`);
  return address;
}

export interface LinkTarget {
  readonly address: string;
  /** The commit that is released: what the links lead to does not change afterwards. */
  readonly commit: string;
  /** The folder of the page, from the root of the repository. */
  readonly directory: string;
}

/** A page whose relative links lead to the repository, since npm shows it without the files beside it. */
export function withAbsoluteLinks(page: string, { address, commit, directory }: LinkTarget): string {
  const base = new URL(`https://repository/${directory}/`);
  return outsideOfCode(page, (text) =>
    text.replace(
      /(!?)\[((?:[^[\]]|\[[^\]]*\])*)\]\((?!#|[a-z][a-z+.-]*:)([^()\s]+)\)/g,
      (...[, image = '', label = '', link = '']: string[]) => {
        const { pathname, hash } = new URL(link, base);
        return `${image}[${label}](${address}/${image === '' ? 'blob' : 'raw'}/${commit}${pathname.replace(/\/$/, '')}${hash})`;
      },
    ),
  );
}

/** The relative links of a page, without what follows `#`. */
export function relativeLinks(page: string): string[] {
  const links: string[] = [];
  outsideOfCode(page, (text) => {
    for (const [, link = ''] of text.matchAll(/\]\((?!#|[a-z][a-z+.-]*:)([^()#\s]+)/g)) links.push(link);
    return text;
  });
  return links;
}

/** Changes what stands outside of fenced blocks. */
function outsideOfCode(page: string, change: (text: string) => string): string {
  return page
    .split(/(^```.*?^```$)/ms)
    .map((part) => (part.startsWith('```') ? part : change(part)))
    .join('');
}
