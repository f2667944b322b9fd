import type { OperationRequest } from '../service/operation.ts';
import { done, stream, type StreamResponse } from '../service/wire-response.ts';
import { backgroundPace, type Background } from './background.ts';
import type { StoredResponse } from './response-store.ts';
import { writeEvents } from './write-events.ts';

/** Which events of a stream a caller wants. */
interface Wish {
  readonly hasObfuscation: boolean;
  /** The last event that it already has. */
  readonly startingAfter?: number;
}

/** Answers with the events of a response: all at once, or as the background work produces them. */
export function streamResponse(
  request: Pick<OperationRequest, 'random' | 'era' | 'clock'>,
  stored: StoredResponse,
  wish: Wish,
): StreamResponse {
  const { background, chunks } = stored;
  const events = writeEvents(stored.final, { ...request, hasObfuscation: wish.hasObfuscation, chunks });
  return background === undefined
    ? stream(events)
    : streamInBackground(request, { stored, background, events: [...events], wish });
}

function streamInBackground(
  { clock }: Pick<OperationRequest, 'clock'>,
  {
    stored,
    background,
    events,
    wish: { startingAfter = -1 },
  }: {
    readonly stored: StoredResponse;
    readonly background: Background;
    readonly events: readonly string[];
    readonly wish: Wish;
  },
): StreamResponse {
  // The last frame is `[DONE]`, which has no number.
  const skipped = Math.min(startingAfter + 1, events.length - 1);
  const pace = backgroundPace(background, { frames: events.length, skipped, clock });
  return stream(untilCancelled(events.slice(skipped), stored), { pace });
}

function* untilCancelled(frames: readonly string[], stored: StoredResponse): Iterable<string> {
  for (const frame of frames) {
    if (stored.isCancelled) {
      yield done;
      return;
    }
    yield frame;
  }
}
