import type { Usage } from '../events/events.ts';
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
  readonly error: { readonly code: string; readonly message: string } | undefined;
  readonly usage: Usage | undefined;
  readonly events: number;
  readonly responseId: string | undefined;
  readonly responseModel: string | undefined;
  readonly finishReasons: readonly string[];
  /** Text of the first choice so far. */
  text(): string;
}

type Progress = { -readonly [Key in keyof StreamProgress]: StreamProgress[Key] } & {
  finishReasons: string[];
};

interface ChatChoice {
  readonly index?: number;
  readonly text?: string;
  readonly delta?: Readonly<Record<string, unknown>>;
  readonly finish_reason?: string | null;
}

/** The fields that are read of a chunk of chat completions and of an event of responses. */
interface Payload {
  readonly id?: string;
  readonly model?: string;
  readonly choices?: readonly ChatChoice[];
  readonly usage?: unknown;
  readonly error?: { readonly code?: unknown; readonly message?: unknown; readonly type?: unknown } | null;
  readonly type?: string;
  readonly delta?: unknown;
  readonly response?: {
    readonly id?: string;
    readonly model?: string;
    readonly status?: string;
    readonly usage?: unknown;
    readonly error?: Payload['error'];
  };
}

/** Watches the events of a chat completion, a response, or of anything else that streams events with a `type`. */
export function streamProgress(): StreamProgress {
  const text: string[] = [];
  const open = new Set<number>();
  let sawFinish = false;
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
    finishReasons: [],
    text: () => text.join(''),
  };

  function see(event: SseEvent): void {
    progress.events += 1;
    if (event.data === '[DONE]') progress.complete = true;
    else if (typeof event.json === 'object' && event.json !== null) seePayload(event.json, event.event);
    progress.finished = progress.complete || (sawFinish && open.size === 0) || progress.error !== undefined;
  }

  function seePayload(payload: Payload, name: string | null): void {
    progress.responseId ??= payload.response?.id ?? nonEmpty(payload.id);
    progress.responseModel ??= payload.response?.model ?? nonEmpty(payload.model);
    progress.usage = usageFrom(payload.response?.usage ?? payload.usage) ?? progress.usage;
    if (payload.choices !== undefined) payload.choices.forEach(seeChoice);
    else if (payload.type !== undefined) seeTyped(payload, payload.type);
    else if (payload.error) progress.error = errorOf(payload);
    else if (name === 'error') progress.error = errorOf({ error: payload });
  }

  function seeChoice(choice: ChatChoice): void {
    const index = choice.index ?? 0;
    // An annotation of the asynchronous filter has no `delta` and comes after `stop` as well (wire.md 6.3).
    if (choice.delta !== undefined && !choice.finish_reason && !sawFinish) open.add(index);
    const content = choice.delta?.['content'] ?? choice.text;
    if (index === 0 && typeof content === 'string' && content !== '') text.push(content);
    if (!progress.hasContent && isContent(choice)) progress.hasContent = true;
    if (choice.finish_reason) {
      progress.hasContent = true;
      sawFinish = true;
      open.delete(index);
      progress.finishReasons.push(choice.finish_reason);
    }
  }

  function seeTyped(payload: Payload, type: string): void {
    if (/\.(delta|completed|incomplete|cancelled|done|partial_image)$/.test(type)) progress.hasContent = true;
    if (type === 'response.output_text.delta' && typeof payload.delta === 'string') text.push(payload.delta);
    if (
      /^[^.]+(?:\.text)?\.(completed|incomplete|cancelled)$|^speech\.audio\.done$|^transcript\.text\.done$/.test(
        type,
      )
    ) {
      progress.complete = true;
    }
    if (type === 'response.failed' || type === 'error')
      progress.error = errorOf(payload) ?? progress.error ?? { code: '', message: '' };
  }

  return progress;
}

function isContent({ delta, text }: ChatChoice): boolean {
  if (typeof text === 'string' && text !== '') return true;
  if (delta === undefined) return false;
  return Object.keys(delta).some((key) => {
    const value = delta[key];
    return key !== 'role' && value !== null && value !== undefined && value !== '';
  });
}

function errorOf(payload: Payload): StreamProgress['error'] {
  const found = payload.error ?? payload.response?.error;
  if (!found) return undefined;
  const text = (value: unknown): string => (typeof value === 'string' ? value : '');
  return { code: text(found.code) || text(found.type), message: text(found.message) };
}

function nonEmpty(value: string | undefined): string | undefined {
  return value === '' ? undefined : value;
}
