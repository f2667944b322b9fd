import { expect, test } from 'vitest';
import { probeOf } from './probe.ts';
import { caseOf } from './scripted.fake.ts';

function probe(parts: Parameters<typeof caseOf>) {
  const { resource, deployment } = caseOf(...parts);
  return probeOf(deployment, resource);
}

const messages = [{ role: 'user', content: 'ping' }];
const base = 'https://contoso-se.openai.azure.com';

test.each<[string, Parameters<typeof caseOf>, unknown]>([
  [
    'a chat model',
    [],
    {
      url: `${base}/openai/v1/chat/completions`,
      path: '/chat/completions',
      body: { model: 'chat', messages, max_completion_tokens: 16 },
    },
  ],
  [
    'a model that the catalogue does not know',
    [{}, { model: 'something-new' }],
    {
      url: `${base}/openai/v1/chat/completions`,
      path: '/chat/completions',
      body: { model: 'chat', messages, max_completion_tokens: 16 },
    },
  ],
  [
    'a router',
    [{}, { model: 'model-router' }],
    {
      url: `${base}/openai/v1/chat/completions`,
      path: '/chat/completions',
      body: { model: 'chat', messages, max_completion_tokens: 16 },
    },
  ],
  [
    'a model for embeddings',
    [{}, { model: 'text-embedding-3-small' }],
    { url: `${base}/openai/v1/embeddings`, path: '/embeddings', body: { model: 'chat', input: 'ping' } },
  ],
  [
    'a model that only answers Responses',
    [{}, { model: 'gpt-5-pro' }],
    {
      url: `${base}/openai/v1/responses`,
      path: '/responses',
      body: { model: 'chat', input: 'ping', max_output_tokens: 16, store: false },
    },
  ],
  [
    'a dated api-version, which has the name of the deployment in its path',
    [{ api: '2024-10-21' }, { deployment: 'a b' }],
    {
      url: `${base}/openai/deployments/a%20b/chat/completions?api-version=2024-10-21`,
      path: '/chat/completions',
      body: { model: 'a b', messages, max_completion_tokens: 16 },
    },
  ],
  [
    'an api-version from before `max_completion_tokens`',
    [{ api: '2023-05-15' }, {}],
    {
      url: `${base}/openai/deployments/chat/chat/completions?api-version=2023-05-15`,
      path: '/chat/completions',
      body: { model: 'chat', messages, max_tokens: 16 },
    },
  ],
  [
    'an api-version that the catalogue does not know',
    [{ api: '2031-01-01' }, {}],
    {
      url: `${base}/openai/deployments/chat/chat/completions?api-version=2031-01-01`,
      path: '/chat/completions',
      body: { model: 'chat', messages, max_completion_tokens: 16 },
    },
  ],
  [
    'Responses of a dated api-version behind a gateway, where no path names the deployment',
    [{ api: '2025-04-01-preview', basePath: '/genai' }, { model: 'gpt-5-pro' }],
    {
      url: `${base}/genai/openai/responses?api-version=2025-04-01-preview`,
      path: '/responses',
      body: { model: 'chat', input: 'ping', max_output_tokens: 16, store: false },
    },
  ],
  [
    'v1 behind a gateway',
    [{ basePath: '/genai' }, { model: 'text-embedding-3-small' }],
    {
      url: `${base}/genai/openai/v1/embeddings`,
      path: '/embeddings',
      body: { model: 'chat', input: 'ping' },
    },
  ],
  ['images', [{}, { model: 'gpt-image-2' }], 'A call to a model for image costs too much to try.'],
  ['a batch', [{}, { sku: 'GlobalBatch' }], 'A batch deployment answers batches only.'],
  [
    'a batch of embeddings',
    [{}, { sku: 'GlobalBatch', model: 'text-embedding-3-small' }],
    'A batch deployment answers batches only.',
  ],
])('the smallest call to %s', (_, parts, expected) => {
  expect(probe(parts)).toEqual(expected);
});
