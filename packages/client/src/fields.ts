/** An object by its keys, whose values are not checked yet. */
export type Fields = Readonly<Record<string, unknown>>;

/** Whether a value of unknown origin has fields: an object that is no array. */
export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
