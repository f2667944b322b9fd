import * as api from '@opentelemetry/api';
import { SpanStatusCode, trace } from '@opentelemetry/api';
import { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { AttemptFailed, AttemptStarted, CallFinished, CallStarted, Listener } from '../events/events.ts';
import { serverAttributes } from './attributes.ts';
import { spansListener } from './spans.ts';

const spans = new InMemorySpanExporter();
let listen: Listener;

/** So many milliseconds after the beginning, as the SDK of OpenTelemetry writes it. */
const base = Date.UTC(2026, 10, 22);
const time = (ms: number) => [base / 1_000 + Math.floor(ms / 1_000), (ms % 1_000) * 1_000_000];

beforeEach(() => {
  spans.reset();
  trace.setGlobalTracerProvider(
    new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter: spans })] }),
  );
  listen = spansListener(api, false);
});
afterEach(() => {
  trace.disable();
});

const call = { callId: 'one', name: 'chat', operation: 'chat', stream: false, tags: {} } as const;
const started: CallStarted = { type: 'call-started', ...call, atMs: base + 1_000 };
const finished: CallFinished = {
  type: 'call-finished',
  ...call,
  atMs: base + 3_500,
  outcome: 'ok',
  attempts: 1,
  durationMs: 2_500,
};
const attempt = { callId: 'one', attempt: 1, deployment: 'first', resource: 'sweden' };
const sent: AttemptStarted = {
  type: 'attempt-started',
  ...attempt,
  atMs: base + 1_200,
  model: 'gpt',
  server: 'contoso.openai.azure.com',
  hedge: false,
  probe: false,
};
const failed: AttemptFailed = {
  type: 'attempt-failed',
  ...attempt,
  atMs: base + 2_000,
  outcome: 'throttled',
  durationMs: 800,
};

function named(name: string): ReadableSpan | undefined {
  return spans.getFinishedSpans().find((span) => span.name === name);
}

test('spans begin and end when the events say', () => {
  listen(started);
  listen(sent);
  listen({ type: 'attempt-succeeded', ...attempt, atMs: base + 3_000, status: 200, durationMs: 1_800 });
  listen(finished);
  expect(named('chat chat')).toMatchObject({ startTime: time(1_000), endTime: time(3_500) });
  expect(named('attempt first')).toMatchObject({ startTime: time(1_200), endTime: time(3_000) });
});

test('the span of an attempt that nobody waited for ends with its call, and once', () => {
  listen(started);
  listen(sent);
  listen(finished);
  expect(named('attempt first')?.endTime).toEqual(time(3_500));
  listen(failed);
  listen(finished);
  expect(spans.getFinishedSpans()).toHaveLength(2);
});

test('events of a call that is not known make no span', () => {
  listen(sent);
  listen(failed);
  listen(finished);
  expect(spans.getFinishedSpans()).toEqual([]);
});

test('the time to the first chunk is in seconds, tokens and cost as they are', () => {
  listen(started);
  listen({
    ...finished,
    firstTokenMs: 250,
    usage: { inputTokens: 1, outputTokens: 2, cachedInputTokens: 3, reasoningTokens: 4 },
    cost: 0.5,
    finishReasons: ['stop'],
  });
  expect(named('chat chat')?.attributes).toMatchObject({
    'gen_ai.response.time_to_first_chunk': 0.25,
    'gen_ai.usage.input_tokens': 1,
    'gen_ai.usage.output_tokens': 2,
    'gen_ai.usage.cache_read.input_tokens': 3,
    'gen_ai.usage.reasoning.output_tokens': 4,
    'gen_ai.response.finish_reasons': ['stop'],
    'aoai.cost': 0.5,
    'aoai.attempts': 1,
    'aoai.outcome': 'ok',
  });
});

test.each([
  ['ok', undefined, { code: SpanStatusCode.UNSET }],
  // The caller's wish is no error.
  ['aborted', 'AbortError', { code: SpanStatusCode.UNSET }],
  ['truncated', 'StreamTruncatedError', { code: SpanStatusCode.ERROR, message: 'StreamTruncatedError' }],
  ['error', '429', { code: SpanStatusCode.ERROR, message: '429' }],
  ['error', undefined, { code: SpanStatusCode.ERROR }],
] as const)('a call that ends as %s (%s) has the status %j', (outcome, errorType, status) => {
  listen(started);
  listen({ ...finished, outcome, ...(errorType === undefined ? {} : { errorType }) });
  expect(named('chat chat')?.status).toEqual(status);
});

test.each([
  ['its code', { code: 'ECONNRESET', status: 500 }, 'ECONNRESET'],
  ['its status', { status: 429 }, '429'],
  ['its outcome', {}, 'throttled'],
])('an attempt that failed is named by %s', (_, more, errorType) => {
  listen(started);
  listen(sent);
  listen({ ...failed, ...more, retryAfterMs: 1_500, requestId: 'r1' });
  const span = named('attempt first');
  expect(span?.status).toEqual({ code: SpanStatusCode.ERROR, message: errorType });
  expect(span?.attributes).toMatchObject({
    'error.type': errorType,
    'aoai.outcome': 'throttled',
    'aoai.retry_after_ms': 1_500,
    'azure.service.request.id': 'r1',
  });
});

test.each([
  [{ hedge: true }, { 'aoai.hedge': true, 'aoai.probe': undefined }],
  [{ probe: true }, { 'aoai.hedge': undefined, 'aoai.probe': true }],
])('an attempt says whether it is one beside another, or a probe: %j', (more, attributes) => {
  listen(started);
  listen({ ...sent, ...more });
  listen(finished);
  const found = named('attempt first')?.attributes;
  expect({ 'aoai.hedge': found?.['aoai.hedge'], 'aoai.probe': found?.['aoai.probe'] }).toEqual(attributes);
});

test('what else happens to a call is an event of its span, with what it says', () => {
  listen(started);
  listen({
    type: 'failover',
    callId: 'one',
    atMs: base + 2_500,
    from: 'first',
    to: 'second',
    spillover: true,
  });
  listen(finished);
  expect(named('chat chat')?.events).toMatchObject([
    {
      name: 'failover',
      time: time(2_500),
      attributes: { 'aoai.from': 'first', 'aoai.to': 'second', 'aoai.spillover': true },
    },
  ]);
  expect(Object.keys(named('chat chat')?.events[0]?.attributes ?? {})).toHaveLength(3);
});

test('prompts and answers are on the span only when they are asked for', () => {
  const content = [{ role: 'user' }];
  listen({ ...started, content });
  listen({ ...finished, content });
  expect(JSON.stringify(named('chat chat')?.attributes)).not.toContain('messages');
  spans.reset();
  listen = spansListener(api, true);
  listen({ ...started, content });
  listen({ ...finished, content: 'the answer' });
  expect(named('chat chat')?.attributes).toMatchObject({
    'gen_ai.input.messages': '[{"role":"user"}]',
    'gen_ai.output.messages': 'the answer',
  });
});

test.each([
  ['contoso.openai.azure.com', 'contoso.openai.azure.com', 443],
  ['127.0.0.1:8080', '127.0.0.1', 8080],
  ['[::1]:8080', '[::1]', 8080],
])('the server %s is %s at port %d', (server, address, port) => {
  expect(serverAttributes(server)).toEqual({ 'server.address': address, 'server.port': port });
});
