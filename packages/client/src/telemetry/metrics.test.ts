import { metrics } from '@opentelemetry/api';
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics';
import type { DataPoint, Histogram } from '@opentelemetry/sdk-metrics';
import * as api from '@opentelemetry/api';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { CallFinished, ClientEvent, Listener } from '../events/events.ts';
import { metricsListener } from './metrics.ts';

let exporter: InMemoryMetricExporter;
let reader: PeriodicExportingMetricReader;
let listen: Listener;

beforeEach(() => {
  exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  reader = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 2 ** 30 });
  metrics.setGlobalMeterProvider(new MeterProvider({ readers: [reader] }));
  listen = metricsListener(api);
});
afterEach(async () => {
  await reader.shutdown();
  metrics.disable();
});

const finished: CallFinished = {
  type: 'call-finished',
  callId: 'one',
  atMs: 0,
  name: 'chat',
  operation: 'responses',
  stream: true,
  outcome: 'ok',
  attempts: 1,
  durationMs: 1_500,
  tags: { team: 'search' },
};

/** By name of the metric: its unit, and the sum and the attributes of each of its points. */
async function recorded(...events: readonly ClientEvent[]) {
  for (const event of events) listen(event);
  await reader.forceFlush();
  const all = exporter
    .getMetrics()
    .flatMap(({ scopeMetrics }) => scopeMetrics.flatMap(({ metrics: some }) => some));
  return Object.fromEntries(
    all.map(({ descriptor, dataPoints }) => [
      descriptor.name,
      {
        unit: descriptor.unit,
        points: (dataPoints as DataPoint<number | Histogram>[]).map(({ value, attributes }) => ({
          sum: typeof value === 'number' ? value : value.sum,
          attributes,
        })),
      },
    ]),
  );
}

test('times are seconds', async () => {
  const found = await recorded({ ...finished, firstTokenMs: 250 });
  expect(found['gen_ai.client.operation.duration']).toMatchObject({ unit: 's', points: [{ sum: 1.5 }] });
  expect(found['gen_ai.client.operation.time_to_first_chunk']).toMatchObject({
    unit: 's',
    points: [{ sum: 0.25 }],
  });
});

test('the buckets are those of the conventions: from 10 ms to 82 s, and from 1 token to 67 million', async () => {
  const usage = { inputTokens: 100, outputTokens: 20, cachedInputTokens: 7, reasoningTokens: 3 };
  listen({ ...finished, firstTokenMs: 250, usage });
  await reader.forceFlush();
  const boundaries = Object.fromEntries(
    exporter
      .getMetrics()
      .flatMap(({ scopeMetrics }) => scopeMetrics.flatMap(({ metrics: some }) => some))
      .map(({ descriptor, dataPoints }) => [
        descriptor.name,
        (dataPoints[0]?.value as Histogram).buckets.boundaries,
      ]),
  );
  const seconds = Array.from({ length: 14 }, (_, power) => 2 ** power / 100);
  expect(boundaries).toEqual({
    'gen_ai.client.operation.duration': seconds,
    'gen_ai.client.operation.time_to_first_chunk': seconds,
    'gen_ai.client.token.usage': Array.from({ length: 14 }, (_, power) => 4 ** power),
  });
});

test('what a call does not say is not recorded', async () => {
  expect(Object.keys(await recorded(finished))).toEqual(['gen_ai.client.operation.duration']);
});

test('tokens are counted by type, and the cost as it is', async () => {
  const usage = { inputTokens: 100, outputTokens: 20, cachedInputTokens: 7, reasoningTokens: 3 };
  const found = await recorded({ ...finished, usage, cost: 0.25 }, { ...finished, usage, cost: 0.5 });
  expect(found['gen_ai.client.token.usage']?.unit).toBe('{token}');
  expect(found['gen_ai.client.token.usage']?.points).toMatchObject([
    { sum: 200, attributes: { 'gen_ai.token.type': 'input' } },
    { sum: 40, attributes: { 'gen_ai.token.type': 'output' } },
  ]);
  expect(found['aoai.client.cost']?.points).toMatchObject([{ sum: 0.75 }]);
});

test('a call is described by name, operation, deployment, model, tags and error', async () => {
  const found = await recorded({
    ...finished,
    deployment: 'first',
    responseModel: 'gpt-4.1-2025-04-14',
    errorType: '429',
    firstTokenMs: 250,
    usage: { inputTokens: 100, outputTokens: 20, cachedInputTokens: 7, reasoningTokens: 3 },
    cost: 1,
  });
  const attributes = {
    'gen_ai.operation.name': 'chat',
    'gen_ai.provider.name': 'azure.ai.openai',
    'gen_ai.request.model': 'chat',
    'gen_ai.request.stream': true,
    'gen_ai.response.model': 'gpt-4.1-2025-04-14',
    'aoai.deployment': 'first',
    'aoai.tag.team': 'search',
  };
  expect(found['gen_ai.client.operation.duration']?.points[0]?.attributes).toEqual({
    ...attributes,
    'error.type': '429',
  });
  const of = (name: string) => found[name]?.points.map((point) => point.attributes);
  expect(of('gen_ai.client.operation.time_to_first_chunk')).toEqual([attributes]);
  expect(of('gen_ai.client.token.usage')).toEqual([
    { ...attributes, 'gen_ai.token.type': 'input' },
    { ...attributes, 'gen_ai.token.type': 'output' },
  ]);
  expect(of('aoai.client.cost')).toEqual([attributes]);
});

test('what a call does not say is no attribute', async () => {
  const found = await recorded({ ...finished, operation: 'chat', stream: false, tags: {}, cost: 0 });
  const attributes = {
    'gen_ai.operation.name': 'chat',
    'gen_ai.provider.name': 'azure.ai.openai',
    'gen_ai.request.model': 'chat',
  };
  expect(found['gen_ai.client.operation.duration']?.points).toEqual([{ sum: 1.5, attributes }]);
  expect(found['aoai.client.cost']).toEqual({ unit: '', points: [{ sum: 0, attributes }] });
});

test('a first chunk at once is recorded as one that took no time', async () => {
  const found = await recorded({ ...finished, firstTokenMs: 0 });
  expect(found['gen_ai.client.operation.time_to_first_chunk']?.points).toMatchObject([{ sum: 0 }]);
});

test('attempts and changes of circuits are counted one by one', async () => {
  const attempt = { callId: 'one', atMs: 0, attempt: 1, deployment: 'first', resource: 'r', durationMs: 1 };
  const circuit = { atMs: 0, deployment: 'first', reason: 'failures' } as const;
  const found = await recorded(
    { type: 'attempt-failed', outcome: 'throttled', ...attempt },
    { type: 'attempt-failed', outcome: 'throttled', ...attempt },
    { type: 'attempt-succeeded', status: 200, ...attempt },
    { type: 'circuit-opened', untilMs: 5, ...circuit },
    { type: 'circuit-closed', ...circuit },
    { type: 'retry-scheduled', callId: 'one', atMs: 0, attempt: 2, delayMs: 5 },
  );
  expect(Object.keys(found).sort()).toEqual(['aoai.client.attempts', 'aoai.client.circuit.changes']);
  expect(found['aoai.client.attempts']?.points).toEqual([
    { sum: 2, attributes: { 'aoai.deployment': 'first', 'aoai.outcome': 'throttled' } },
    { sum: 1, attributes: { 'aoai.deployment': 'first', 'aoai.outcome': 'ok' } },
  ]);
  const change = { 'aoai.deployment': 'first', 'aoai.circuit.reason': 'failures' };
  expect(found['aoai.client.circuit.changes']?.points).toEqual([
    { sum: 1, attributes: { ...change, 'aoai.circuit.state': 'open' } },
    { sum: 1, attributes: { ...change, 'aoai.circuit.state': 'closed' } },
  ]);
  expect(Object.values(found).map(({ unit }) => unit)).toEqual(['{attempt}', '{change}']);
});
