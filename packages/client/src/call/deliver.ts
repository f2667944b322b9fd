import type { Answer } from '../answer/answer.ts';
import { summarize } from '../answer/answer-summary.ts';
import type { AnswerSummary } from '../answer/answer-summary.ts';
import type { Attempt, AttemptResult } from './attempt.ts';
import { learnFromAnswer, learnFromEvents, rememberHolder } from './bound-call.ts';
import type { Call } from './call.ts';
import { DeadlineExceededError, StreamTruncatedError } from '../errors.ts';
import type { Engine } from './engine.ts';
import type { Usage } from '../events/events.ts';
import { finishCall } from './finish-call.ts';
import { observedQuota } from '../answer/observed-quota.ts';
import { mapped } from './mapped-iterator.ts';
import type { OpenedStream, StreamPiece } from '../answer/open-stream.ts';
import type { SseEvent } from '../answer/sse.ts';
import type { TokenCount } from '../quota/quota.ts';
import { requestIdOf, settle } from './settle.ts';
import { outputMessages } from '../events/event-content.ts';
import type { TransportResponse } from '../transport/transport.ts';
import { tokensOf, usageInJson } from '../answer/usage.ts';

type Success = Exclude<AttemptResult, { kind: 'failed' }>;

interface Delivery<Kind extends Success['kind']> {
  readonly attempt: Attempt;
  readonly result: Extract<Success, { kind: Kind }>;
}

/** Hands a successful attempt to the caller and settles it when its body has ended, however it ends. */
export function deliver(
  engine: Engine,
  call: Call,
  { attempt, result }: { attempt: Attempt; result: Success },
): Answer {
  const observed = observedQuota(result.response.headers);
  engine.quota.admitted?.(attempt.admission.grant, observed);
  engine.wake();
  attempt.observed = observed;
  announceSuccess(engine, call, { attempt, response: result.response });
  rememberHolder(engine, call, resourceOf(attempt));
  if (result.kind === 'whole') return deliverWhole(engine, call, { attempt, result });
  if (result.kind === 'stream') return deliverStream(engine, call, { attempt, result });
  return deliverBytes(engine, call, { attempt, result });
}

function resourceOf({ admission }: Attempt): string {
  return admission.target.deployment.resource;
}

function announceSuccess(
  engine: Engine,
  call: Call,
  { attempt, response }: { attempt: Attempt; response: TransportResponse },
): void {
  if (engine.watched() === undefined) return;
  const requestId = requestIdOf(response.headers);
  engine.emit({
    type: 'attempt-succeeded',
    callId: call.id,
    atMs: engine.now(),
    attempt: attempt.number,
    deployment: attempt.admission.target.name,
    resource: attempt.admission.target.deployment.resource,
    status: response.status,
    durationMs: engine.now() - attempt.startedMs,
    ...(requestId === undefined ? undefined : { requestId }),
  });
}

function deliverWhole(engine: Engine, call: Call, { attempt, result }: Delivery<'whole'>): Answer {
  const { response, body } = result;
  learnFromAnswer(engine, call, { text: () => body.toString(), resource: resourceOf(attempt) });
  const usage = usageInJson(body);
  const watched = engine.watched();
  const summary = watched === undefined ? undefined : summarize(body, watched === 'content');
  const tokens = usage && tokensOf(usage);
  finish(engine, call, { attempt, response, usage, tokens, outcome: 'ok', summary });
  return { status: response.status, headers: response.headers, body, destroy: () => undefined };
}

interface Finish {
  readonly attempt: Attempt;
  readonly response: TransportResponse;
  readonly usage?: Usage | undefined;
  readonly tokens?: TokenCount | undefined;
  readonly outcome: 'ok' | 'error' | 'aborted' | 'truncated';
  readonly error?: unknown;
  readonly stream?: OpenedStream;
  readonly summary?: AnswerSummary | undefined;
  readonly firstTokenMs?: number;
}

function finish(engine: Engine, call: Call, end: Finish): void {
  const { attempt, response, tokens, outcome } = end;
  const { observed } = attempt;
  void settle(engine, attempt, {
    result: outcome === 'truncated' ? 'failed' : 'ok',
    ...(tokens === undefined ? undefined : { tokens }),
    ...(observed === undefined ? undefined : { observed }),
  });
  const { progress } = end.stream ?? {};
  finishCall(engine, call, {
    outcome,
    answer: response,
    target: attempt.admission.target,
    usage: end.usage,
    error: end.error,
    firstTokenMs: end.firstTokenMs,
    responseId: progress?.responseId,
    responseModel: progress?.responseModel,
    finishReasons: progress?.finishReasons,
    ...(progress !== undefined && engine.watched() === 'content'
      ? { content: outputMessages(progress.text()) }
      : undefined),
    ...end.summary,
  });
}

function deliverBytes(engine: Engine, call: Call, { attempt, result }: Delivery<'bytes'>): Answer {
  const { response } = result;
  const { scope } = attempt;
  scope.limit(call.settings.idleTimeoutMs, 'more of the answer');
  scope.pause();
  scope.background();
  const end = once((outcome: Finish['outcome'], error?: unknown) => {
    finish(engine, call, { attempt, response, outcome, error });
  });
  async function* body(): AsyncGenerator<Uint8Array, void> {
    try {
      scope.resume();
      for await (const chunk of response.body) {
        scope.pause();
        yield chunk;
        scope.resume();
      }
      end('ok');
    } catch (error) {
      end(call.cancellation.aborted ? 'aborted' : 'error', error);
      throw error;
    } finally {
      response.destroy();
      end('aborted');
    }
  }
  scope.signal.addEventListener('abort', () => {
    destroy(scope.signal.reason);
  });
  function destroy(reason?: unknown): void {
    response.destroy(reason);
    end('aborted');
  }
  return { status: response.status, headers: response.headers, body: body(), destroy };
}

function deliverStream(engine: Engine, call: Call, { attempt, result }: Delivery<'stream'>): Answer {
  const { response, stream } = result;
  const { scope } = attempt;
  const { progress } = stream;
  const firstTokenMs = engine.now() - call.startedMs;
  const resource = resourceOf(attempt);
  const learn = (events: readonly SseEvent[]) => {
    learnFromEvents(engine, call, { events, resource });
  };
  for (const { events } of stream.held) learn(events);
  scope.limit(call.settings.idleTimeoutMs, 'more of the stream');
  const end = once((outcome: Finish['outcome'], error?: unknown) => {
    const { usage } = progress;
    const tokens = usage === undefined ? spentSoFar(call, progress.text()) : tokensOf(usage);
    finish(engine, call, { attempt, response, usage, tokens, outcome, error, stream, firstTokenMs });
  });

  let isOver = false;

  /** Written out: what an async generator held, V8 keeps until a full collection. One call at a time. */
  async function next(): Promise<StreamPiece | undefined> {
    return isOver ? undefined : (stream.held.shift() ?? read());
  }

  async function read(): Promise<StreamPiece | undefined> {
    try {
      scope.resume();
      const piece = await stream.next();
      scope.pause();
      if (piece !== undefined) {
        learn(piece.events);
        return piece;
      }
      if (!progress.finished) throw new TypeError('The connection was closed.');
      close(endOf(progress));
      return undefined;
    } catch (cause) {
      // What a socket does after the end of the stream is nobody's concern.
      if (progress.finished && !call.cancellation.aborted) {
        close(endOf(progress));
        return undefined;
      }
      const error = brokenOff(call, { attempt, stream, cause });
      close(outcomeOf(error), error);
      throw error;
    }
  }

  function close(outcome: Finish['outcome'], error?: unknown): void {
    isOver = true;
    end(outcome, error);
    response.destroy();
  }

  // Whether anybody reads on or not: abort, deadline and silence end the call at once.
  scope.signal.addEventListener('abort', () => {
    response.destroy(scope.signal.reason);
    if (progress.finished) return;
    const error = brokenOff(call, { attempt, stream, cause: undefined });
    end(outcomeOf(error), error);
  });
  // Nobody waits for a stream that nobody reads yet.
  scope.pause();
  scope.background();
  const destroy = (reason?: unknown) => {
    response.destroy(reason);
    end(progress.finished ? endOf(progress) : 'aborted');
  };
  /** The reader has what he wants. After the last event the connection can still be kept. */
  const leave = () => {
    if (!progress.complete) destroy();
    else {
      end(endOf(progress));
      void drain(response, stream);
    }
  };
  return {
    status: response.status,
    headers: response.headers,
    body: mapped(next, ({ bytes }) => bytes, leave),
    events: mapped(next, ({ events }) => events, leave),
    destroy,
  };
}

/** A stream that says an error has failed, whoever reads on. */
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
  return new StreamTruncatedError({
    deployment: attempt.admission.target.name,
    text: stream.progress.text(),
    events: stream.progress.events,
    cause: signal.aborted ? (signal.reason as unknown) : cause,
  });
}

function outcomeOf(error: unknown): Finish['outcome'] {
  if (error instanceof StreamTruncatedError) return 'truncated';
  return error instanceof DeadlineExceededError ? 'error' : 'aborted';
}

/** The output so far by its length: a stream that is left early never says what it has used. */
function spentSoFar(call: Call, text: string): TokenCount {
  return { input: call.request.tokens.input, output: Math.ceil(text.length / 4) };
}

function once<Args extends unknown[]>(run: (...args: Args) => void): (...args: Args) => void {
  let done = false;
  return (...args) => {
    if (done) return;
    done = true;
    run(...args);
  };
}
