import { defineConfig } from '@aoai/config';
import { apiKey } from '@aoai/auth';
import { afterEach } from 'vitest';
import type { Client } from '../src/client/client.ts';
import type { ClientOptions } from '../src/client/client-options.ts';
import { createClient } from '../src/client/create-client.ts';
import type { ClientEvent } from '../src/events/events.ts';
import { undiciTransport } from '../src/transport/undici-transport.ts';
import { keepBooks } from './books.ts';
import { rawServer } from './raw-server.ts';
import type { RawRequest, RawServer } from './raw-server.ts';

type RawName = 'first' | 'second' | 'pool';

/** Servers of raw bytes, and clients over them that are closed after each test. */
export interface RawFixture {
  /** What the clients told, in order. */
  readonly events: ClientEvent[];
  serve(answer: (request: RawRequest) => void): Promise<RawServer>;
  /** A client of one server, or of two that make a pool of two tiers. */
  connect(
    servers: readonly [RawServer] | readonly [RawServer, RawServer],
    options?: ClientOptions,
  ): Client<RawName>;
  /** Deployments in the order in which they were attempted. */
  attempts(): string[];
}

export function useRawServers(): RawFixture {
  const events: ClientEvent[] = [];
  const books = keepBooks();
  const cleanUps: (() => Promise<void>)[] = [];
  afterEach(async () => {
    for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
    await books.close();
    events.length = 0;
  });
  return {
    events,
    async serve(answer) {
      const server = await rawServer(answer);
      cleanUps.push(() => server.close());
      return server;
    },
    connect([first, second = first], options = {}) {
      const deployment = { deployment: 'gpt-4.1-mini', model: 'gpt-4.1-mini', sku: 'DataZoneStandard' };
      const config = defineConfig({
        resources: { first: { endpoint: first.origin }, second: { endpoint: second.origin } },
        deployments: {
          first: { resource: 'first', ...deployment },
          second: { resource: 'second', ...deployment },
        },
        pools: { pool: [['first'], ['second']] },
      });
      const client = createClient(
        config,
        books.watched({
          credential: apiKey('raw-servers-take-any-key'),
          onEvent: (event) => events.push(event),
          retry: { initialDelayMs: 1, maxDelayMs: 2, budgetReserve: 20 },
          transport: undiciTransport({ env: {} }),
          ...options,
        }),
      );
      cleanUps.push(() => client.close({ graceMs: 0 }));
      return client;
    },
    attempts: () => events.flatMap((event) => (event.type === 'attempt-started' ? [event.deployment] : [])),
  };
}
