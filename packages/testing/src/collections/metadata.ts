import { checkValue, refuse } from '../service/parameter.ts';

/** Up to 16 pairs of short texts that a caller stores with an object. */
export type Metadata = Readonly<Record<string, string>>;

/** Reads `metadata`; refuses more than the service stores. */
export function readMetadata(value: unknown): Metadata {
  if (value === undefined || value === null) return {};
  checkValue(value, 'metadata', { type: 'object' });
  const pairs = Object.entries(value);
  if (pairs.length > 16) {
    const message = `Invalid 'metadata': too many properties. Expected an object with at most 16 properties, but got an object with ${pairs.length} properties instead.`;
    throw refuse(message, 'metadata', 'object_above_max_properties');
  }
  for (const [key, text] of pairs) {
    const path = `metadata.${key.slice(0, 80)}`;
    checkValue(key, path, { type: 'string', maxLength: 64 });
    checkValue(text, path, { type: 'string', maxLength: 512 });
  }
  return value as Metadata;
}
