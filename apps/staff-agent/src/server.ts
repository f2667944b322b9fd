import { startApp } from './app.ts';
import { closeOnSignal, logJson } from './site.ts';

const app = await startApp({
  port: Number(process.env.PORT ?? 3000),
  // The mock takes its time, so that you see what people will see.
  mock: { latency: 'realistic' },
  ...(process.env.NODE_ENV === 'production' && { log: logJson }),
});
closeOnSignal(app);
console.log(`Staff agent: ${app.url}\nAzure OpenAI: ${app.azure.description}`);
