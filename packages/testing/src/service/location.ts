/** What a URL says: where, and with which parameters. */
export interface Location {
  /** Path without the query, as sent. */
  readonly path: string;
  readonly query: URLSearchParams;
}

const known = new Map<string, Location>();

/** The parts of a URL. Nearly every request has the one of the request before. */
export function locationOf(url: string): Location {
  const found = known.get(url);
  if (found !== undefined) return found;
  const location = parse(url);
  // Whoever sends many URLs, or long ones, gains nothing here.
  if (known.size >= 500) known.clear();
  if (url.length < 200) known.set(url, location);
  return location;
}

function parse(url: string): Location {
  // A caller that takes the mock for its proxy sends the whole URL.
  const local = url.startsWith('/') ? url : url.replace(/^https?:\/\/[^/?]*/i, '');
  const mark = local.indexOf('?');
  if (mark === -1) return { path: local, query: new URLSearchParams() };
  return { path: local.slice(0, mark), query: new URLSearchParams(local.slice(mark + 1)) };
}
