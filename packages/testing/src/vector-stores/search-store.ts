import { splitTokens } from '../answer/tokens.ts';
import { embedText } from '../embeddings/feature-hash.ts';
import type { StoredFile } from '../files/file-store.ts';
import type { OperationRequest } from '../service/operation.ts';
import { statusOf, vectorStoreFiles, vectorStores, type VectorStoreFile } from './vector-store.ts';

/** A piece of a file that matches a query. */
export interface SearchResult {
  readonly fileId: string;
  readonly filename: string;
  /** From 0 to 1. */
  readonly score: number;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly text: string;
}

export interface Search {
  readonly query: string;
  readonly limit: number;
  readonly filters: unknown;
  readonly scoreThreshold: number;
}

/** The pieces of a store's files that are closest to a query, best first. */
export function searchStore(
  request: Pick<OperationRequest, 'resource' | 'clock'>,
  store: string,
  { query, limit, filters, scoreThreshold }: Search,
): SearchResult[] {
  vectorStores.find(request, store);
  const wanted = embedText(query, dimensions);
  const files = vectorStoreFiles
    .all(request, store)
    .filter(
      (added) => statusOf(added, request as OperationRequest) === 'completed' && passes(filters, added),
    );
  return files
    .flatMap(({ file, attributes }) =>
      chunksOf(file).map(({ text, vector }): SearchResult => {
        const score = Math.max(0, cosine(wanted, vector));
        return { fileId: file.id, filename: file.filename, score, attributes, text };
      }),
    )
    .filter((result) => result.score > 0 && result.score >= scoreThreshold)
    .sort((a, b) => b.score - a.score)
    .slice(0, limit);
}

const dimensions = 512;
const chunkTokens = 800;

interface Chunk {
  readonly text: string;
  readonly vector: Float32Array;
}

const chunks = new WeakMap<StoredFile, readonly Chunk[]>();

function chunksOf(file: StoredFile): readonly Chunk[] {
  const known = chunks.get(file);
  if (known !== undefined) return known;
  const made = split(file.content.toString()).map((text) => ({ text, vector: embedText(text, dimensions) }));
  chunks.set(file, made);
  return made;
}

/** Joins paragraphs up to the size of a chunk. */
export function split(text: string): string[] {
  const found: string[] = [];
  let size = Infinity;
  for (const paragraph of text.split(/\n\s*\n/)) {
    const tokens = splitTokens(paragraph);
    if (tokens.length === 0) continue;
    for (let at = 0; at < tokens.length; at += chunkTokens) {
      const part = tokens.slice(at, at + chunkTokens);
      // Half of a chunk is enough: a smaller piece has a clearer subject.
      if (size + part.length <= chunkTokens / 4) found.push(`${found.pop() ?? ''}\n\n${part.join('')}`);
      else found.push(part.join(''));
      size = size + part.length <= chunkTokens / 4 ? size + part.length : part.length;
    }
  }
  return found;
}

function cosine(left: Float32Array, right: Float32Array): number {
  let sum = 0;
  for (let index = 0; index < left.length; index++) sum += (left[index] ?? 0) * (right[index] ?? 0);
  return sum;
}

interface Filter {
  readonly type: string;
  readonly key?: string;
  readonly value?: unknown;
  readonly filters?: readonly Filter[];
}

function passes(filters: unknown, added: VectorStoreFile): boolean {
  if (filters === undefined || filters === null) return true;
  const { type, key = '', value, filters: inner = [] } = filters as Filter;
  const found = added.attributes[key];
  switch (type) {
    case 'and':
      return inner.every((each) => passes(each, added));
    case 'or':
      return inner.some((each) => passes(each, added));
    case 'eq':
      return found === value;
    case 'ne':
      return found !== value;
    case 'in':
      return Array.isArray(value) && value.includes(found);
    case 'nin':
      return Array.isArray(value) && !value.includes(found);
    default:
      return compares(type, found, value);
  }
}

function compares(type: string, found: unknown, value: unknown): boolean {
  if (typeof found !== 'number' || typeof value !== 'number') return false;
  if (type === 'gt') return found > value;
  if (type === 'gte') return found >= value;
  return type === 'lt' ? found < value : type === 'lte' && found <= value;
}
