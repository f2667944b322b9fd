import { valuesAt } from './document.ts';
import type { Document } from './document.ts';
import type { IndexSchema } from './index-schema.ts';
import { order } from './odata-filter.ts';
import { badParameter } from './search-error.ts';

/** Values of a field and how many documents have them: single values, or ranges with `from` and `to`. */
export type Facet = Readonly<Record<string, unknown>> & { readonly count: number };

/** Counts what `facets` asks for, for example `category,count:5,sort:value`. @throws {NeighbourError} */
export function countFacets(
  facets: readonly string[],
  schema: IndexSchema,
  documents: readonly Document[],
): Record<string, readonly Facet[]> {
  return Object.fromEntries(
    facets.map((text) => {
      const [path = '', ...settings] = text.split(',').map((part) => part.trim());
      const field = schema.byPath.get(path);
      if (field === undefined)
        throw badParameter(
          'facet',
          `Invalid expression: Could not find a property named '${path}' on type 'search.document'.`,
        );
      if (!field.isFacetable)
        throw badParameter(
          'facet',
          `The field '${path}' cannot be used in the facet parameter, because it is not facetable.`,
        );
      const options = new Map(settings.map((setting) => splitOnce(setting)));
      const counts = count(path, documents);
      const values = options.get('values');
      const interval = options.get('interval');
      if (values !== undefined) return [path, ranges(counts, values.split('|'))] as const;
      if (interval !== undefined) return [path, intervals(counts, interval)] as const;
      return [path, single(counts, options)] as const;
    }),
  );
}

function splitOnce(setting: string): readonly [string, string] {
  const at = setting.indexOf(':');
  return [setting.slice(0, at), setting.slice(at + 1)];
}

/** A document counts once for each of its values. */
function count(path: string, documents: readonly Document[]): Map<unknown, number> {
  const counts = new Map<unknown, number>();
  for (const document of documents)
    for (const value of new Set(valuesAt(document, path)))
      if (value !== null) counts.set(value, (counts.get(value) ?? 0) + 1);
  return counts;
}

const sorts: ReadonlyMap<string, (a: Facet, b: Facet) => number> = new Map(
  Object.entries<(a: Facet, b: Facet) => number>({
    count: (a, b) => b.count - a.count || order(a['value'], b['value']),
    '-count': (a, b) => a.count - b.count || order(a['value'], b['value']),
    value: (a, b) => order(a['value'], b['value']),
    '-value': (a, b) => order(b['value'], a['value']),
  }),
);

function single(counts: ReadonlyMap<unknown, number>, options: ReadonlyMap<string, string>): Facet[] {
  const sort = sorts.get(options.get('sort') ?? 'count') ?? sorts.get('count');
  const limit = Number(options.get('count') ?? 10);
  return [...counts]
    .map(([value, times]) => ({ value, count: times }))
    .sort(sort)
    .slice(0, limit);
}

function ranges(counts: ReadonlyMap<unknown, number>, borders: readonly string[]): Facet[] {
  const edges = borders.map(asValue);
  return [undefined, ...edges].map((from, index) => {
    const to = edges[index];
    const inside = [...counts].filter(
      ([value]) =>
        (from === undefined || order(value, from) >= 0) && (to === undefined || order(value, to) < 0),
    );
    return {
      ...(from === undefined ? {} : { from }),
      ...(to === undefined ? {} : { to }),
      count: inside.reduce((total, [, times]) => total + times, 0),
    };
  });
}

function intervals(counts: ReadonlyMap<unknown, number>, interval: string): Facet[] {
  const width = Number(interval);
  const startOf = (value: unknown): unknown =>
    typeof value === 'number' ? Math.floor(value / width) * width : startOfDate(String(value), interval);
  const starts = new Map<unknown, number>();
  for (const [value, times] of counts) starts.set(startOf(value), (starts.get(startOf(value)) ?? 0) + times);
  return [...starts]
    .map(([value, times]) => ({ value, count: times }))
    .sort((a, b) => order(a.value, b.value));
}

/** The part of an ISO date that an interval keeps, and the rest. */
const dateParts: ReadonlyMap<string, readonly [length: number, rest: string]> = new Map(
  Object.entries<readonly [length: number, rest: string]>({
    year: [4, '-01-01T00:00:00Z'],
    month: [7, '-01T00:00:00Z'],
    day: [10, 'T00:00:00Z'],
    hour: [13, ':00:00Z'],
    minute: [16, ':00Z'],
  }),
);

function startOfDate(value: string, interval: string): string {
  const [length, rest] = dateParts.get(interval) ?? [10, 'T00:00:00Z'];
  return value.slice(0, length) + rest;
}

function asValue(text: string): unknown {
  return text === '' || Number.isNaN(Number(text)) ? text : Number(text);
}
