// @aoai/client against the mock, on any runtime: failover, a stream, a response, a cut stream.
import assert from 'node:assert/strict';
// @boundaries-ignore This file runs where the packages are installed from their tarballs.
import { StreamTruncatedError, createClient } from '@aoai/client';
// @boundaries-ignore This file runs where the packages are installed from their tarballs.
import { defineConfig } from '@aoai/config';
// @boundaries-ignore This file runs where the packages are installed from their tarballs.
import { cutMidStream, rateLimited, startMockAzure } from '@aoai/testing';

const on = (resource) => ({ resource, deployment: 'gpt', model: 'gpt-4.1', sku: 'GlobalStandard' });
const config = defineConfig({
  resources: {
    sweden: { endpoint: 'https://contoso-se.openai.azure.com' },
    france: { endpoint: 'https://contoso-fr.openai.azure.com' },
  },
  deployments: { first: on('sweden'), second: on('france') },
  pools: { chat: [['first'], ['second']] },
});
const azure = await startMockAzure({ config });
const client = createClient(azure.config, { credential: azure.credential() });
const messages = [{ role: 'user', content: 'Say hello' }];

azure.fail('first', rateLimited({ retryAfterMs: 60_000 }));
const answer = await client.chat.completions.create({ model: 'chat', messages });
assert.equal(answer.choices[0].message.content, 'Hello!');

async function text(stream) {
  let said = '';
  for await (const chunk of await stream) said += chunk.choices[0]?.delta.content ?? '';
  return said;
}
assert.equal(await text(client.chat.completions.create({ model: 'chat', messages, stream: true })), 'Hello!');
assert.equal((await client.responses.create({ model: 'chat', input: 'Say hello' })).output_text, 'Hello!');

azure.reply('second', 'A long answer that is cut');
azure.fail('second', cutMidStream({ afterChunks: 4 }));
await assert.rejects(
  text(client.chat.completions.create({ model: 'chat', messages, stream: true })),
  StreamTruncatedError,
);

assert.deepEqual(
  azure.requests().map(({ deployment }) => deployment),
  ['first', 'second', 'second', 'second', 'second'],
);
assert.deepEqual(azure.verdict(), []);
await client.close();
await azure.close();
