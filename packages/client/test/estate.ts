import { defineConfig } from '@aoai/config';
import type { Config } from '@aoai/config';
import { startMockAzure } from '@aoai/testing';
import type { MockAzure } from '@aoai/testing';
import type OpenAI from 'openai';
import { afterEach, beforeEach } from 'vitest';
import type { Client } from '../src/client/client.ts';
import type { ClientOptions, RetryOptions } from '../src/client/client-options.ts';
import { createClient } from '../src/client/create-client.ts';
import type { ClientEvent } from '../src/events/events.ts';
import { keepBooks } from './books.ts';

export type EstateName =
  'chat' | 'chat-sweden' | 'chat-france' | 'hear' | 'hear-sweden' | 'hear-france' | 'embed';

/** Two resources, one on each kind of api, with a chat deployment each and a pool over both. */
export const estate: Config<EstateName> = defineConfig({
  resources: {
    sweden: { endpoint: 'https://sweden.openai.azure.com', region: 'swedencentral' },
    france: {
      endpoint: 'https://france.openai.azure.com',
      region: 'francecentral',
      api: '2025-04-01-preview',
    },
  },
  deployments: {
    'chat-sweden': {
      resource: 'sweden',
      deployment: 'gpt-4.1-mini',
      model: 'gpt-4.1-mini',
      sku: 'DataZoneStandard',
      price: { input: 0.4, output: 1.6 },
    },
    'chat-france': { resource: 'france', deployment: 'mini', model: 'gpt-4.1-mini', sku: 'DataZoneStandard' },
    'hear-sweden': { resource: 'sweden', deployment: 'whisper', model: 'whisper', sku: 'Standard' },
    'hear-france': { resource: 'france', deployment: 'ears', model: 'whisper', sku: 'Standard' },
    embed: {
      resource: 'sweden',
      deployment: 'text-embedding-3-small',
      model: 'text-embedding-3-small',
      sku: 'DataZoneStandard',
    },
  },
  pools: { hear: [['hear-sweden'], ['hear-france']], chat: [['chat-sweden'], ['chat-france']] },
});

/** A mock of the estate for each test, and clients over it that are closed afterwards. */
export interface EstateFixture {
  readonly mock: MockAzure<EstateName>;
  /** What the clients told, in order. */
  readonly events: ClientEvent[];
  connect(options?: ClientOptions): Client<EstateName>;
  /** Deployments in the order in which they were attempted. */
  attempts(): string[];
}

/** Starts the mock before each test of a file. */
export function useEstate(): EstateFixture {
  let mock: MockAzure<EstateName> | undefined;
  let clients: Client<EstateName>[] = [];
  const events: ClientEvent[] = [];
  const books = keepBooks();
  beforeEach(async () => {
    events.length = 0;
    mock = await startMockAzure({ config: estate });
  });
  afterEach(async () => {
    await Promise.all(clients.map((client) => client.close({ graceMs: 0 })));
    clients = [];
    await mock?.close();
    await books.close();
  });
  return {
    get mock() {
      if (mock === undefined) throw new TypeError('The mock starts before each test.');
      return mock;
    },
    events,
    connect(options = {}) {
      const client = createClient(
        this.mock.config,
        books.watched({
          credential: this.mock.credential(),
          onEvent: (event) => events.push(event),
          ...options,
          retry: retryOf(options.retry),
        }),
      );
      clients.push(client);
      return client;
    },
    attempts: () => events.flatMap((event) => (event.type === 'attempt-started' ? [event.deployment] : [])),
  };
}

/** With a budget of its own: that of the process is one for all tests of a file. */
function retryOf(retry: ClientOptions['retry']): RetryOptions | false {
  return retry === false ? false : { initialDelayMs: 100, budgetReserve: 20, ...retry };
}

export const messages: OpenAI.ChatCompletionMessageParam[] = [{ role: 'user', content: 'Hello' }];

/** Longer than any piece of it. */
export const longText =
  'The quick brown fox jumps over the lazy dog, and then it rests in the shade of an old tree.';
