import type { Scores } from './text-search.ts';

/** One ranking among several. */
export interface Ranking {
  readonly scores: Scores;
  readonly weight: number;
}

/** How fast the score falls with the rank (hybrid-search-ranking). The first rank counts as 0: two firsts give 0.0333. */
const dampening = 60;

/** Reciprocal rank fusion: documents that are high in many rankings come first. */
export function fuse(rankings: readonly Ranking[]): Scores {
  const fused = new Map<string, number>();
  for (const { scores, weight } of rankings)
    ranked(scores).forEach(([key], rank) =>
      fused.set(key, (fused.get(key) ?? 0) + weight / (dampening + rank)),
    );
  return fused;
}

/** Keys with scores, best first; equals stay in the order they have. */
export function ranked(scores: Scores): (readonly [string, number])[] {
  return [...scores].sort(([, a], [, b]) => b - a);
}
