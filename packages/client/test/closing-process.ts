// Makes calls of several kinds, closes the client and says what then keeps the process alive.
import { apiKey } from '@aoai/auth';
import { defineConfig } from '@aoai/config';
import { createClient } from '../src/index.ts';

const [endpoint = '', key = ''] = process.argv.slice(2);
const config = defineConfig({
  resources: { sweden: { endpoint } },
  deployments: {
    chat: { resource: 'sweden', deployment: 'gpt-4.1-mini', model: 'gpt-4.1-mini', sku: 'DataZoneStandard' },
  },
});
const azure = createClient(config, { credential: apiKey(key), hedge: { afterMs: 20 } });
azure.observe(() => undefined);
const messages = [{ role: 'user' as const, content: 'Hello' }];
await Promise.all(
  Array.from({ length: 5 }, () => azure.chat.completions.create({ model: 'chat', messages })),
);
const stream = await azure.chat.completions.create({ model: 'chat', messages, stream: true });
for await (const chunk of stream) if (chunk.id === '') break;
await azure.files.list();
// Nobody reads this one.
await azure.chat.completions.create({ model: 'chat', messages, stream: true });
await azure.close({ graceMs: 500 });
const before = process.getActiveResourcesInfo().filter((name) => /TCP|TLS|Timeout/.test(name));
process.send?.(before);
await azure.chat.completions.create({ model: 'chat', messages }).catch((error: unknown) => {
  process.send?.((error as { code?: string }).code);
});
process.disconnect();
