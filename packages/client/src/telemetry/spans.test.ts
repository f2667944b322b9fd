import * as api from '@opentelemetry/api';
import { SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type {
  AttemptFailed,
  AttemptStarted,
  AttemptSucceeded,
  CallFinished,
  CallStarted,
  ClientEvent,
  Listener,
} from '../events/events.ts';
import { serverAttributes } from './attributes.ts';
import { spansListener } from './spans.ts';

const spans = new InMemorySpanExporter();
/** What OpenTelemetry says of those who use it wrongly, such as of a span that is ended twice. */
const complaints: string[] = [];
let listen: Listener;

/** So many milliseconds after the beginning, as the SDK of OpenTelemetry writes it. */
const base = Date.UTC(2026, 10, 22);
const time = (ms: number) => [base / 1_000 + Math.floor(ms / 1_000), (ms % 1_000) * 1_000_000];

beforeEach(() => {
  const complain = (message: string) => complaints.push(message);
  const quiet = () => undefined;
  api.diag.setLogger({ error: complain, warn: complain, info: quiet, debug: quiet, verbose: quiet });
  spans.reset();
  trace.setGlobalTracerProvider(
    new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter: spans })] }),
  );
  listen = spansListener(api, false);
});
afterEach(() => {
  trace.disable();
  api.diag.disable();
  expect(complaints.splice(0)).toEqual([]);
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

const succeeded: AttemptSucceeded = {
  type: 'attempt-succeeded',
  ...attempt,
  atMs: base + 3_000,
  status: 200,
  durationMs: 1_800,
};

/** The same event of another attempt or call, so many milliseconds after the beginning. */
function at<Event extends ClientEvent>(event: Event, ms: number, changes: Partial<Event> = {}): Event {
  return { ...event, ...changes, atMs: base + ms };
}

/** Of each span that has ended, in this order: its name, and when it began and ended. */
const story = () =>
  spans.getFinishedSpans().map(({ name, startTime, endTime }) => [name, startTime, endTime]);

function named(name: string): ReadableSpan | undefined {
  return spans.getFinishedSpans().find((span) => span.name === name);
}

test('spans begin and end when the events say', () => {
  listen(started);
  listen(sent);
  listen(succeeded);
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

test('each attempt ends when it is over, and the loser of two with the call', () => {
  const [second, third] = [
    { attempt: 2, deployment: 'second' },
    { attempt: 3, deployment: 'third' },
  ];
  listen(started);
  listen(sent);
  listen(failed);
  listen(at(sent, 2_100, second));
  listen(at(sent, 2_200, { ...third, hedge: true }));
  listen(at(succeeded, 2_300, third));
  listen(finished);
  expect(story()).toEqual([
    ['attempt first', time(1_200), time(2_000)],
    ['attempt third', time(2_200), time(2_300)],
    ['attempt second', time(2_100), time(3_500)],
    ['chat chat', time(1_000), time(3_500)],
  ]);
});

test('the attempts of two calls at once stay apart', () => {
  const other = { callId: 'two' };
  listen(started);
  listen(at(started, 1_100, other));
  listen(sent);
  listen(at(sent, 1_300, other));
  listen(at(succeeded, 1_400, other));
  listen(at(finished, 1_500, other));
  listen(succeeded);
  listen(finished);
  expect(story()).toEqual([
    ['attempt first', time(1_300), time(1_400)],
    ['chat chat', time(1_100), time(1_500)],
    ['attempt first', time(1_200), time(3_000)],
    ['chat chat', time(1_000), time(3_500)],
  ]);
  const ids = spans.getFinishedSpans().map((span) => span.spanContext().spanId);
  const parents = spans.getFinishedSpans().map((span) => span.parentSpanContext?.spanId);
  expect(parents).toEqual([ids[1], undefined, ids[3], undefined]);
});

test('a call that is over is forgotten: what comes later begins no span, and changes none', () => {
  listen(started);
  listen(sent);
  listen(finished);
  const before = story();
  listen(failed);
  listen(at(sent, 4_000, { attempt: 2 }));
  listen({ type: 'retry-scheduled', callId: 'one', atMs: base + 4_000, attempt: 2, delayMs: 5 });
  listen(at(finished, 5_000));
  expect(story()).toEqual(before);
});

test('an attempt that is over is not ended a second time, neither by a second answer nor with its call', () => {
  listen(started);
  listen(sent);
  listen(succeeded);
  listen(at(failed, 3_200));
  listen(finished);
  expect(story()).toEqual([
    ['attempt first', time(1_200), time(3_000)],
    ['chat chat', time(1_000), time(3_500)],
  ]);
  expect(named('attempt first')?.status).toEqual({ code: SpanStatusCode.UNSET });
});

test('a span says of its call what the call says, and no more', () => {
  listen({ ...started, operation: 'responses', stream: true, tags: { team: 'search' } });
  listen(finished);
  expect(named('chat chat')).toMatchObject({ kind: SpanKind.CLIENT, status: { code: SpanStatusCode.UNSET } });
  expect(named('chat chat')?.attributes).toEqual({
    'gen_ai.operation.name': 'chat',
    'gen_ai.provider.name': 'azure.ai.openai',
    'gen_ai.request.model': 'chat',
    'gen_ai.request.stream': true,
    'aoai.tag.team': 'search',
    'azure.resource_provider.namespace': 'Microsoft.CognitiveServices',
    'aoai.call.id': 'one',
    'aoai.attempts': 1,
    'aoai.outcome': 'ok',
  });
});

test('a span says of its attempt where it went, and what came back', () => {
  listen(started);
  listen(sent);
  listen({ ...succeeded, requestId: 'r1' });
  listen(at(sent, 3_100, { attempt: 2, deployment: 'second' }));
  listen(at(failed, 3_200, { attempt: 2 }));
  listen(finished);
  const where = {
    'aoai.resource': 'sweden',
    'gen_ai.request.model': 'gpt',
    'server.address': 'contoso.openai.azure.com',
    'server.port': 443,
  };
  expect(named('attempt first')?.kind).toBe(SpanKind.CLIENT);
  expect(named('attempt first')?.attributes).toEqual({
    ...where,
    'aoai.attempt': 1,
    'aoai.deployment': 'first',
    'http.response.status_code': 200,
    'azure.service.request.id': 'r1',
  });
  expect(named('attempt second')?.attributes).toEqual({
    ...where,
    'aoai.attempt': 2,
    'aoai.deployment': 'second',
    'error.type': 'throttled',
    'aoai.outcome': 'throttled',
  });
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

test('what happens to no call in particular, or to another, is on no span', () => {
  listen(started);
  listen({ type: 'circuit-closed', atMs: base + 2_000, deployment: 'first', reason: 'failures' });
  listen({ type: 'retry-scheduled', callId: 'two', atMs: base + 2_000, attempt: 2, delayMs: 5 });
  listen(finished);
  expect(named('chat chat')?.events).toEqual([]);
});

test('an event says what is a plain value, and no lists', () => {
  const changes = [{ parameter: 'temperature', action: 'removed' }] as const;
  listen(started);
  listen({ type: 'request-fitted', ...attempt, atMs: base + 2_000, model: 'gpt', changes });
  listen(finished);
  expect(named('chat chat')?.events[0]?.attributes).toEqual({
    'aoai.attempt': 1,
    'aoai.deployment': 'first',
    'aoai.resource': 'sweden',
    'aoai.model': 'gpt',
  });
});

test('what took no time and cost nothing is told all the same', () => {
  listen(started);
  listen({ ...finished, firstTokenMs: 0, cost: 0 });
  expect(named('chat chat')?.attributes).toMatchObject({
    'gen_ai.response.time_to_first_chunk': 0,
    'aoai.cost': 0,
  });
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
  spans.reset();
  listen(started);
  listen(finished);
  expect(JSON.stringify(named('chat chat')?.attributes), 'nothing is known').not.toContain('messages');
});

test.each([
  ['contoso.openai.azure.com', 'contoso.openai.azure.com', 443],
  ['127.0.0.1:8080', '127.0.0.1', 8080],
  ['[::1]:8080', '[::1]', 8080],
])('the server %s is %s at port %d', (server, address, port) => {
  expect(serverAttributes(server)).toEqual({ 'server.address': address, 'server.port': port });
});
