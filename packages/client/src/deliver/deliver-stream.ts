import type { Answer } from '../answer/answer.ts';
import { tokensOf } from '../answer/usage.ts';
import type { OpenedStream, StreamPiece } from '../answer/open-stream.ts';
import type { SseEvent } from '../answer/sse.ts';
import type { Attempt } from '../attempt/attempt.ts';
import { learnFromEvents } from '../engine/bound-call.ts';
import type { Call } from '../engine/call.ts';
import { finishDelivery } from './delivery.ts';
import type { Delivery, DeliveryEnd } from './delivery.ts';
import type { Engine } from '../engine/engine.ts';
import { DeadlineExceededError, StreamTruncatedError } from '../errors.ts';
import { mapped } from './mapped-iterator.ts';
import type { TokenCount } from '../quota/quota.ts';
import type { TransportResponse } from '../transport/transport.ts';

/** Passes a stream of events to the caller. It is `open` until it ends, fails, or is abandoned. */
export function deliverStream(engine: Engine, call: Call, { attempt, result }: Delivery<'stream'>): Answer {
  const { response, stream } = result;
  const { scope } = attempt;
  const { progress } = stream;
  const firstTokenMs = engine.now() - call.startedMs;
  const { resource } = attempt.admission.target.deployment;
  let state: 'open' | 'over' = 'open';
  /** Why it ended while the caller was not reading: the next read throws it. */
  let untold: unknown;

  function over(outcome: DeliveryEnd['outcome'], error?: unknown): void {
    if (state === 'over') return;
    state = 'over';
    const { usage } = progress;
    const tokens = usage === undefined ? spentSoFar(call, progress.text()) : tokensOf(usage);
    finishDelivery(engine, call, { attempt, response, usage, tokens, outcome, error, stream, firstTokenMs });
  }

  function learn(events: readonly SseEvent[]): void {
    learnFromEvents(engine, call, { events, resource });
  }

  /** Written out: what an async generator held, V8 keeps until a full collection. One call at a time. */
  async function next(): Promise<StreamPiece | undefined> {
    const held = stream.held.shift();
    if (held !== undefined) return held;
    if (untold !== undefined) endBroken(untold);
    return state === 'open' ? read() : undefined;
  }

  async function read(): Promise<StreamPiece | undefined> {
    try {
      const piece = await stream.next();
      if (piece !== undefined) {
        learn(piece.events);
        return piece;
      }
      if (!progress.finished) throw new TypeError('The connection was closed.');
      over(endOf(progress));
      response.destroy();
      return undefined;
    } catch (cause) {
      endBroken(cause);
      return undefined;
    }
  }

  /** Ends the delivery and throws, unless the stream had said that it was complete. */
  function endBroken(cause: unknown): void {
    // What happens to the socket after the end of the stream does not matter.
    const isComplete = progress.finished && !call.cancellation.aborted;
    const error = isComplete ? undefined : (untold ?? brokenOff(call, { attempt, stream, cause }));
    untold = undefined;
    over(error === undefined ? endOf(progress) : outcomeOf(error), error);
    response.destroy();
    if (error !== undefined) throw error as Error;
  }

  /** The caller does not want the rest. */
  function destroy(reason?: unknown): void {
    stream.held.length = 0;
    response.destroy(reason);
    over(progress.finished ? endOf(progress) : 'aborted');
  }

  /** The reader has what it wants. After the last event the connection can still be kept. */
  function leave(): void {
    stream.held.length = 0;
    if (!progress.complete) {
      destroy();
      return;
    }
    over(endOf(progress));
    void drain(response, stream);
  }

  for (const { events } of stream.held) learn(events);
  // Abort, deadline and silence end the call at once, also while the caller is not reading.
  scope.signal.addEventListener('abort', () => {
    response.destroy(scope.signal.reason);
    // What has arrived in full can still be read. A caller who is told of an error by the stream aborts it.
    const isComplete = progress.finished && (!call.cancellation.aborted || progress.error !== undefined);
    if (!isComplete) untold = brokenOff(call, { attempt, stream, cause: undefined });
    over(isComplete ? endOf(progress) : outcomeOf(untold), untold);
  });
  scope.background();
  return {
    status: response.status,
    headers: response.headers,
    body: mapped(next, ({ bytes }) => bytes, leave),
    events: mapped(next, ({ events }) => events, leave),
    destroy,
  };
}

/** A stream that carries an error has failed, also when the caller reads on. */
function endOf({ error }: OpenedStream['progress']): 'ok' | 'error' {
  return error === undefined ? 'ok' : 'error';
}

/** How long the end of a body may follow the last event. */
const drainMs = 1_000;

async function drain(response: TransportResponse, stream: OpenedStream): Promise<void> {
  const timer = setTimeout(() => {
    response.destroy();
  }, drainMs).unref();
  try {
    while ((await stream.next()) !== undefined);
  } catch {
    // The answer is complete; only the connection is lost.
  } finally {
    clearTimeout(timer);
  }
}

function brokenOff(
  call: Call,
  { attempt, stream, cause }: { attempt: Attempt; stream: OpenedStream; cause: unknown },
): unknown {
  if (call.cancellation.aborted) return call.cancellation.reason;
  const { signal } = attempt.scope;
  if (signal.reason instanceof DeadlineExceededError) return signal.reason;
  const { progress } = stream;
  return new StreamTruncatedError({
    deployment: attempt.admission.target.name,
    text: progress.text(),
    events: progress.events,
    responseId: progress.responseId,
    sequenceNumber: progress.sequenceNumber,
    cause: signal.aborted ? (signal.reason as unknown) : cause,
  });
}

function outcomeOf(error: unknown): DeliveryEnd['outcome'] {
  if (error instanceof StreamTruncatedError) return 'truncated';
  return error instanceof DeadlineExceededError ? 'error' : 'aborted';
}

/** The output so far by its length: a stream that is left early never says what it has used. */
function spentSoFar(call: Call, text: string): TokenCount {
  return { input: call.request.tokens.input, output: Math.ceil(text.length / 4) };
}
