/** Gives the value of a key, made when it is not there. Of more than `most` entries the oldest is forgotten. */
export function boundedCache<Value extends object>(
  most: number,
): (key: string, create: () => Value) => Value {
  const entries = new Map<string, Value>();
  return (key, create) => {
    const known = entries.get(key);
    if (known !== undefined) return known;
    const created = create();
    // A map keeps the order of insertion.
    const [oldest] = entries.size < most ? [] : entries.keys();
    if (oldest !== undefined) entries.delete(oldest);
    entries.set(key, created);
    return created;
  };
}
