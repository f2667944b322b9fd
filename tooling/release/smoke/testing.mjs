/* global File, fetch */
// The mock with the openai SDK, on any runtime: whole answers, streams, errors, files, tokens, faults of the connection.
import assert from 'node:assert/strict';
// @boundaries-ignore This file runs where the packages are installed from their tarballs.
import { cutMidStream, rateLimited, startMockAzure } from '@aoai/testing';
// @boundaries-ignore This file runs where the packages are installed from their tarballs.
import OpenAI from 'openai';

const azure = await startMockAzure();
const { endpoint, apiKey } = azure;
const sdk = new OpenAI({ baseURL: `${endpoint}/openai/v1/`, apiKey, maxRetries: 0 });
const chat = { model: 'gpt-4.1', messages: [{ role: 'user', content: 'Say hello' }] };

const whole = await sdk.chat.completions.create(chat);
assert.equal(whole.choices[0].message.content, 'Hello!');

async function text(stream) {
  let said = '';
  for await (const chunk of await stream) said += chunk.choices[0]?.delta.content ?? '';
  return said;
}
assert.equal(await text(sdk.chat.completions.create({ ...chat, stream: true })), 'Hello!');

azure.fail('gpt-4.1', rateLimited({ retryAfterMs: 300 }));
const refused = await sdk.chat.completions.create(chat).catch((error) => error);
assert.deepEqual([refused.status, refused.headers.get('retry-after-ms')], [429, '300']);

azure.fail('gpt-4.1', cutMidStream({ afterChunks: 2 }));
await assert.rejects(text(sdk.chat.completions.create({ ...chat, stream: true })));

const file = await sdk.files.create({ file: new File(['{}'], 'a.jsonl'), purpose: 'batch' });
assert.equal(await (await sdk.files.content(file.id)).text(), '{}');

const { token } = await azure.credential().getToken('https://cognitiveservices.azure.com/.default');
const models = await fetch(`${endpoint}/openai/v1/models`, { headers: { authorization: `Bearer ${token}` } });
assert.equal(models.status, 200);
assert.ok(models.headers.has('apim-request-id'));
await models.text();

assert.equal((await fetch(`${endpoint}/_mock`)).status, 200);
assert.deepEqual(
  azure.requests('gpt-4.1').map(({ response }) => response.status),
  [200, 200, 429, 200],
);
await azure.close();
