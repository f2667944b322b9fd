/** One server-sent event. */
export interface SseEvent {
  /** Name from an `event:` line, or `null`. */
  readonly event: string | null;
  /** Text of its `data:` lines. */
  readonly data: string;
  /** `data` parsed as JSON; `undefined` when it is no JSON, as in `[DONE]`. */
  readonly json: unknown;
}

/** Takes the bytes as they arrive and gives the events that they complete. */
export interface SseDecoder {
  push(chunk: Uint8Array): SseEvent[];
  /** The event that the end of the body cut short of its blank line, if there is one. */
  flush(): SseEvent[];
}

const lf = 0x0a;
const cr = 0x0d;

/**
 * Decodes server-sent events (HTML standard, 9.2.6): LF, CRLF or CR lines, comments, data over several lines.
 * Lines are found in the bytes, which are then decoded once for each chunk: a line break is never part of another
 * UTF-8 character.
 */
export function sseDecoder(): SseDecoder {
  let rest: Buffer[] = [];
  let event: string | null = null;
  let data: string | undefined;
  let started = false;
  let afterCr = false;

  function line(value: string, events: SseEvent[]): void {
    if (value === '') {
      // Without a `data` line nothing is dispatched, whatever its name.
      if (data !== undefined) events.push(eventOf(event, data));
      event = null;
      data = undefined;
      return;
    }
    const colon = value.indexOf(':');
    const field = colon < 0 ? value : value.slice(0, colon);
    const content = colon < 0 ? '' : value.slice(value[colon + 1] === ' ' ? colon + 2 : colon + 1);
    if (field === 'data') data = data === undefined ? content : `${data}\n${content}`;
    else if (field === 'event') event = content;
  }

  /** Complete lines, each ended by one LF. */
  function lines(text: string, events: SseEvent[]): void {
    let at = 0;
    while (at < text.length) {
      const end = text.indexOf('\n', at);
      // The usual event: one `data: ` line and the blank line after it.
      if (text.startsWith('data: ', at) && text[end + 1] === '\n' && data === undefined) {
        events.push(eventOf(event, text.slice(at + 6, end)));
        event = null;
        at = end + 2;
      } else {
        line(text.slice(at, end), events);
        at = end + 1;
      }
    }
  }

  /** The text of all complete lines, with LF for each line end; what is left waits for its line end. */
  function complete(chunk: Buffer): string {
    const end = endOfLines(chunk);
    if (end === 0) {
      rest.push(chunk);
      return '';
    }
    let bytes = chunk.subarray(0, end);
    if (rest.length > 0) bytes = Buffer.concat([...rest, bytes]);
    rest = end === chunk.length ? [] : [chunk.subarray(end)];
    let start = 0;
    if (afterCr && bytes[0] === lf) start = 1;
    else if (!started && bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) start = 3;
    started = true;
    afterCr = bytes[bytes.length - 1] === cr;
    const text = bytes.toString('utf8', start);
    return text.includes('\r') ? text.replaceAll(/\r\n?/g, '\n') : text;
  }

  return {
    push(chunk) {
      const events: SseEvent[] = [];
      if (chunk.byteLength > 0) {
        lines(complete(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength)), events);
      }
      return events;
    },
    flush() {
      const events: SseEvent[] = [];
      if (rest.length > 0) line(Buffer.concat(rest).toString('utf8'), events);
      rest = [];
      line('', events);
      return events;
    },
  };
}

/** Where the last line break ends; 0 without one. Nearly always that is the end: the rest need not be searched. */
function endOfLines(chunk: Buffer): number {
  const last = chunk[chunk.length - 1];
  if (last === lf || last === cr) return chunk.length;
  return Math.max(chunk.lastIndexOf(lf), chunk.lastIndexOf(cr)) + 1;
}

function eventOf(event: string | null, data: string): SseEvent {
  return { event, data, json: data === '[DONE]' ? undefined : parse(data) };
}

function parse(data: string): unknown {
  try {
    return JSON.parse(data);
  } catch {
    return undefined;
  }
}
