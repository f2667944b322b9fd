import { defineConfig } from '@aoai/config';
import { describe, expect, test } from 'vitest';
import { router } from './route.ts';
import { deploymentNamed, isUnderDeployment, urlOf } from './target.ts';
import type { Target } from './target.ts';

const config = defineConfig({
  resources: {
    modern: { endpoint: 'https://modern.openai.azure.com' },
    dated: { endpoint: 'https://dated.openai.azure.com', api: '2025-04-01-preview' },
  },
  deployments: {
    first: { resource: 'modern', deployment: 'gpt', model: 'gpt-4.1-mini' },
    second: { resource: 'dated', deployment: 'gpt-4.1_mini', model: 'gpt-4.1-mini' },
  },
  pools: { chat: [['first'], [{ deployment: 'second', weight: 3 }]] },
  leadOn: { chat: ['content_filter'] },
});
const targetOf = (name: 'first' | 'second') => {
  const deployment = config.deployments[name];
  const resource = config.resources[deployment?.resource ?? ''];
  if (deployment === undefined || resource === undefined) throw new Error('No such deployment.');
  return { name, deployment, resource } as Target;
};

describe('urlOf', () => {
  test.each<['first' | 'second', string, string, string]>([
    ['first', '/chat/completions', '', 'https://modern.openai.azure.com/openai/v1/chat/completions'],
    ['first', '/files', 'limit=2&a=b', 'https://modern.openai.azure.com/openai/v1/files?limit=2&a=b'],
    [
      'second',
      '/chat/completions',
      '',
      'https://dated.openai.azure.com/openai/deployments/gpt-4.1_mini/chat/completions?api-version=2025-04-01-preview',
    ],
    [
      'second',
      '/responses',
      '',
      'https://dated.openai.azure.com/openai/responses?api-version=2025-04-01-preview',
    ],
    [
      'second',
      '/files',
      'limit=2',
      'https://dated.openai.azure.com/openai/files?api-version=2025-04-01-preview&limit=2',
    ],
  ])('%s, %s?%s', (name, path, query, url) => {
    expect(urlOf(targetOf(name), path, query)).toBe(url);
  });

  test.each([
    '/chat/completions',
    '/completions',
    '/embeddings',
    '/audio/transcriptions',
    '/audio/translations',
    '/audio/speech',
    '/images/generations',
    '/images/edits',
  ])('%s is an operation of a deployment', (path) => {
    expect(isUnderDeployment(path)).toBe(true);
    expect(urlOf(targetOf('second'), path, '')).toContain('/deployments/');
  });

  test.each(['/files', '/batches', '/responses', '/models', '/chat'])('%s is one of the resource', (path) => {
    expect(isUnderDeployment(path)).toBe(false);
  });
});

test('a name that means no deployment of the resource stays as it is', () => {
  const named = new Map([['chat', 'gpt']]);
  expect(deploymentNamed({ named }, 'chat')).toBe('gpt');
  expect(deploymentNamed({ named }, 'other')).toBe('other');
});

describe('router', () => {
  const targets = new Map<string, Target>([
    ['first', targetOf('first')],
    ['second', targetOf('second')],
  ]);

  test('a pool leads to its tiers with their weights, a deployment to itself', () => {
    const route = router(config, targets, Date.now);
    const shown = route('chat').tiers.map((tier) => tier.map(({ target, weight }) => [target.name, weight]));
    expect(shown).toEqual([[['first', undefined]], [['second', 3]]]);
    expect(route('second').tiers.map((tier) => tier.map(({ target }) => target.name))).toEqual([['second']]);
    expect([...route.all.keys()]).toEqual([...config.names]);
  });

  test('a name has one route, with one line of waiting calls', () => {
    const route = router(config, targets, Date.now);
    expect(route('chat')).toBe(route('chat'));
    expect(route('chat')).toBe(route.all.get('chat'));
    expect(route('chat').line).not.toBe(route('first').line);
  });

  test('leads on where the config says so', () => {
    const route = router(config, targets, Date.now);
    expect([route('chat').leadOn, route('first').leadOn]).toEqual([['content_filter'], []]);
  });

  test('throws for a name that is not there', () => {
    expect(() => router(config, targets, Date.now)('other')).toThrow('Cannot resolve deployment "other"');
  });
});
