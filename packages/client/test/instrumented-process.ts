import type { OpenAI as Sdk } from 'openai';

// A process in which a library watches the SDK. It makes the same calls with the bare SDK and with this client, each
// inside a span of its own. Prints how each ended, and the spans in the format of Datadog's exporter `log`.

interface Span {
  readonly name: string;
  readonly span_id: string;
  readonly parent_id: string;
}

/** Runs `work` inside a span of this name. */
type InSpan = (name: string, work: () => Promise<unknown>) => Promise<unknown>;

interface Watcher {
  readonly inSpan: InSpan;
  readonly flush: () => Promise<unknown>;
}

const watchers: Readonly<Record<string, () => Promise<Watcher>>> = {
  // Started by `--import dd-trace/initialize.mjs`, prints its spans itself.
  'dd-trace': async () => {
    const { default: tracer } = await import('dd-trace');
    return { inSpan: (name, work) => tracer.trace(name, work), flush: () => Promise.resolve() };
  },
  opentelemetry: async () => {
    const { context, metrics, trace } = await import('@opentelemetry/api');
    const { AsyncLocalStorageContextManager } = await import('@opentelemetry/context-async-hooks');
    const { OpenAIInstrumentation } = await import('@opentelemetry/instrumentation-openai');
    const { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } =
      await import('@opentelemetry/sdk-trace');
    const exporter = new InMemorySpanExporter();
    const provider = new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] });
    context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
    trace.setGlobalTracerProvider(provider);
    const instrumentation = new OpenAIInstrumentation();
    instrumentation.setTracerProvider(provider);
    instrumentation.setMeterProvider(metrics.getMeterProvider());
    // Its range ends below `openai` 7: what it would do to the module is done by hand.
    for (const { patch } of instrumentation.getModuleDefinitions())
      patch?.({ OpenAI: (await import('openai')).OpenAI });
    const tracer = provider.getTracer('test');
    return {
      inSpan: (name, work) =>
        tracer.startActiveSpan(name, async (span) => {
          await work();
          span.end();
        }),
      flush: async () => {
        const spans = exporter.getFinishedSpans().map((span) => ({
          name: span.name,
          span_id: span.spanContext().spanId,
          parent_id: span.parentSpanContext?.spanId ?? '',
        }));
        print(spans);
      },
    };
  },
  // Started by `--import @sentry/node/import`.
  sentry: async () => {
    const sentry = await import('@sentry/node');
    sentry.init({
      dsn: 'http://key@127.0.0.1:9/1',
      tracesSampleRate: 1,
      traceLifecycle: 'static',
      // Nothing is sent: the spans are printed instead.
      beforeSendTransaction: ({ transaction = '', contexts, spans = [] }) => {
        const root = contexts?.trace;
        print([
          { name: transaction, span_id: root?.span_id ?? '', parent_id: '' },
          ...spans.map((span) => ({
            name: span.description ?? '',
            span_id: span.span_id,
            parent_id: span.parent_span_id ?? '',
          })),
        ]);
        return null;
      },
    });
    return {
      inSpan: (name, work) => sentry.startSpan({ name }, work),
      flush: () => sentry.flush(),
    };
  },
};

function print(spans: readonly Span[]): void {
  process.stdout.write(`${JSON.stringify({ traces: [spans] })}\n`);
}

const messages = [{ role: 'user' as const, content: 'Hello' }];
const chat = { model: 'chat', messages };

/** One of each kind of call that the libraries know. */
const calls: Readonly<Record<string, (sdk: Sdk) => Promise<unknown>>> = {
  create: (sdk) => sdk.chat.completions.create(chat),
  withResponse: (sdk) => sdk.chat.completions.create(chat).withResponse(),
  parse: (sdk) => sdk.chat.completions.parse(chat),
  stream: async (sdk) => read(await sdk.chat.completions.create({ ...chat, stream: true })),
  response: (sdk) => sdk.responses.create({ model: 'chat', input: 'Hello' }),
  embeddings: (sdk) => sdk.embeddings.create({ model: 'embed', input: 'Hello' }),
  refused: (sdk) => sdk.chat.completions.create({ ...chat, temperature: 9 }),
};

/** Prints how a call ends too: an instrumentation may break the SDK itself. */
async function make(name: string, call: () => Promise<unknown>): Promise<void> {
  const ending = await call().then(
    () => 'ok',
    (error: unknown) => (error as Error).constructor.name,
  );
  process.stdout.write(`${JSON.stringify({ name, ending })}\n`);
}

async function read(stream: AsyncIterable<unknown>): Promise<void> {
  let chunks = 0;
  for await (const _ of stream) chunks += 1;
  if (chunks === 0) throw new Error('The stream was empty.');
}

const watcher = await watchers[process.argv[2] ?? '']?.();
if (watcher === undefined) throw new RangeError(`Unknown library: ${JSON.stringify(process.argv[2])}.`);

// Only now: a library changes what is loaded after it.
const { default: OpenAI } = await import('openai');
const { createClient } = await import('@aoai/client');
const { defineConfig } = await import('@aoai/config');
const { startMockAzure } = await import('@aoai/testing');

const config = defineConfig({
  resources: { sweden: { endpoint: 'https://sweden.openai.azure.com' } },
  deployments: {
    chat: { resource: 'sweden', deployment: 'chat', model: 'gpt-4.1', sku: 'GlobalStandard' },
    embed: {
      resource: 'sweden',
      deployment: 'embed',
      model: 'text-embedding-3-small',
      sku: 'GlobalStandard',
    },
  },
});
const mock = await startMockAzure({ config });
const bare = new OpenAI({ apiKey: mock.apiKey, baseURL: `${mock.endpoint}/openai/v1`, maxRetries: 0 });
// Its own telemetry is off: the spans are those of the library.
const azure = createClient(mock.config, { credential: mock.credential(), telemetry: false });

for (const [name, call] of Object.entries(calls)) {
  for (const [whose, sdk] of [
    ['bare', bare],
    ['ours', azure.sdk],
  ] as const) {
    const title = `${whose} ${name}`;
    await watcher.inSpan(title, () => make(title, () => call(sdk)));
  }
}
await watcher.flush();
await azure.close();
await mock.close();
