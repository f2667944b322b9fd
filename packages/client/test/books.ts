import { setTimeout as delay } from 'node:timers/promises';
import { expect } from 'vitest';
import type { ClientOptions } from '../src/client/client-options.ts';
import type { ClientEvent } from '../src/events/events.ts';
import { memoryQuota } from '../src/quota/memory-quota.ts';
import type { Grant, QuotaStore, Refusal } from '../src/quota/quota.ts';

/** What clients have begun: calls, and reservations of attempts. Each is brought to an end once. */
export interface Books {
  /** The options of a client, under watch. */
  watched(options: ClientOptions): ClientOptions;
  /** Fails when something was left open, or ended twice. For the end of a test. */
  close(): Promise<void>;
}

export function keepBooks(): Books {
  const grants = new Map<Grant, string>();
  const calls = new Map<string, string>();
  const twice: string[] = [];

  function watchedStore(store: QuotaStore): QuotaStore {
    const note = (answer: Grant | Refusal) => {
      if (answer.ok) grants.set(answer, `reservation at ${answer.target.key}`);
      return answer;
    };
    return {
      ...store,
      reserve(target, tokens) {
        const answer = store.reserve(target, tokens);
        return answer instanceof Promise ? answer.then(note) : note(answer);
      },
      settle(grant, settlement) {
        if (!grants.delete(grant)) twice.push(`reservation at ${grant.target.key}`);
        return store.settle(grant, settlement);
      },
    };
  }

  function note(event: ClientEvent): void {
    if (event.type === 'call-started') calls.set(event.callId, `call of ${event.name}`);
    if (event.type === 'call-finished' && !calls.delete(event.callId)) twice.push(`call of ${event.name}`);
  }

  const open = () => [...grants.values(), ...calls.values()];
  return {
    watched(options) {
      const { quota = memoryQuota(options.now === undefined ? {} : { now: options.now }), onEvent } = options;
      return {
        ...options,
        quota: watchedStore(quota),
        onEvent(event) {
          note(event);
          onEvent?.(event);
        },
      };
    },
    async close() {
      // What a closed client has cut short is settled a little later.
      for (let look = 0; look < 100 && open().length > 0; look += 1) await delay(10);
      const left = open();
      const ended = twice.splice(0);
      grants.clear();
      calls.clear();
      expect(left, 'a client brings to an end what it begins').toEqual([]);
      expect(ended, 'and does so once').toEqual([]);
    },
  };
}
