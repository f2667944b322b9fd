/** Memory that about forty requests share. */
export interface Slab {
  readonly bytes: Buffer;
  /** How many of them are still kept. */
  kept: number;
}

const slabBytes = 64 * 1024;
const mostFree = 64;

const free: Slab[] = [];
let current = emptySlab(0);
let used = 0;

/**
 * `length` bytes of `slab`, from `start` on, until `release`. Memory is used again and again: whatever is given up for new
 * makes V8 look through its whole heap for more of that kind.
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

/** Gives up what was reserved. Nobody may read it afterwards. */
export function release(slab: Slab): void {
  slab.kept -= 1;
  if (slab.kept > 0 || slab === current) return;
  if (slab.bytes.length === slabBytes && free.length < mostFree) free.push(slab);
}

function emptySlab(length: number): Slab {
  return { bytes: Buffer.allocUnsafeSlow(length), kept: 0 };
}
