// One replica as a process of its own: asks for `tokens` as often as it is told and reports how many it got.
import { createClient } from '@redis/client';
import { redisQuota } from '../src/redis/redis-quota.ts';
import type { QuotaTarget } from '../src/quota/quota.ts';

const [url = '', tokens = '0', times = '0', tpm = '0'] = process.argv.slice(2);
const client = createClient({ url });
await client.connect();
const quota = redisQuota(client, { degrade: 'closed', timeoutMs: 5_000 });
const target: QuotaTarget = {
  key: 'contoso/shared',
  limits: { tpm: Number(tpm) },
  provisioned: false,
  circuit: { failures: 5, window: 10, openMs: 1_000, maxOpenMs: 10_000 },
};
process.send?.('ready');
process.once('message', () => {
  void (async () => {
    const asked = Array.from({ length: Number(times) }, async () =>
      quota.reserve(target, { input: Number(tokens), output: 0 }),
    );
    const granted = (await Promise.all(asked)).filter(({ ok }) => ok).length;
    process.send?.(granted, () => {
      client.destroy();
      process.disconnect();
    });
  })();
});
