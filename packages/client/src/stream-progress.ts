import type { Usage } from './events.ts';
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
  const reasons: string[] = [];
  let hasContent = false;
  let done = false;
  let sawFinish = false;
  let error: StreamProgress['error'];
  let usage: Usage | undefined;
  let events = 0;
  let responseId: string | undefined;
  let responseModel: string | undefined;

  function seeChoice(choice: ChatChoice): void {
    const index = choice.index ?? 0;
    // An annotation of the asynchronous filter has no `delta` and comes after `stop` as well (wire.md 6.3).
    if (choice.delta !== undefined && !choice.finish_reason && !sawFinish) open.add(index);
    const content = choice.delta?.['content'] ?? choice.text;
    if (index === 0 && typeof content === 'string' && content !== '') text.push(content);
    if (isContent(choice)) hasContent = true;
    if (choice.finish_reason) {
      hasContent = true;
      sawFinish = true;
      open.delete(index);
      reasons.push(choice.finish_reason);
    }
  }

  function seeTyped(payload: Payload, type: string): void {
    if (/\.(delta|completed|incomplete|cancelled|done|partial_image)$/.test(type)) hasContent = true;
    if (type === 'response.output_text.delta' && typeof payload.delta === 'string') text.push(payload.delta);
    if (
      /^[^.]+(?:\.text)?\.(completed|incomplete|cancelled)$|^speech\.audio\.done$|^transcript\.text\.done$/.test(
        type,
      )
    ) {
      done = true;
    }
    if (type === 'response.failed' || type === 'error')
      error = errorOf(payload) ?? error ?? { code: '', message: '' };
  }

  return {
    see: (event) => {
      events += 1;
      if (event.data === '[DONE]') {
        done = true;
        return;
      }
      const payload = event.json as Payload | undefined | null;
      if (typeof payload !== 'object' || payload === null) return;
      responseId ??= payload.response?.id ?? nonEmpty(payload.id);
      responseModel ??= payload.response?.model ?? nonEmpty(payload.model);
      usage = usageFrom(payload.response?.usage ?? payload.usage) ?? usage;
      if (payload.choices !== undefined) payload.choices.forEach(seeChoice);
      else if (payload.type !== undefined) seeTyped(payload, payload.type);
      else if (payload.error) error = errorOf(payload);
      else if (event.event === 'error') error = errorOf({ error: payload });
    },
    get hasContent() {
      return hasContent;
    },
    get finished() {
      return done || (sawFinish && open.size === 0) || error !== undefined;
    },
    get complete() {
      return done;
    },
    get error() {
      return error;
    },
    get usage() {
      return usage;
    },
    get events() {
      return events;
    },
    get responseId() {
      return responseId;
    },
    get responseModel() {
      return responseModel;
    },
    get finishReasons() {
      return reasons;
    },
    text: () => text.join(''),
  };
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
