import type { Usage } from '../events/events.ts';
import { isFields } from '../fields.ts';
import type { Fields } from '../fields.ts';
import { bareError, serviceError } from './service-error.ts';
import type { ServiceError } from './service-error.ts';
import type { SseEvent } from './sse.ts';
import { usageFrom } from './usage.ts';

/** How far a stream of events has come. */
export interface StreamProgress {
  see(event: SseEvent): void;
  /** Something that the caller asked for has arrived: from here on the stream is the caller's. */
  readonly hasContent: boolean;
  /** The stream has said that it is complete. */
  readonly finished: boolean;
  /** The last event has been seen: what follows is the end of the body. */
  readonly complete: boolean;
  /** An error that the stream carried. */
  readonly error: ServiceError | undefined;
  readonly usage: Usage | undefined;
  readonly events: number;
  readonly responseId: string | undefined;
  readonly responseModel: string | undefined;
  /** Number of the last event that has one: a background response goes on after it. */
  readonly sequenceNumber: number | undefined;
  readonly finishReasons: readonly string[];
  /** Text of the first choice so far. */
  text(): string;
}

type Progress = { -readonly [Key in keyof StreamProgress]: StreamProgress[Key] } & {
  finishReasons: string[];
};

/**
 * Watches the events of a chat completion with so many `choices`, of a response, or of anything else that streams events
 * with a `type`. It never throws, whatever the shape of an event.
 */
export function streamProgress(choices = 1): StreamProgress {
  const text: string[] = [];
  const open = new Set<number>();
  const closed = new Set<number>();
  // Fields, not getters: V8 keeps the getters of an object literal, and the stream with them, until a full collection.
  const progress: Progress = {
    see,
    hasContent: false,
    finished: false,
    complete: false,
    error: undefined,
    usage: undefined,
    events: 0,
    responseId: undefined,
    responseModel: undefined,
    sequenceNumber: undefined,
    finishReasons: [],
    text: () => text.join(''),
  };

  function see(event: SseEvent): void {
    progress.events += 1;
    if (event.data === '[DONE]') progress.complete = true;
    else if (isFields(event.json)) seePayload(event.json, event.event);
    const allClosed = closed.size >= choices && open.size === 0;
    progress.finished = progress.complete || allClosed || progress.error !== undefined;
  }

  function seePayload(payload: Fields, name: string | null): void {
    const { response, choices: seen, type, sequence_number: sequence } = payload;
    const of = isFields(response) ? response : payload;
    progress.responseId ??= nonEmpty(of['id']);
    progress.responseModel ??= nonEmpty(of['model']);
    if (typeof sequence === 'number') progress.sequenceNumber = sequence;
    if (of['usage']) progress.usage = usageFrom(of['usage']) ?? progress.usage;
    if (payload['error']) progress.error = serviceError(payload) ?? progress.error;
    if (Array.isArray(seen)) seen.forEach(seeChoice);
    else if (typeof type === 'string') seeTyped(payload, type);
    else
      progress.error ??=
        bareError(payload) ?? (name === 'error' ? serviceError({ error: payload }) : undefined);
  }

  function seeChoice(choice: unknown): void {
    if (!isFields(choice)) return;
    const { delta, finish_reason: reason } = choice;
    const index = typeof choice['index'] === 'number' ? choice['index'] : 0;
    // An annotation of the asynchronous filter has no `delta` and comes after `stop` as well (docs/wire/streams.md#6.3).
    if (isFields(delta) && !closed.has(index)) open.add(index);
    const content = isFields(delta) ? delta['content'] : choice['text'];
    if (index === 0 && typeof content === 'string') text.push(content);
    if (!progress.hasContent && isContent(choice)) progress.hasContent = true;
    if (typeof reason !== 'string' || reason === '') return;
    progress.hasContent = true;
    open.delete(index);
    closed.add(index);
    progress.finishReasons.push(reason);
  }

  function seeTyped(payload: Fields, type: string): void {
    const { delta, response } = payload;
    if (/\.(delta|completed|incomplete|cancelled|done|partial_image)$/.test(type)) progress.hasContent = true;
    // Work in the background goes on without this connection: its id is what the caller wants.
    if (type === 'response.created' && isFields(response) && response['background'] === true) {
      progress.hasContent = true;
    }
    if (type === 'response.output_text.delta' && typeof delta === 'string') text.push(delta);
    if (
      /^[^.]+(?:\.text)?\.(completed|incomplete|cancelled)$|^speech\.audio\.done$|^transcript\.text\.done$/.test(
        type,
      )
    ) {
      progress.complete = true;
    }
    if (type === 'response.failed' || type === 'error') {
      const flat = type === 'error' && payload['error'] === undefined ? { error: payload } : payload;
      progress.error = serviceError(flat) ?? progress.error ?? { code: '', message: '', status: undefined };
    }
  }

  return progress;
}

function isContent({ delta, text }: Fields): boolean {
  if (typeof text === 'string' && text !== '') return true;
  if (!isFields(delta)) return false;
  return Object.keys(delta).some((key) => {
    const value = delta[key];
    return key !== 'role' && value !== null && value !== undefined && value !== '';
  });
}

function nonEmpty(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
