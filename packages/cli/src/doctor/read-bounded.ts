import type { TransportResponse } from '@aoai/client';

/** Reads the start of a body only: an endless one must not fill the memory. */
export async function readBounded(
  response: TransportResponse,
  maxBytes: number = 256 * 1024,
): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  let read = 0;
  for await (const chunk of response.body) {
    text += decoder.decode(chunk.subarray(0, maxBytes - read), { stream: true });
    read += chunk.length;
    if (read >= maxBytes) break;
  }
  response.destroy();
  return text;
}
