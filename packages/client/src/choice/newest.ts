/** A measured value of an attempt, with the number of the attempt. */
export interface Observation<Value> {
  /** Number of the attempt among all attempts of the client. */
  readonly order: number;
  readonly value: Value;
}

/**
 * Adds one to the `most` newest, in the order in which attempts were started. In the order of answers the last ones of a
 * burst would always be the slowest, and each burst would look like a slow target.
 */
export function withNewest<Value>(
  newest: readonly Observation<Value>[],
  seen: Observation<Value>,
  most: number,
): readonly Observation<Value>[] {
  let at = 0;
  for (const { order } of newest) {
    if (order < seen.order) break;
    at += 1;
  }
  if (at >= most) return newest;
  // This runs at each answer: `toSpliced` and `slice` cost several times as much.
  const next = [...newest];
  next.splice(at, 0, seen);
  if (next.length > most) next.pop();
  return next;
}
