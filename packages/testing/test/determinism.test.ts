import { manualClock, startMockAzure } from '@aoai/testing';
import { request } from 'node:http';
import { expect, test } from 'vitest';

const requests: readonly (readonly [string, string, unknown?])[] = [
  ['POST', '/openai/v1/chat/completions', { model: 'gpt-4o', messages: [{ role: 'user', content: 'Hi' }] }],
  [
    'POST',
    '/openai/deployments/gpt-5-mini/chat/completions?api-version=2025-04-01-preview',
    {
      messages: [{ role: 'user', content: 'Hi' }],
      stream: true,
      stream_options: { include_usage: true },
      n: 2,
    },
  ],
  ['POST', '/openai/v1/responses', { model: 'gpt-5-mini', input: 'Hi', stream: true }],
  ['POST', '/openai/v1/embeddings', { model: 'text-embedding-3-small', input: 'Hi' }],
  ['POST', '/openai/v1/chat/completions', { model: 'nope', messages: [] }],
  ['GET', '/openai/v1/chat/completions'],
  ['POST', '/openai/v1/vector_stores', { name: 'store' }],
  ['POST', '/openai/v1/containers', { name: 'box' }],
  ['POST', '/openai/v1/conversations', {}],
  ['POST', '/openai/v1/images/generations', { model: 'gpt-image-1', prompt: 'A boat' }],
  ['POST', '/openai/v1/uploads', { filename: 'a', purpose: 'batch', bytes: 1, mime_type: 'a/b' }],
];

/** Every byte of the answers to `requests`: status line, headers and bodies. */
async function transcript(seed: number): Promise<string> {
  const azure = await startMockAzure({ seed, clock: manualClock() });
  let text = '';
  for (const [method, path, body] of requests) text += await bytesOf(azure, { method, path, body });
  await azure.close();
  return text;
}

async function bytesOf(
  { endpoint, apiKey }: { readonly endpoint: string; readonly apiKey: string },
  { method, path, body }: { readonly method: string; readonly path: string; readonly body: unknown },
): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const headers = { 'api-key': apiKey, 'content-type': 'application/json' };
  const outgoing = request(`${endpoint}${path}`, { method, headers }, (incoming) => {
    let text = `${incoming.statusCode ?? ''} ${incoming.statusMessage ?? ''}\n${incoming.rawHeaders.join('\n')}\n\n`;
    incoming.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
    incoming.on('end', () => {
      resolve(text);
    });
  });
  outgoing.on('error', reject).end(body === undefined ? undefined : JSON.stringify(body));
  return promise;
}

test('the same seed and requests give the same bytes, ids and dates included', async () => {
  const [first, second, other] = [await transcript(7), await transcript(7), await transcript(8)];
  expect(first).toBe(second);
  expect(first).not.toBe(other);
});
