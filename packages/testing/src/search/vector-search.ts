import type { Document } from './document.ts';
import { valuesAt } from './document.ts';
import type { IndexSchema } from './index-schema.ts';
import { record, text } from './index-schema.ts';
import { badParameter } from './search-error.ts';
import type { Scores } from './text-search.ts';
import { vectorize } from './vectorizer.ts';

/** A vector query: finds the nearest vectors of the documents. */
export interface VectorQuery {
  readonly vector: readonly number[];
  readonly fields: readonly string[];
  readonly k: number;
  readonly weight: number;
  readonly threshold?: { readonly kind: string; readonly value: number };
}

/** Reads one entry of `vectorQueries`. @throws {NeighbourError} */
export function readVectorQuery(entry: unknown, schema: IndexSchema): VectorQuery {
  const body = record(entry);
  const fields = text(body['fields'])
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
  const [first] = fields.map((path) => vectorField(schema, path));
  if (first === undefined)
    throw badParameter('vectorQueries', "The 'fields' of a vector query are required.");
  const vector = body['kind'] === 'text' ? vectorize(schema, first.path, text(body['text'])) : body['vector'];
  if (!Array.isArray(vector) || !vector.every((value) => typeof value === 'number'))
    throw badParameter(
      'vectorQueries',
      "A vector query needs a 'vector' of numbers, or a 'text' and a field with a vectorizer.",
    );
  if (vector.length !== first.dimensions)
    throw badParameter(
      'vectorQueries',
      `The vector query's vector has a different length than expected by the field '${first.path}'. The vector has ${vector.length} dimensions, the field ${first.dimensions}.`,
    );
  const threshold = body['threshold'] === undefined ? undefined : record(body['threshold']);
  return {
    vector: vector,
    fields,
    k: typeof body['k'] === 'number' ? body['k'] : 50,
    weight: typeof body['weight'] === 'number' ? body['weight'] : 1,
    ...(threshold === undefined
      ? {}
      : { threshold: { kind: String(threshold['kind']), value: Number(threshold['value']) } }),
  };
}

function vectorField(
  schema: IndexSchema,
  path: string,
): { readonly path: string; readonly dimensions: number } {
  const dimensions = schema.byPath.get(path)?.dimensions;
  if (dimensions === undefined)
    throw badParameter('vector.fields', `Unknown field '${path}' in vector field list.`);
  return { path, dimensions };
}

/** The vectors of an index, stored separately from its documents for speed. */
export interface VectorSearch {
  put(key: string, document: Document): void;
  remove(key: string): void;
  /** The nearest `k` of the documents that `isCandidate` lets through, one list for each field. */
  nearest(query: VectorQuery, isCandidate: (key: string) => boolean): Scores[];
}

interface Stored {
  readonly values: Float32Array;
  readonly length: number;
}

/** Compares every vector: exact, like `exhaustive`, and fast enough for tens of thousands. */
export function createVectorSearch(schema: IndexSchema): VectorSearch {
  const fields = [...schema.byPath.values()].filter(({ dimensions }) => dimensions !== undefined);
  const stores = new Map(fields.map(({ path }) => [path, new Map<string, Stored>()]));
  return {
    put(key, document) {
      for (const [path, store] of stores) {
        const values = Float32Array.from(valuesAt(document, path) as readonly number[]);
        if (values.length > 0) store.set(key, { values, length: Math.sqrt(dot(values, values)) });
      }
    },
    remove(key) {
      for (const store of stores.values()) store.delete(key);
    },
    nearest(query, isCandidate) {
      const values = Float32Array.from(query.vector);
      const wanted: Stored = { values, length: Math.sqrt(dot(values, values)) };
      return query.fields.map((path) => {
        const metric = metricOf(schema, path);
        const scored: (readonly [string, number])[] = [];
        for (const [key, stored] of stores.get(path) ?? []) {
          if (!isCandidate(key)) continue;
          const score = metric(wanted, stored);
          if (passes(query, score)) scored.push([key, score]);
        }
        return new Map(scored.sort(([, a], [, b]) => b - a).slice(0, query.k));
      });
    },
  };
}

function passes({ threshold }: VectorQuery, score: number): boolean {
  if (threshold === undefined) return true;
  // `vectorSimilarity` is the similarity itself, `searchScore` what it becomes (vector-search-ranking).
  return (threshold.kind === 'vectorSimilarity' ? 2 - 1 / score : score) >= threshold.value;
}

type Metric = (one: Stored, other: Stored) => number;

function metricOf(schema: IndexSchema, path: string): Metric {
  const search = schema.definition['vectorSearch'] as
    { readonly profiles?: readonly NamedPart[]; readonly algorithms?: readonly NamedPart[] } | undefined;
  const profile = search?.profiles?.find(({ name }) => name === schema.byPath.get(path)?.vectorProfile);
  const algorithm = search?.algorithms?.find(({ name }) => name === profile?.algorithm);
  const metric = (algorithm?.hnswParameters ?? algorithm?.exhaustiveKnnParameters)?.metric;
  if (metric === 'dotProduct') return (one, other) => dot(one.values, other.values);
  if (metric === 'euclidean') return (one, other) => 1 / (1 + distance(one.values, other.values));
  // 1 / (1 + distance), with the cosine distance: from 0.333 to 1.
  return (one, other) => {
    const lengths = one.length * other.length;
    return 1 / (2 - (lengths === 0 ? 0 : dot(one.values, other.values) / lengths));
  };
}

interface NamedPart {
  readonly name?: string;
  readonly algorithm?: string;
  readonly hnswParameters?: { readonly metric?: string };
  readonly exhaustiveKnnParameters?: { readonly metric?: string };
}

function dot(one: Float32Array, other: Float32Array): number {
  let total = 0;
  for (let index = 0; index < one.length; index += 1) total += (one[index] ?? 0) * (other[index] ?? 0);
  return total;
}

function distance(one: Float32Array, other: Float32Array): number {
  let total = 0;
  for (let index = 0; index < one.length; index += 1) total += ((one[index] ?? 0) - (other[index] ?? 0)) ** 2;
  return Math.sqrt(total);
}
