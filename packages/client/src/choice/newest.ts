/** Something that is known of an attempt, with its place among the attempts that were started. */
export interface Seen<Value> {
  /** Counts the attempts of a client. */
  readonly order: number;
  readonly value: Value;
}

/**
 * Puts one in among the `most` newest, by the order in which attempts were started. In the order of their answers the
 * last of a burst would always be the slowest, and each burst would end like a brown-out.
 */
export function withNewest<Value>(
  newest: readonly Seen<Value>[],
  seen: Seen<Value>,
  most: number,
): readonly Seen<Value>[] {
  const at = newest.findIndex(({ order }) => order < seen.order);
  if (at < 0) return newest.length < most ? [...newest, seen] : newest;
  return newest.toSpliced(at, 0, seen).slice(0, most);
}
