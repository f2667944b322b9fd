import type * as OpenTelemetry from '@opentelemetry/api';
import type { Attributes, Context, Span } from '@opentelemetry/api';
import type {
  AttemptFailed,
  AttemptStarted,
  AttemptSucceeded,
  CallFinished,
  CallStarted,
  ClientEvent,
  Listener,
} from '../events/events.ts';
import { callAttributes, operationName, scopeName, serverAttributes } from './attributes.ts';

interface OpenCall {
  readonly span: Span;
  readonly context: Context;
  readonly attempts: Map<number, Span>;
}

/** One span for each call, and below it one for each attempt. */
export function spansListener(api: typeof OpenTelemetry, withContent: boolean): Listener {
  const { context, trace, SpanKind, SpanStatusCode } = api;
  const tracer = trace.getTracer(scopeName);
  const calls = new Map<string, OpenCall>();

  function startCall(event: CallStarted): void {
    const attributes = {
      ...callAttributes(event),
      'azure.resource_provider.namespace': 'Microsoft.CognitiveServices',
      'aoai.call.id': event.callId,
      ...(withContent ? contentAttributes('gen_ai.input.messages', event.content) : undefined),
    };
    const name = `${operationName(event.operation)} ${event.name}`;
    const span = tracer.startSpan(name, { kind: SpanKind.CLIENT, startTime: event.atMs, attributes });
    calls.set(event.callId, { span, context: trace.setSpan(context.active(), span), attempts: new Map() });
  }

  function finishCall(event: CallFinished): void {
    const call = calls.get(event.callId);
    if (call === undefined) return;
    calls.delete(event.callId);
    const { span, attempts } = call;
    // A losing hedge, or an attempt that the caller cut short.
    for (const attempt of attempts.values()) attempt.end(event.atMs);
    span.setAttributes(resultAttributes(event));
    if (withContent) span.setAttributes(contentAttributes('gen_ai.output.messages', event.content));
    if (event.outcome === 'error' || event.outcome === 'truncated') {
      span.setStatus({ code: SpanStatusCode.ERROR, ...(event.errorType && { message: event.errorType }) });
    }
    span.end(event.atMs);
  }

  function startAttempt(event: AttemptStarted): void {
    const call = calls.get(event.callId);
    if (call === undefined) return;
    const attributes = {
      'aoai.attempt': event.attempt,
      'aoai.deployment': event.deployment,
      'aoai.resource': event.resource,
      'gen_ai.request.model': event.model,
      ...serverAttributes(event.server),
      ...(event.hedge ? { 'aoai.hedge': true } : undefined),
      ...(event.probe ? { 'aoai.probe': true } : undefined),
    };
    const options = { kind: SpanKind.CLIENT, startTime: event.atMs, attributes };
    call.attempts.set(event.attempt, tracer.startSpan(`attempt ${event.deployment}`, options, call.context));
  }

  function endAttempt(event: AttemptSucceeded | AttemptFailed): void {
    const attempts = calls.get(event.callId)?.attempts;
    const span = attempts?.get(event.attempt);
    if (span === undefined) return;
    attempts?.delete(event.attempt);
    if (event.status !== undefined) span.setAttribute('http.response.status_code', event.status);
    if (event.requestId !== undefined) span.setAttribute('azure.service.request.id', event.requestId);
    if (event.type === 'attempt-failed') {
      const errorType = event.code ?? (event.status === undefined ? event.outcome : String(event.status));
      span.setAttributes({ 'error.type': errorType, 'aoai.outcome': event.outcome });
      if (event.retryAfterMs !== undefined) span.setAttribute('aoai.retry_after_ms', event.retryAfterMs);
      span.setStatus({ code: SpanStatusCode.ERROR, message: errorType });
    }
    span.end(event.atMs);
  }

  return (event) => {
    switch (event.type) {
      case 'call-started':
        startCall(event);
        return;
      case 'call-finished':
        finishCall(event);
        return;
      case 'attempt-started':
        startAttempt(event);
        return;
      case 'attempt-succeeded':
      case 'attempt-failed':
        endAttempt(event);
        return;
      default:
        if ('callId' in event) calls.get(event.callId)?.span.addEvent(event.type, detail(event), event.atMs);
    }
  };
}

function resultAttributes(event: CallFinished): Attributes {
  const { usage } = event;
  const optional: Readonly<Record<string, string | number | string[] | undefined>> = {
    'gen_ai.response.id': event.responseId,
    'gen_ai.response.model': event.responseModel,
    'gen_ai.response.finish_reasons': event.finishReasons && [...event.finishReasons],
    'gen_ai.response.time_to_first_chunk': event.firstTokenMs && event.firstTokenMs / 1_000,
    'gen_ai.usage.input_tokens': usage?.inputTokens,
    'gen_ai.usage.output_tokens': usage?.outputTokens,
    'gen_ai.usage.cache_read.input_tokens': usage?.cachedInputTokens,
    'gen_ai.usage.reasoning.output_tokens': usage?.reasoningTokens,
    'error.type': event.errorType,
    'aoai.deployment': event.deployment,
    'aoai.cost': event.cost,
    'aoai.attempts': event.attempts,
    'aoai.outcome': event.outcome,
  };
  return Object.fromEntries(Object.entries(optional).filter(([, value]) => value !== undefined));
}

function contentAttributes(name: string, content: unknown): Attributes {
  return content === undefined
    ? {}
    : { [name]: typeof content === 'string' ? content : JSON.stringify(content) };
}

/** The fields of an event without its type, call and time. */
function detail(event: ClientEvent): Attributes {
  return Object.fromEntries(
    Object.entries(event).flatMap(([key, value]) =>
      key === 'type' || key === 'callId' || key === 'atMs' || typeof value === 'object'
        ? []
        : [[`aoai.${key}`, value as string | number | boolean]],
    ),
  );
}
