import { expect, test } from 'vitest';
import { modelTraits, type ModelTraits } from './model-traits.ts';

const chat = ['chatCompletion', 'responses'] as const;
const unknown = {
  version: '1',
  capabilities: chat,
  contextTokens: 128_000,
  outputTokens: 16_384,
  isReasoning: false,
};

test.each<[string, Partial<ModelTraits>]>([
  ['nobody-knows-it', unknown],
  ['constructor', unknown],
  [
    'gpt-35-turbo-instruct',
    { ...unknown, version: '0914', capabilities: ['completion'], contextTokens: 4_097, outputTokens: 4_096 },
  ],
  ['davinci-002', { capabilities: ['completion'] }],
  ['dall-e-3', { version: '3.0', capabilities: ['imageGenerations'], outputTokens: 0, isReasoning: false }],
  ['text-embedding-3-large', { capabilities: ['embeddings'], contextTokens: 8_191, outputTokens: 0 }],
  ['gpt-4.1', { capabilities: ['responses', 'chatCompletion'], isReasoning: false }],
  ['o3-mini', { isReasoning: true }],
  ['gpt-image-1', { capabilities: ['imageGenerations'] }],
  ['gpt-realtime', { capabilities: ['realtime'] }],
  ['model-router', { capabilities: chat }],
])('%s behaves by its kind: %j', (model, { capabilities, ...traits }) => {
  const found = modelTraits(model);
  expect(found).toMatchObject(traits);
  if (capabilities !== undefined) expect([...found.capabilities].sort()).toEqual([...capabilities].sort());
});

test('the version is the last one that the catalogue has, and a name with a version is that model', () => {
  expect(modelTraits('gpt-4o').version).toBe('2024-11-20');
  expect(modelTraits('gpt-4o-2024-11-20')).toEqual(modelTraits('gpt-4o'));
});
