/**
 * Where a document of the repository stands on the site, as a path of the sources of the site: pages of `docs` are there
 * without that folder. `undefined` for what is not on the site.
 */
export function sitePath(source: string): string | undefined {
  if (source === 'README.md') return 'index.md';
  if (/^[A-Z]+\.md$/.test(source)) return source.toLowerCase();
  const readme = /^(packages|apps)\/([\w-]+)\/README\.md$/.exec(source);
  if (readme) return `${readme[1] === 'apps' ? 'samples' : 'packages'}/${readme[2] ?? ''}.md`;
  const ofSample = /^apps\/([\w-]+)\/docs\/(.+\.md)$/.exec(source);
  if (ofSample) return `samples/${ofSample[1] ?? ''}-${ofSample[2] ?? ''}`;
  return /^docs\/(.+\.md)$/.exec(source)?.[1]?.replace(/README\.md$/, 'index.md');
}
