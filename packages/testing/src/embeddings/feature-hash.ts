import { conceptOf } from '../answer/concepts.ts';
import { stem, stems, words } from '../answer/words.ts';

/**
 * The embedding of a text: texts that share words, word pairs or parts of words are close to each other. Each feature
 * changes a few places that its hash decides, so that the first dimensions alone distinguish texts too, as with the
 * real models (`dimensions`). The vector has length 1.
 */
export function embedText(text: string, dimensions: number): Float32Array {
  const counts = new Map<number, number>();
  const add = (feature: string, weight: number): void => {
    count(counts, hash(feature), weight);
  };
  const all = words(text);
  let before = '';
  for (const word of all) {
    const root = stem(word);
    // Synonyms are the same feature: a search for “vacation” finds “leave”.
    add(conceptOf(root), stems(word).length === 0 ? commonWord : 1);
    if (before !== '') add(`${before} ${root}`, pairWeight);
    before = root;
    if (word.length > 3) for (const part of parts(`^${root}$`)) add(part, partWeight);
  }
  // Signs alone are a text too.
  if (all.length === 0) for (const sign of text) add(sign, 1);
  return project(counts, dimensions);
}

/** The embedding of a text given as token ids. */
export function embedTokens(tokens: readonly number[], dimensions: number): Float32Array {
  const counts = new Map<number, number>();
  tokens.forEach((token, index) => {
    count(counts, hash(`#${token}`), 1);
    if (index > 0) count(counts, hash(`#${tokens[index - 1] ?? 0} ${token}`), pairWeight);
  });
  return project(counts, dimensions);
}

/** The first `length` dimensions of a vector, brought back to length 1. */
export function shorten(vector: Float32Array, length: number): Float32Array {
  return length >= vector.length ? vector : normalise(vector.slice(0, length));
}

const commonWord = 0.15;
const pairWeight = 0.4;
const partWeight = 0.2;
/** At how many places a feature shows. */
const spread = 24;

function count(counts: Map<number, number>, feature: number, weight: number): void {
  counts.set(feature, (counts.get(feature) ?? 0) + weight);
}

/** Runs of four letters: “refund” and “refundable” have most of them in common. */
function parts(word: string): string[] {
  return Array.from({ length: Math.max(word.length - 3, 1) }, (_, index) => word.slice(index, index + 4));
}

function project(counts: ReadonlyMap<number, number>, dimensions: number): Float32Array {
  const vector = new Float32Array(dimensions);
  for (const [feature, total] of counts) {
    // A word said ten times does not mean ten times as much.
    const weight = total > 1 ? 1 + Math.log(total) : total;
    let state = feature === 0 ? 1 : feature;
    for (let index = 0; index < spread; index++) {
      state ^= state << 13;
      state ^= state >>> 17;
      state ^= state << 5;
      const place = Math.floor(((state >>> 1) / 0x80000000) * dimensions);
      vector[place] = (vector[place] ?? 0) + ((state & 1) === 0 ? weight : -weight);
    }
  }
  return normalise(vector);
}

function normalise(vector: Float32Array): Float32Array {
  let sum = 0;
  for (const value of vector) sum += value * value;
  if (sum === 0) {
    vector[0] = 1;
    return vector;
  }
  const scale = 1 / Math.sqrt(sum);
  // Eight decimals: what the service writes, and the same number in both encodings.
  return vector.map((value) => Math.round(value * scale * 1e8) / 1e8 + 0);
}

/** FNV-1a with a final mix. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) {
    value = Math.imul(value ^ text.charCodeAt(index), 0x01000193);
  }
  value = Math.imul(value ^ (value >>> 16), 0x45d9f3b);
  return (value ^ (value >>> 16)) | 0;
}
