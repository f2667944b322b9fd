import { trace } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { BatchSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';

/**
 * Sends the spans of the client (one a call, one an attempt) to `OTEL_EXPORTER_OTLP_ENDPOINT`. Questions and answers are not in
 * them. Started before the client is made: see `server.ts`.
 */
export function startTelemetry(): { stop: () => Promise<void> } {
  const exporter = new OTLPTraceExporter();
  const provider = new TracerProvider({ spanProcessors: [new BatchSpanProcessor({ exporter })] });
  trace.setGlobalTracerProvider(provider);
  return { stop: () => provider.shutdown() };
}
