/** Facts about the service, with the date and place where they were read. */
export interface Table<Key extends string, Entry> {
  /** Day the table was last compared with its source, `YYYY-MM-DD`. */
  readonly asOf: string;
  /** Where the facts were read. */
  readonly source: string;
  readonly entries: Readonly<Record<Key, Entry>>;
}

/** The entry of a table; `undefined` for a key it does not have. Safe for keys from outside. */
export function entryOf<Entry>(table: Table<string, Entry>, key: string): Entry | undefined {
  return Object.hasOwn(table.entries, key) ? table.entries[key] : undefined;
}
