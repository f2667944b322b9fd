import { startApp } from './app.ts';
import { closeOnSignal, logJson } from './site.ts';

const isObserved = process.env.OTEL_EXPORTER_OTLP_ENDPOINT !== undefined;
const telemetry = isObserved ? (await import('./telemetry.ts')).startTelemetry() : undefined;
const app = await startApp({
  port: Number(process.env.PORT ?? 3000),
  // The mock takes its time, so that you see what people will see.
  mock: { latency: 'realistic' },
  ...(process.env.NODE_ENV === 'production' && { log: logJson }),
});
closeOnSignal({
  url: app.url,
  close: async () => {
    await app.close();
    await telemetry?.stop();
  },
});
console.log(`Handbook: ${app.url}\nAzure OpenAI: ${app.azure.description}`);
