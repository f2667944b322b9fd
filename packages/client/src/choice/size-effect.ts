/** How much longer larger calls of one kind take. Learned over all targets, so that no target looks slow because it got the long answers. */
export interface SizeEffect {
  /** Corrects the logarithm of a time to that of a call of average size. */
  corrected(logMs: number, size: number): number;
  /** Learns from a call that took `ratio` (a logarithm) longer than its target usually does. */
  learn(ratio: number, size: number): void;
}

/** Tokens of work that every call has: reading the request, and the first token. */
const fixedSize = 32;
/** Until it has learned, it assumes that a call of twice the size takes 1.3 times as long. */
const priorExponent = 0.4;
const priorWeight = 2;
/** The last few hundred calls count. */
const memory = 0.995;

/** Models time as a power of the size. The exponent is the slope of the logarithms, and 0 where size does not matter. */
export function sizeEffect(): SizeEffect {
  let mean: number | undefined;
  let weight = 0;
  let spread = 0;
  let product = 0;
  const exponent = (): number =>
    Math.min(1, Math.max(0, (product + priorWeight * priorExponent) / (spread + priorWeight)));
  const logOf = (size: number): number => Math.log(fixedSize + Math.max(0, size));
  return {
    corrected: (logMs, size) => (mean === undefined ? logMs : logMs - exponent() * (logOf(size) - mean)),
    learn: (ratio, size) => {
      const x = logOf(size);
      mean ??= x;
      weight = weight * memory + 1;
      mean += (x - mean) / weight;
      spread = spread * memory + (x - mean) ** 2;
      // One unusually slow answer says little about sizes.
      product = product * memory + (x - mean) * Math.min(1, Math.max(-1, ratio));
    },
  };
}
