// Begins a batch run in a process of its own, which the test then kills.
import { apiKey } from '@aoai/auth';
import { defineConfig } from '@aoai/config';
import { createClient } from '../src/index.ts';

const [endpoint = '', key = '', id = '', count = '0'] = process.argv.slice(2);
const config = defineConfig({
  resources: { sweden: { endpoint } },
  deployments: { bulk: { resource: 'sweden', deployment: 'bulk', model: 'gpt-4.1', sku: 'GlobalBatch' } },
});
const azure = createClient(config, { credential: apiKey(key) });
const requests = Array.from({ length: Number(count) }, (_, index) => ({
  messages: [{ role: 'user', content: `Say ${index}` }],
}));
await azure.batch.run(requests, {
  deployment: 'bulk',
  id,
  pollMs: 5,
  onProgress: ({ batches }) => process.send?.(batches.map((batch) => batch.id)),
});
