import type { SharedHolders } from '../quota/quota.ts';
import { evaluate, scriptOf } from './run-script.ts';
import type { RedisQuotaClient } from './run-script.ts';
import type { StoreGuard } from './store-guard.ts';

/** References are kept as long as the service keeps a response, counted from their last use. */
const keptMs = 30 * 86_400_000;

// Each reference has its own key, so that a cluster spreads them. Only commands that the other scripts use as well.
const remember = scriptOf(`
redis.call('HSET', KEYS[1], 'resource', ARGV[1])
redis.call('PEXPIRE', KEYS[1], ARGV[2])
return 1`);
const find = scriptOf(`
local resource = redis.call('HGET', KEYS[1], 'resource')
if resource then redis.call('PEXPIRE', KEYS[1], ARGV[1]) end
return resource or ''`);

/** Which resource holds what, for all replicas. While the store does not answer, nothing is found. */
export function sharedHolders(
  client: RedisQuotaClient,
  { prefix, guard }: { readonly prefix: string; readonly guard: StoreGuard },
): SharedHolders & { close(): Promise<void> } {
  const writing = new Set<Promise<unknown>>();
  const keys = (reference: string): string[] => [`${prefix}:{holder:${reference}}`];
  return {
    find: async (reference) => {
      try {
        const given = { keys: keys(reference), arguments: [String(keptMs)] };
        const answer = await guard.ask(() => evaluate(client, find, given));
        return answer === '' ? undefined : String(answer);
      } catch {
        // The call can still ask the resources in turn.
        return undefined;
      }
    },
    remember: async (reference, resource) => {
      const given = { keys: keys(reference), arguments: [resource, String(keptMs)] };
      const written = guard.ask(() => evaluate(client, remember, given));
      writing.add(written);
      try {
        await written;
      } catch {
        // This process still remembers the reference.
      } finally {
        writing.delete(written);
      }
    },
    close: async () => {
      await Promise.allSettled(writing);
    },
  };
}
