import type { BulkFrames, StreamResponse } from '../service/wire-response.ts';

/** One frame, or many that can be written in bulk. */
export type Part = string | BulkFrames;

/** The frames of all parts, in bulk where one of the parts is. */
export function framesOf(parts: readonly Part[]): StreamResponse['frames'] {
  if (!parts.some((part) => typeof part !== 'string')) return parts as readonly string[];
  let length = 0;
  for (const part of parts) length += typeof part === 'string' ? Buffer.byteLength(part) : part.length;
  return {
    [Symbol.iterator]: () => flatten(parts),
    length,
    write(target, start) {
      let at = start;
      for (const part of parts)
        at = typeof part === 'string' ? at + target.write(part, at) : part.write(target, at);
      return at;
    },
  };
}

/** Each frame of the parts. */
export function* flatten(parts: readonly Part[]): Generator<string, undefined> {
  for (const part of parts) {
    if (typeof part === 'string') yield part;
    else yield* part;
  }
  return undefined;
}
