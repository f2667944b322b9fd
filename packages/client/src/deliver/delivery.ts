import type { AnswerSummary } from '../answer/answer-summary.ts';
import type { OpenedStream } from '../answer/open-stream.ts';
import type { Attempt, AttemptResult } from '../attempt/attempt.ts';
import type { Call } from '../engine/call.ts';
import type { Engine } from '../engine/engine.ts';
import { outputMessages } from '../events/event-content.ts';
import type { Usage } from '../events/events.ts';
import { finishCall } from '../engine/finish-call.ts';
import type { TokenCount } from '../quota/quota.ts';
import { settle } from '../attempt/settle.ts';
import type { TransportResponse } from '../transport/transport.ts';

export type Success = Exclude<AttemptResult, { kind: 'failed' }>;

/** A successful attempt on its way to the caller. */
export interface Delivery<Kind extends Success['kind']> {
  readonly attempt: Attempt;
  readonly result: Extract<Success, { kind: Kind }>;
}

/** How a delivery ended. */
export interface DeliveryEnd {
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

/** Ends a delivery: settles its attempt and finishes its call. */
export function finishDelivery(engine: Engine, call: Call, end: DeliveryEnd): void {
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
