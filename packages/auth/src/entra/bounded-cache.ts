/** Gives the value of a key, made when it is not there. Keeps the `most` entries that were used last. */
export function boundedCache<Value extends object>(
  most: number,
): (key: string, create: () => Value) => Value {
  const entries = new Map<string, Value>();
  return (key, create) => {
    const value = entries.get(key) ?? create();
    // A map keeps the order of insertion: the first key is the least recently used one.
    entries.delete(key);
    entries.set(key, value);
    const [oldest] = entries.size > most ? entries.keys() : [];
    if (oldest !== undefined) entries.delete(oldest);
    return value;
  };
}
