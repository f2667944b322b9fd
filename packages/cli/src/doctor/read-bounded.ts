/** The start of a body: an endpoint that never stops talking must not fill the memory. */
export async function readBounded(response: Response, maxBytes: number = 256 * 1024): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  let read = 0;
  if (response.body === null) return text;
  for await (const chunk of response.body as AsyncIterable<Uint8Array>) {
    text += decoder.decode(chunk.subarray(0, maxBytes - read), { stream: true });
    read += chunk.length;
    // Leaving the loop cancels the rest.
    if (read >= maxBytes) break;
  }
  return text;
}
