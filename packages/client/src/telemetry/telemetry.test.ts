import { execFile } from 'node:child_process';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { defineConfig } from '@aoai/config';
import { firewalled, rateLimited, startMockAzure, unavailable } from '@aoai/testing';
import * as api from '@opentelemetry/api';
import type { SpanOptions } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics';
import { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import * as conventions from '@opentelemetry/semantic-conventions/incubating';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Client } from '../client/client.ts';
import type { ClientOptions } from '../client/client-options.ts';
import { createClient } from '../client/create-client.ts';
import { itemsOf } from '../../test/items-of.ts';
import { telemetry } from './telemetry.ts';

const config = defineConfig({
  resources: { sweden: { endpoint: 'https://sweden.openai.azure.com' } },
  deployments: {
    first: {
      resource: 'sweden',
      deployment: 'first',
      model: 'gpt-4.1',
      sku: 'GlobalStandard',
      price: { input: 2, output: 8 },
    },
    second: { resource: 'sweden', deployment: 'second', model: 'gpt-4.1', sku: 'GlobalStandard' },
  },
  pools: { chat: [['first'], ['second']] },
});
type Name = (typeof config)['names'][number];

const { context, metrics, trace } = api;
const run = promisify(execFile);

const spans = new InMemorySpanExporter();
let measured: InMemoryMetricExporter;
let reader: PeriodicExportingMetricReader;
let meters: MeterProvider;
let mock: Awaited<ReturnType<typeof startMockAzure<Name>>>;
const clients: Client<Name>[] = [];

beforeEach(async () => {
  mock = await startMockAzure({ config });
  spans.reset();
  measured = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  reader = new PeriodicExportingMetricReader({ exporter: measured, exportIntervalMillis: 2 ** 30 });
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  trace.setGlobalTracerProvider(
    new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter: spans })] }),
  );
  meters = new MeterProvider({ readers: [reader] });
  metrics.setGlobalMeterProvider(meters);
});

afterEach(async () => {
  await Promise.all(clients.splice(0).map((client) => client.close()));
  await mock.close();
  await reader.shutdown();
  trace.disable();
  metrics.disable();
  context.disable();
});

function client(options: ClientOptions = {}): Client<Name> {
  const made = createClient(mock.config, { credential: mock.credential(), ...options });
  clients.push(made);
  return made;
}

const messages = [{ role: 'user' as const, content: 'A secret prompt' }];
const call = (options?: ClientOptions) =>
  client(options).chat.completions.create({ model: 'chat', messages });

function clockOfSteps(stepMs: number): () => number {
  let atMs = Date.now();
  return () => (atMs += stepMs);
}

function finished(): { readonly calls: ReadableSpan[]; readonly attempts: ReadableSpan[] } {
  const all = spans.getFinishedSpans();
  return {
    calls: all.filter(({ name }) => !name.startsWith('attempt')),
    attempts: all.filter(({ name }) => name.startsWith('attempt')),
  };
}

test('one span for the call and one for the attempt, by the conventions', async () => {
  const answer = await call();
  const { calls, attempts } = finished();
  expect(calls.map(({ name }) => name)).toEqual(['chat chat']);
  expect(calls[0]?.attributes).toMatchObject({
    'gen_ai.operation.name': 'chat',
    'gen_ai.provider.name': 'azure.ai.openai',
    'gen_ai.request.model': 'chat',
    'gen_ai.response.id': answer.id,
    'gen_ai.response.model': answer.model,
    'gen_ai.response.finish_reasons': ['stop'],
    'gen_ai.usage.input_tokens': answer.usage?.prompt_tokens,
    'gen_ai.usage.output_tokens': answer.usage?.completion_tokens,
    'azure.resource_provider.namespace': 'Microsoft.CognitiveServices',
    'aoai.attempts': 1,
    'aoai.deployment': 'first',
  });
  expect(attempts).toHaveLength(1);
  expect(attempts[0]?.attributes).toMatchObject({
    'http.response.status_code': 200,
    'server.address': '127.0.0.1',
    'server.port': Number(new URL(mock.endpoint).port),
    'azure.service.request.id': answer._request_id,
    'aoai.attempt': 1,
  });
  expect(attempts[0]?.parentSpanContext?.spanId).toBe(calls[0]?.spanContext().spanId);
});

test('the span of a call is a child of the span that the call was made in', async () => {
  const tracer = trace.getTracer('test');
  const outer = await tracer.startActiveSpan('outer', async (span) => {
    await call();
    span.end();
    return span;
  });
  const [inner] = finished().calls.filter(({ name }) => name === 'chat chat');
  expect(inner?.parentSpanContext?.spanId).toBe(outer.spanContext().spanId);
});

test('a failed attempt has its own span with the reason, and the call tells the failover', async () => {
  mock.fail('first', rateLimited({ retryAfterMs: 300 }), { times: 1 });
  await call();
  const { calls, attempts } = finished();
  expect(attempts.map(({ attributes }) => attributes['aoai.outcome'])).toEqual(['throttled', undefined]);
  expect(attempts[0]?.attributes).toMatchObject({
    'http.response.status_code': 429,
    'aoai.retry_after_ms': 300,
  });
  expect(attempts[0]?.status.code).toBe(2);
  const failover = calls[0]?.events.find(({ name }) => name === 'failover');
  expect(failover?.attributes).toMatchObject({ 'aoai.from': 'first', 'aoai.to': 'second' });
  expect(calls[0]?.status.code).toBe(0);
});

test('a call that fails is an error with its type', async () => {
  const wrong = client().chat.completions.create({ model: 'chat', messages, temperature: 9 });
  await expect(wrong).rejects.toThrow();
  const [span] = finished().calls;
  expect(span?.status.code).toBe(2);
  expect(span?.attributes['error.type']).toBe('400');
});

test('a stream has its time to the first chunk', async () => {
  const stream = await client().chat.completions.create({ model: 'chat', messages, stream: true });
  expect(await itemsOf(stream)).not.toEqual([]);
  const [span] = finished().calls;
  expect(span?.attributes['gen_ai.request.stream']).toBe(true);
  expect(span?.attributes['gen_ai.response.time_to_first_chunk']).toBeGreaterThan(0);
});

test('prompts and answers are not recorded', async () => {
  const answer = await call();
  const text = JSON.stringify(spans.getFinishedSpans().map(({ attributes, events }) => [attributes, events]));
  expect(text).not.toContain('secret');
  expect(text).not.toContain(answer.choices[0]?.message.content ?? '');
});

test('prompts and answers are recorded when asked for, of streams as well', async () => {
  const answer = await call({ telemetry: { content: true } });
  const text = answer.choices[0]?.message.content;
  const [span] = finished().calls;
  const recorded = (name: string) => JSON.parse(String(span?.attributes[name])) as unknown;
  expect(recorded('gen_ai.input.messages')).toEqual([
    { role: 'user', parts: [{ type: 'text', content: 'A secret prompt' }] },
  ]);
  expect(recorded('gen_ai.output.messages')).toEqual([
    { role: 'assistant', parts: [{ type: 'text', content: text }], finish_reason: 'stop' },
  ]);
  spans.reset();
  const made = client({ telemetry: { content: true } });
  const stream = await made.chat.completions.create({ model: 'chat', messages, stream: true });
  expect(await itemsOf(stream)).not.toEqual([]);
  expect(finished().calls[0]?.attributes['gen_ai.output.messages']).toContain('assistant');
});

test('metrics of duration, tokens, attempts and cost', async () => {
  const answer = await call({ tags: { team: 'search' } });
  await reader.forceFlush();
  const found = new Map(
    measured
      .getMetrics()
      .flatMap(({ scopeMetrics }) => scopeMetrics.flatMap(({ metrics: all }) => all))
      .map((metric) => [metric.descriptor.name, metric]),
  );
  expect([...found.keys()].sort()).toEqual([
    'aoai.client.attempts',
    'aoai.client.cost',
    'gen_ai.client.operation.duration',
    'gen_ai.client.token.usage',
  ]);
  const usage = found.get('gen_ai.client.token.usage')?.dataPoints ?? [];
  expect(
    usage.map(({ attributes, value }) => [attributes['gen_ai.token.type'], (value as { sum: number }).sum]),
  ).toEqual([
    ['input', answer.usage?.prompt_tokens],
    ['output', answer.usage?.completion_tokens],
  ]);
  expect(usage[0]?.attributes).toMatchObject({ 'aoai.tag.team': 'search', 'gen_ai.request.model': 'chat' });
  expect(found.get('gen_ai.client.operation.duration')?.descriptor.unit).toBe('s');
  expect(found.get('aoai.client.cost')?.dataPoints[0]?.value).toBeGreaterThan(0);
});

test.each<[string, ClientOptions]>([
  ['failures', { circuit: { failures: 1 } }],
  // Each look at the clock is 10 ms later than the one before it.
  ['slow-calls', { circuit: { slowCallDurationMs: 1 }, now: clockOfSteps(10) }],
  ['refusals', { retry: { budgetReserve: 20 } }],
])('a circuit that opens because of %s is counted', async (reason, options) => {
  if (reason === 'failures') mock.fail('first', unavailable(), { times: 1 });
  if (reason === 'refusals') mock.fail('first', firewalled(), { times: 6 });
  const made = client(options);
  for (let number = 0; number < 6; number += 1) {
    await made.chat.completions.create({ model: 'chat', messages });
  }
  await reader.forceFlush();
  const points = measured
    .getMetrics()
    .flatMap(({ scopeMetrics }) => scopeMetrics.flatMap(({ metrics: all }) => all))
    .filter(({ descriptor }) => descriptor.name === 'aoai.client.circuit.changes')
    .flatMap(({ dataPoints }) => dataPoints.map(({ attributes }) => attributes));
  expect(points).toContainEqual({
    'aoai.deployment': 'first',
    'aoai.circuit.reason': reason,
    'aoai.circuit.state': 'open',
  });
});

test('`telemetry: false` records nothing', async () => {
  await call({ telemetry: false });
  expect(spans.getFinishedSpans()).toEqual([]);
});

test('works with nothing set up, and begins when it is', async () => {
  trace.disable();
  metrics.disable();
  context.disable();
  const made = client();
  await made.chat.completions.create({ model: 'chat', messages });
  expect(spans.getFinishedSpans()).toEqual([]);
  trace.setGlobalTracerProvider(
    new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter: spans })] }),
  );
  await made.chat.completions.create({ model: 'chat', messages });
  expect(finished().calls).toHaveLength(1);
});

test('spans and metrics are set up one after the other, and each records from then on', async () => {
  metrics.disable();
  const made = client();
  await made.chat.completions.create({ model: 'chat', messages });
  expect(finished().calls).toHaveLength(1);
  metrics.setGlobalMeterProvider(meters);
  trace.disable();
  await made.chat.completions.create({ model: 'chat', messages });
  await reader.forceFlush();
  const [duration] = measured
    .getMetrics()
    .flatMap(({ scopeMetrics }) => scopeMetrics.flatMap(({ metrics: all }) => all))
    .filter(({ descriptor }) => descriptor.name === 'gen_ai.client.operation.duration')
    .flatMap(({ dataPoints }) => dataPoints.map(({ value }) => (value as { count: number }).count));
  expect(duration).toBe(1);
  expect(finished().calls).toHaveLength(1);
});

const started = {
  type: 'call-started',
  callId: 'one',
  name: 'chat',
  operation: 'chat',
  stream: false,
  tags: {},
  atMs: 0,
  content: [],
} as const;

test('is active while anything is set up', () => {
  const listener = telemetry();
  expect(listener.isActive()).toBe(true);
  metrics.disable();
  expect(listener.isActive(), 'spans alone').toBe(true);
  trace.disable();
  context.disable();
  expect(listener.isActive()).toBe(false);
  metrics.setGlobalMeterProvider(meters);
  expect(listener.isActive(), 'metrics alone').toBe(true);
});

test('records with the copy of the package that is given, and no content unless it is asked for', () => {
  const recorded: [string, unknown][] = [];
  const tracer = {
    startSpan: (name: string, { attributes }: SpanOptions) => {
      recorded.push([name, attributes?.['gen_ai.input.messages']]);
      return trace.wrapSpanContext({ traceId: '', spanId: '', traceFlags: 0 });
    },
  };
  const copy = {
    ...api,
    trace: { getTracer: () => tracer, setSpan: () => undefined },
  };
  telemetry({ api: copy })(started);
  telemetry({ api: copy, content: true })(started);
  expect(recorded).toEqual([
    ['chat chat', undefined],
    ['chat chat', '[]'],
  ]);
});

test('an application that set OpenTelemetry up where the client cannot load the package is left alone', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'aoai-telemetry-'));
  try {
    const here = fileURLToPath(new URL('.', import.meta.url));
    await cp(here, folder, { recursive: true, filter: (file) => !file.includes('.test.') });
    const script = `
      import { telemetry } from './telemetry.ts';
      globalThis[Symbol.for('opentelemetry.js.api.1')] = { trace: {}, metrics: {} };
      const listener = telemetry();
      const states = [listener.isActive()];
      for (let event = 0; event < 2; event += 1) {
        listener(${JSON.stringify(started)});
        states.push(listener.isActive());
      }
      console.log(JSON.stringify(states));
    `;
    const { stdout } = await run(process.execPath, ['--input-type=module', '--eval', script], {
      cwd: folder,
      env: { PATH: process.env['PATH'] },
    });
    expect(JSON.parse(stdout), 'what nothing can record is not made').toEqual([true, false, false]);
  } finally {
    await rm(folder, { recursive: true });
  }
});

test('every name is one of the conventions or of ours', async () => {
  mock.fail('first', rateLimited({ retryAfterMs: 300 }), { times: 1 });
  await call({ telemetry: { content: true } });
  const known = new Set<unknown>(Object.values(conventions));
  const names = spans.getFinishedSpans().flatMap(({ attributes }) => Object.keys(attributes));
  expect(names.filter((name) => !known.has(name) && !name.startsWith('aoai.'))).toEqual([]);
});
