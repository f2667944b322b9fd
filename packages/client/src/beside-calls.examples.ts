import { contentFilter, createClient } from '@aoai/client';
import type { Client } from '@aoai/client';
import { redisQuota } from '@aoai/client/redis';
import type { RedisQuotaClient } from '@aoai/client/redis';
import type { Config } from '@aoai/config';

type Print = (line: string) => void;

/** What the content filters said, of a stream and of a refused prompt. */
export async function filters(azure: Client<'chat'>, prompt: string, print: Print): Promise<void> {
  //#region filters
  try {
    const chunks = [];
    for await (const chunk of await azure.chat.completions.create({
      model: 'chat',
      messages: [{ role: 'user', content: prompt }],
      stream: true,
    })) {
      chunks.push(chunk);
    }
    // An asynchronous filter may find a violation in text that was already delivered.
    if (contentFilter(chunks).filtered) print('take the answer back');
  } catch (error) {
    const { blocked, source, findings } = contentFilter(error);
    if (!blocked) throw error;
    print(`${source ?? ''}: ${findings.map(({ category }) => category).join(', ')}`);
  }
  //#endregion
}

/** Bulk work that survives a restart. */
export async function bulk(azure: Client<'bulk'>, documents: readonly string[], print: Print): Promise<void> {
  const pollMs = 5;
  //#region batch
  const results = await azure.batch.run(
    documents.map((text) => ({ messages: [{ role: 'user', content: `Summarise: ${text}` }] })),
    {
      deployment: 'bulk', // of the sku GlobalBatch or DataZoneBatch
      id: 'summaries-2026-11-22', // the same id goes on where it stood, also in another process
      pollMs,
      onProgress: ({ completed, total }) => {
        print(`${completed} of ${total}`);
      },
    },
  );
  for (const result of results) print(result.ok ? 'done' : `${result.code}: ${result.message}`);
  //#endregion
}

/** Replicas that share their quota. */
export function replicas<Name extends string>(
  config: Config<Name>,
  redis: RedisQuotaClient,
  more: object,
): Client<Name> {
  //#region replicas
  // redis = await createClient({ url }).connect(), from `@redis/client` or `redis`
  const azure = createClient(config, {
    quota: redisQuota(redis, { degrade: 'local-share' }),
    ...more,
  });
  //#endregion
  return azure;
}
