/* eslint-disable @typescript-eslint/no-deprecated -- Old parameters are what is fitted. */
import { defineConfig } from '@aoai/config';
import { rateLimited, startMockAzure } from '@aoai/testing';
import { expect, test } from 'vitest';
import { createClient } from '../src/client/create-client.ts';
import type { ClientEvent } from '../src/events/events.ts';

const config = defineConfig({
  resources: { main: { endpoint: 'https://main.openai.azure.com' } },
  deployments: {
    plain: { resource: 'main', deployment: 'plain', model: 'gpt-4.1-mini', sku: 'GlobalStandard' },
    thinks: { resource: 'main', deployment: 'thinks', model: 'gpt-5-mini', sku: 'GlobalStandard' },
  },
  pools: { chat: [['plain'], ['thinks']] },
});
const messages = [{ role: 'user' as const, content: 'Hello' }];

test('`fit` lets a call go on to a model with other parameters, and tells what was changed', async () => {
  const mock = await startMockAzure({ config });
  const events: ClientEvent[] = [];
  const azure = createClient(mock.config, {
    credential: mock.credential(),
    onEvent: (event) => events.push(event),
  });
  const ask = (client: typeof azure) =>
    client.chat.completions.create({ model: 'chat', messages, max_tokens: 50, temperature: 0.2 });
  mock.fail('plain', rateLimited({ retryAfterMs: 60_000 }));
  await expect(ask(azure)).rejects.toMatchObject({ status: 400 });
  expect(events.filter(({ type }) => type === 'request-fitted')).toEqual([]);

  await ask(azure.with({ fit: true }));
  expect(mock.requests('thinks').at(-1)?.body).toEqual({
    model: 'thinks',
    messages,
    max_completion_tokens: 50,
  });
  expect(events.filter(({ type }) => type === 'request-fitted')).toMatchObject([
    {
      deployment: 'thinks',
      model: 'gpt-5-mini',
      attempt: 1,
      changes: [
        { parameter: 'max_tokens', action: 'renamed', to: 'max_completion_tokens' },
        { parameter: 'temperature', action: 'removed' },
      ],
    },
  ]);
  await azure.close();
  await mock.close();
});

test('`fit` leaves a request alone that fits', async () => {
  const mock = await startMockAzure({ config });
  const events: ClientEvent[] = [];
  const azure = createClient(mock.config, {
    credential: mock.credential(),
    fit: true,
    onEvent: (event) => events.push(event),
  });
  await azure.chat.completions.create({ model: 'plain', messages, max_tokens: 50, temperature: 0.2 });
  await azure.responses.create({ model: 'thinks', input: 'Hello', reasoning: { effort: 'low' } });
  expect(events.filter(({ type }) => type === 'request-fitted')).toEqual([]);
  expect(mock.requests('plain')[0]?.body).toEqual({
    model: 'plain',
    messages,
    max_tokens: 50,
    temperature: 0.2,
  });
  await azure.close();
  await mock.close();
});

test('`fit` is a flag', () => {
  expect(() => createClient(config, { fit: 'yes' as never })).toThrow(
    '`fit` is "yes". Give `true` or `false`.',
  );
});
