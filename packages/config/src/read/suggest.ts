/** The known word that is closest to a mistyped one; `undefined` when none is close. */
export function suggest(
  typed: string,
  known: Iterable<string>,
  bound: number = Math.max(1, Math.floor(typed.length / 3)),
): string | undefined {
  const wanted = typed.toLowerCase().slice(0, 64);
  let best: string | undefined;
  let bestDistance = bound + 1;
  for (const word of known) {
    // The distance is at least the difference in length. This saves time: a hostile file may have thousands of unknown keys.
    if (Math.abs(word.length - typed.length) >= bestDistance) continue;
    const distance = editDistance(wanted, word.toLowerCase().slice(0, 64));
    if (distance < bestDistance) [best, bestDistance] = [word, distance];
  }
  return best;
}

/** ` Did you mean "x"?`, or nothing. */
export function didYouMean(typed: string, known: Iterable<string>): string {
  const word = suggest(typed, known);
  return word === undefined ? '' : ` Did you mean ${JSON.stringify(word)}?`;
}

/** Number of insertions, deletions, replacements and swaps of neighbours that turn `a` into `b`. */
function editDistance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = at(last, j - 1) + (a[i - 1] === b[j - 1] ? 0 : 1);
      const swapped =
        i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]
          ? at(beforeLast, j - 2) + 1
          : Infinity;
      row.push(Math.min(replaced, swapped, at(last, j) + 1, at(row, j - 1) + 1));
    }
    [beforeLast, last] = [last, row];
  }
  return at(last, b.length);
}

function at(row: readonly number[], index: number): number {
  return row[index] ?? Infinity;
}
