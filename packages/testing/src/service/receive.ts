import type { IncomingMessage } from 'node:http';

/** Reads a body; `undefined` once it is larger than `limit`, and the rest is discarded. */
export function receive(
  incoming: IncomingMessage,
  limit: number,
  then: (body: Buffer | undefined) => void,
): void {
  const chunks: Buffer[] = [];
  let size = 0;
  let isSettled = false;
  incoming.on('data', (chunk: Buffer) => {
    size += chunk.length;
    if (size <= limit) {
      chunks.push(chunk);
    } else if (!isSettled) {
      isSettled = true;
      chunks.length = 0;
      then(undefined);
    } else if (size > limit * 4) {
      incoming.destroy();
    }
  });
  incoming.on('end', () => {
    if (isSettled) return;
    isSettled = true;
    const [first] = chunks;
    then(chunks.length === 1 && first !== undefined ? first : Buffer.concat(chunks, size));
  });
  // A caller that has disconnected gets no answer.
  incoming.on('error', () => {
    isSettled = true;
  });
}
