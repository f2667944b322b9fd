import { setTimeout as delay } from 'node:timers/promises';
import * as api from '@opentelemetry/api';
import { TracerProvider } from '@opentelemetry/sdk-trace';
import { expect } from 'vitest';
import type { ClientOptions } from '../src/client/client-options.ts';
import type { ClientEvent } from '../src/events/events.ts';
import { memoryQuota } from '../src/quota/memory-quota.ts';
import type { Grant, QuotaStore, Refusal } from '../src/quota/quota.ts';
import { spansListener } from '../src/telemetry/spans.ts';

/** What clients have begun: calls, reservations of attempts, and spans. Each is brought to an end once. */
export interface Books {
  /** The options of a client, under watch. */
  watched(options: ClientOptions): ClientOptions;
  /** Fails when something was left open, or ended twice. For the end of a test. */
  close(): Promise<void>;
}

export function keepBooks(): Books {
  const grants = new Map<Grant, string>();
  const calls = new Map<string, string>();
  const spans = new Set<string>();
  const twice: string[] = [];
  const recordSpans = spansListener(tracedBy(spans), false);

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
    recordSpans(event);
  }

  const open = () => [...grants.values(), ...calls.values(), ...spans];
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
      spans.clear();
      expect(left, 'a client brings to an end what it begins').toEqual([]);
      expect(ended, 'and does so once').toEqual([]);
    },
  };
}

/** OpenTelemetry that keeps the spans which have begun and not ended, by name and id. Nothing global is touched. */
function tracedBy(open: Set<string>): typeof api {
  const nameOf = (span: { name: string; spanContext(): { spanId: string } }) =>
    `span ${span.name} ${span.spanContext().spanId}`;
  const provider = new TracerProvider({
    spanProcessors: [
      {
        onStart: (span) => void open.add(nameOf(span)),
        onEnd: (span) => void open.delete(nameOf(span)),
        forceFlush: () => Promise.resolve(),
        shutdown: () => Promise.resolve(),
      },
    ],
  });
  const getTracer = (name: string) => provider.getTracer(name);
  return { ...api, trace: Object.assign(Object.create(api.trace) as typeof api.trace, { getTracer }) };
}
