import type { Document } from './document.ts';
import { valuesAt } from './document.ts';
import type { IndexSchema } from './index-schema.ts';
import { record, text } from './index-schema.ts';
import { badParameter } from './search-error.ts';
import type { Scores } from './text-search.ts';
import { vectorize } from './vectorizer.ts';

/** A query by example: the nearest of the documents' vectors. */
export interface VectorQuery {
  readonly vector: readonly number[];
  readonly fields: readonly string[];
  readonly k: number;
  readonly weight: number;
  readonly threshold?: { readonly kind: string; readonly value: number };
}

/** Reads one entry of `vectorQueries`. @throws {SearchError} */
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

/** The nearest `k` documents among `documents`, one list for each field, as the service scores them. */
export function nearest(
  query: VectorQuery,
  schema: IndexSchema,
  documents: Iterable<readonly [string, Document]>,
): Scores[] {
  const all = [...documents];
  return query.fields.map((path) => {
    const metric = metricOf(schema, path);
    const scored = all.flatMap(([key, document]) => {
      const vector = valuesAt(document, path);
      return vector.length === query.vector.length
        ? [[key, metric(query.vector, vector as readonly number[])] as const]
        : [];
    });
    const enough = scored.filter(([, score]) => passes(query, score));
    return new Map(enough.sort(([, a], [, b]) => b - a).slice(0, query.k));
  });
}

function passes({ threshold }: VectorQuery, score: number): boolean {
  if (threshold === undefined) return true;
  // `vectorSimilarity` is the similarity itself, `searchScore` what it becomes (vector-search-ranking).
  return (threshold.kind === 'vectorSimilarity' ? 2 - 1 / score : score) >= threshold.value;
}

type Metric = (one: readonly number[], other: readonly number[]) => number;

function metricOf(schema: IndexSchema, path: string): Metric {
  const search = schema.definition['vectorSearch'] as
    { readonly profiles?: readonly NamedPart[]; readonly algorithms?: readonly NamedPart[] } | undefined;
  const profile = search?.profiles?.find(({ name }) => name === schema.byPath.get(path)?.vectorProfile);
  const algorithm = search?.algorithms?.find(({ name }) => name === profile?.algorithm);
  const metric = (algorithm?.hnswParameters ?? algorithm?.exhaustiveKnnParameters)?.metric;
  if (metric === 'dotProduct') return dot;
  if (metric === 'euclidean')
    return (one, other) =>
      1 / (1 + Math.sqrt(sum(one, (value, index) => (value - (other[index] ?? 0)) ** 2)));
  // 1 / (1 + distance), with the cosine distance: from 0.333 to 1.
  return (one, other) => 1 / (2 - cosine(one, other));
}

interface NamedPart {
  readonly name?: string;
  readonly algorithm?: string;
  readonly hnswParameters?: { readonly metric?: string };
  readonly exhaustiveKnnParameters?: { readonly metric?: string };
}

function cosine(one: readonly number[], other: readonly number[]): number {
  const lengths = Math.sqrt(dot(one, one)) * Math.sqrt(dot(other, other));
  return lengths === 0 ? 0 : dot(one, other) / lengths;
}

function dot(one: readonly number[], other: readonly number[]): number {
  return sum(one, (value, index) => value * (other[index] ?? 0));
}

function sum(values: readonly number[], term: (value: number, index: number) => number): number {
  let total = 0;
  for (let index = 0; index < values.length; index += 1) total += term(values[index] ?? 0, index);
  return total;
}
