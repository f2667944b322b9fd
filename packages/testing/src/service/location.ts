/** The path and parameters of a URL. */
export interface Location {
  /** Path without the query, as sent. */
  readonly path: string;
  readonly query: URLSearchParams;
}

const known = new Map<string, Location>();

/** The parts of a URL. Most requests have the same URL as the one before. */
export function locationOf(url: string): Location {
  const found = known.get(url);
  if (found !== undefined) return found;
  const location = parse(url);
  // Many or long URLs are not cached.
  if (known.size >= 500) known.clear();
  if (url.length < 200) known.set(url, location);
  return location;
}

function parse(url: string): Location {
  // A caller that uses the mock as a proxy sends the whole URL.
  const local = url.startsWith('/') ? url : url.replace(/^https?:\/\/[^/?]*/i, '');
  const mark = local.indexOf('?');
  if (mark === -1) return { path: local, query: new URLSearchParams() };
  return { path: local.slice(0, mark), query: new URLSearchParams(local.slice(mark + 1)) };
}
