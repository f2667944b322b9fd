import type { Random } from '../random.ts';

/** `obfuscation`: pads chunks, so that their sizes say nothing about their text. */
export interface Padding {
  /** What paddings are cut out of. */
  readonly source: string;
  /** Draws the next padding: where it begins in `source` and how long it is, in one number. */
  readonly draw: () => number;
}

const lengths = 16;

/** Paddings from `random`. */
export function createPadding(random: Random): Padding {
  return {
    source: random.id('', 64),
    draw: () => ((random.next() * 48) | 0) * lengths + ((random.next() * lengths) | 0),
  };
}

/** Where a padding begins. */
export function startOf(drawn: number): number {
  return (drawn / lengths) | 0;
}

/** How long a padding is. */
export function lengthOf(drawn: number): number {
  return drawn % lengths;
}

/** A padding as text. */
export function paddingText({ source }: Padding, drawn: number): string {
  const start = startOf(drawn);
  return source.slice(start, start + lengthOf(drawn));
}
