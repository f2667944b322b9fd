// Serves the built site on this machine: `node serve.ts [--port 4173]`.
import { parseArgs } from 'node:util';
import { serveSite } from './serve-site.ts';

const { values } = parseArgs({ options: { port: { type: 'string', default: '4173' } } });
const { url, close } = await serveSite(Number(values.port));
console.log(`Documentation: ${url} (Ctrl-C ends it)`);
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, close);
