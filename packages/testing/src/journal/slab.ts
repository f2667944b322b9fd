/** Memory that about forty requests share. */
export interface Slab {
  readonly bytes: Buffer;
  /** How many of them are still in use. */
  kept: number;
}

const slabBytes = 64 * 1024;
const mostFree = 64;

const free: Slab[] = [];
let current = emptySlab(0);
let used = 0;

/**
 * `length` bytes of `slab`, from `start` on, until `release`. Memory is reused: releasing external memory makes V8
 * collect its whole heap.
 */
export function reserve(length: number): { readonly slab: Slab; readonly start: number } {
  if (used + length > current.bytes.length) {
    current = (length <= slabBytes ? free.pop() : undefined) ?? emptySlab(Math.max(slabBytes, length));
    used = 0;
  }
  const start = used;
  used += length;
  current.kept += 1;
  return { slab: current, start };
}

/** Releases the memory. Nobody may read it afterwards. */
export function release(slab: Slab): void {
  slab.kept -= 1;
  if (slab.kept > 0 || slab === current) return;
  if (slab.bytes.length === slabBytes && free.length < mostFree) free.push(slab);
}

function emptySlab(length: number): Slab {
  return { bytes: Buffer.allocUnsafeSlow(length), kept: 0 };
}
