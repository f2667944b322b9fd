/** Something that is known of an attempt, with its place among the attempts that were started. */
export interface Observation<Value> {
  /** Counts the attempts of a client. */
  readonly order: number;
  readonly value: Value;
}

/**
 * Puts one in among the `most` newest, by the order in which attempts were started. In the order of their answers the
 * last of a burst would always be the slowest, and each burst would end like a brown-out.
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
  // For each answer: `toSpliced` and `slice` cost several times as much.
  const next = [...newest];
  next.splice(at, 0, seen);
  if (next.length > most) next.pop();
  return next;
}
