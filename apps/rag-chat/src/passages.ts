import type { Reader } from './rights.ts';

/** A piece of a document as people and models see it. */
export interface Passage {
  readonly id: string;
  /** Path of the document in its folder. */
  readonly document: string;
  readonly title: string;
  readonly heading: string;
  readonly text: string;
  /** Its place in the text of the document. */
  readonly start: number;
  readonly end: number;
}

/** A document with its pieces, ready to be found. */
export interface IndexedDocument {
  readonly path: string;
  readonly fingerprint: string;
  /** Object ids of the groups that may read it. */
  readonly groups: readonly string[];
  readonly passages: readonly (Passage & { readonly vector: readonly number[] })[];
}

interface PassageQuery {
  readonly text: string;
  readonly vector: readonly number[];
  /** How many passages come back. */
  readonly top: number;
}

/** Where the passages are. Whoever reads says who it is: there is no reading without a `Reader`. */
export interface Passages {
  /** Fingerprints by path of all documents that are in whole. */
  documents(): Promise<ReadonlyMap<string, string>>;
  /** Puts a document in the place of what was there. Either all of it is in afterwards, or it counts as missing. */
  put(document: IndexedDocument): Promise<void>;
  remove(path: string): Promise<void>;
  /** Passages by words and by meaning, best first. */
  search(query: PassageQuery, reader: Reader): Promise<Passage[]>;
  /** The passages of one document, in order. */
  read(path: string, reader: Reader): Promise<Passage[]>;
  /** Those of the passages that the reader may see. */
  find(ids: readonly string[], reader: Reader): Promise<Passage[]>;
  close(): Promise<void>;
}

/** How many candidates each of the two ways of searching gives. */
export const candidates = 50;

/**
 * One order out of several, by reciprocal rank: what stands high in both comes first. 60 is the constant of the paper
 * (Cormack, Clarke and Büttcher, 2009) and of Azure AI Search.
 */
export function fuseRanks<Key>(rankings: readonly (readonly Key[])[]): Key[] {
  const scores = new Map<Key, number>();
  for (const ranking of rankings)
    for (const [rank, key] of ranking.entries())
      scores.set(key, (scores.get(key) ?? 0) + 1 / (60 + rank + 1));
  return [...scores].sort(([, a], [, b]) => b - a).map(([key]) => key);
}
