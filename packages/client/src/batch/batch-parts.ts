/** One request of a batch: the body of the call, without its `model`. */
export type BatchRequest = Readonly<Record<string, unknown>>;

/** The limits of one file. */
export interface BatchLimits {
  readonly requests: number;
  readonly bytes: number;
}

/** One file of requests. */
export interface BatchPart {
  readonly bytes: Buffer;
  /** Index of its first request among all requests of the run. */
  readonly first: number;
  readonly count: number;
}

interface Splitting {
  readonly model: string;
  readonly endpoint: string;
  readonly limits: BatchLimits;
}

/**
 * Splits requests into files of JSON lines, each as large as the limits allow. The same requests always give the same files.
 * @throws RangeError when one request alone is larger than a file may be.
 */
export function* splitRequests(
  requests: Iterable<BatchRequest>,
  { model, endpoint, limits }: Splitting,
): Generator<BatchPart, void> {
  let lines: Buffer[] = [];
  let bytes = 0;
  let first = 0;
  let index = 0;
  const part = (): BatchPart => ({ bytes: Buffer.concat(lines), first, count: lines.length });
  for (const body of requests) {
    const request = { custom_id: String(index), method: 'POST', url: endpoint, body: { ...body, model } };
    const line = Buffer.from(`${JSON.stringify(request)}\n`);
    if (line.byteLength > limits.bytes) {
      throw new RangeError(
        `Cannot run the batch: request ${index} has ${line.byteLength} bytes, and a file may have ${limits.bytes}. Make it smaller.`,
      );
    }
    if (lines.length >= limits.requests || bytes + line.byteLength > limits.bytes) {
      yield part();
      [lines, bytes, first] = [[], 0, index];
    }
    lines.push(line);
    bytes += line.byteLength;
    index += 1;
  }
  if (lines.length > 0) yield part();
}
