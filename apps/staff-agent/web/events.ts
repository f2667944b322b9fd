// How to use it: `for await (const event of readEvents<MyEvent>(response))` reads the events that a route sends with
// `streamSSE`, each one line of JSON. The same file stands in every sample.

/** The events of a response, in order. @throws when the stream is no event stream or breaks off. */
export async function* readEvents<Event>(response: Response): AsyncGenerator<Event> {
  if (!response.ok || response.body === null) throw new Error(`The server answered ${response.status}.`);
  let rest = '';
  for await (const text of response.body.pipeThrough(new TextDecoderStream())) {
    const blocks = (rest + text).split('\n\n');
    rest = blocks.pop() ?? '';
    for (const block of blocks) {
      const data = block
        .split('\n')
        .filter((line) => line.startsWith('data:'))
        .map((line) => line.slice(5).trimStart())
        .join('\n');
      if (data !== '') yield JSON.parse(data) as Event;
    }
  }
}
