import { expect, test } from 'vitest';
import { createClient, undiciTransport } from '../src/index.ts';
import { messages, useEstate } from './estate.ts';

const fixture = useEstate();

/** A client of hosts that only a proxy could reach. */
async function callThrough(httpsProxy: string): Promise<unknown> {
  const { config } = fixture.mock;
  const resources = Object.fromEntries(
    Object.entries(config.resources).map(([name, resource]) => [
      name,
      { ...resource, endpoint: 'https://contoso.openai.azure.com' },
    ]),
  );
  const azure = createClient(
    { ...config, resources },
    {
      credential: fixture.mock.credential(),
      transport: undiciTransport({ env: { HTTPS_PROXY: httpsProxy } }),
      retry: { maxRetries: 1, initialDelayMs: 1, maxDelayMs: 1, budgetReserve: 5 },
      onEvent: (event) => fixture.events.push(event),
    },
  );
  return azure.chat.completions
    .create({ model: 'chat', messages })
    .catch((error: unknown) => error)
    .finally(() => azure.close());
}

test('a proxy that is no URL ends the call at once, with the name of its variable', async () => {
  expect(await callThrough('ftp://proxy')).toMatchObject({
    name: 'TypeError',
    code: 'PROXY_UNUSABLE',
    message: expect.stringContaining('Cannot use the proxy of `HTTPS_PROXY`: "ftp://proxy"') as string,
  });
  expect(fixture.attempts()).toHaveLength(1);
});

test('a proxy that does not run is tried again, and its variable is named in the end', async () => {
  expect(await callThrough('127.0.0.1:1')).toMatchObject({
    name: 'TypeError',
    code: 'PROXY_FAILED',
    message: expect.stringContaining('`HTTPS_PROXY`: "http://127.0.0.1:1" cannot be reached') as string,
  });
  expect(fixture.attempts()).toHaveLength(2);
});
