import type { Answer } from '../answer/answer.ts';
import type { SseEvent } from '../answer/sse.ts';
import { StreamTruncatedError } from '../errors.ts';
import { mapped } from '../deliver/mapped-iterator.ts';
import type { CallRequest } from '../request/call-request.ts';

/** How a background response is resumed. */
export interface ResumeRules {
  /** Asks for the events of a response after one of them. */
  readonly resume: (responseId: string, startingAfter: number) => Promise<Answer>;
  /** How many of these may fail in a row. */
  readonly maxResumes: number;
}

/** Whether a request starts a response that goes on without its stream, and can be read again from any event. */
export function isResumable({ method, path, stream, json }: CallRequest): boolean {
  return method === 'POST' && path === '/responses' && stream && json?.['background'] === true;
}

/** The same stream, which goes on where it was when its connection is cut. */
export function resumableStream(first: Answer, { resume, maxResumes }: ResumeRules): Answer {
  if (first.events === undefined || first.status !== 200) return first;
  let answer = first;
  let reading = first.events[Symbol.asyncIterator]();
  let responseId: string | undefined;
  let lastNumber: number | undefined;
  let events = 0;
  let text = '';
  let failures = 0;
  let isLeft = false;

  function isNew({ json }: SseEvent): boolean {
    const { sequence_number: number } = (json ?? {}) as { readonly sequence_number?: unknown };
    if (typeof number !== 'number') return true;
    if (lastNumber !== undefined && number <= lastNumber) return false;
    lastNumber = number;
    return true;
  }

  async function next(): Promise<readonly SseEvent[] | undefined> {
    while (!isLeft) {
      const step = await reading.next().catch(async (error: unknown) => {
        await goOn(error);
        return undefined;
      });
      if (step?.done === true) return undefined;
      const fresh = step?.value.filter(isNew) ?? [];
      if (fresh.length === 0) continue;
      failures = 0;
      events += fresh.length;
      return fresh;
    }
    return undefined;
  }

  /** Resumes the response, or throws when that does not help. */
  async function goOn(error: unknown): Promise<void> {
    if (!(error instanceof StreamTruncatedError)) throw error;
    responseId ??= error.responseId;
    text += error.text;
    if (responseId === undefined || lastNumber === undefined) throw error;
    failures += 1;
    if (failures > maxResumes) throw cut(error, error.cause);
    const resumed = await resume(responseId, lastNumber).catch((cause: unknown) => {
      throw cut(error, cause);
    });
    if (resumed.events === undefined || resumed.status !== 200) {
      resumed.destroy();
      throw cut(error, new Error(`The service answered ${resumed.status} to the request to go on.`));
    }
    answer = resumed;
    reading = resumed.events[Symbol.asyncIterator]();
    if (isLeft) leave();
  }

  function cut({ deployment }: StreamTruncatedError, cause: unknown): StreamTruncatedError {
    return new StreamTruncatedError({
      deployment,
      text,
      events,
      responseId,
      sequenceNumber: lastNumber,
      cause,
    });
  }

  function leave(): void {
    isLeft = true;
    void reading.return?.().catch(() => undefined);
  }

  return {
    status: first.status,
    headers: first.headers,
    // Written anew: a cut may have gone through the middle of an event.
    body: mapped(next, (fresh) => Buffer.from(fresh.map(written).join('')), leave),
    events: mapped(next, (fresh) => fresh, leave),
    destroy: (reason) => {
      isLeft = true;
      answer.destroy(reason);
    },
  };
}

function written({ event, data }: SseEvent): string {
  const name = event === null ? '' : `event: ${event}\n`;
  return `${name}${data
    .split('\n')
    .map((line) => `data: ${line}\n`)
    .join('')}\n`;
}
