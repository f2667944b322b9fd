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
}

/** Decodes server-sent events (HTML standard, 9.2.6): LF, CRLF or CR lines, comments, data over several lines. */
export function sseDecoder(): SseDecoder {
  const text = new TextDecoder();
  let rest = '';
  let event: string | null = null;
  let data: string[] = [];

  function line(value: string, events: SseEvent[]): void {
    if (value === '') {
      if (data.length > 0) events.push(eventOf(event, data.join('\n')));
      event = null;
      data = [];
      return;
    }
    const colon = value.indexOf(':');
    const field = colon < 0 ? value : value.slice(0, colon);
    const content = colon < 0 ? '' : value.slice(value[colon + 1] === ' ' ? colon + 2 : colon + 1);
    if (field === 'data') data.push(content);
    else if (field === 'event') event = content;
  }

  return {
    push: (chunk) => {
      const events: SseEvent[] = [];
      rest += text.decode(chunk, { stream: true });
      // A CR at the end may be half of a CRLF: it waits for the next chunk.
      const end = rest.endsWith('\r') ? rest.length - 1 : rest.length;
      const lines = rest.slice(0, end).split(/\r\n|\n|\r/);
      rest = (lines.pop() ?? '') + rest.slice(end);
      for (const value of lines) line(value, events);
      return events;
    },
  };
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
