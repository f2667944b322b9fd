import { expect, test } from 'vitest';
import { scopeFor } from './scope.ts';

test.each([
  ['https://contoso.openai.azure.com', 'v1', 'https://ai.azure.com/.default'],
  ['https://contoso.openai.azure.com/', '2024-10-21', 'https://cognitiveservices.azure.com/.default'],
  [
    'https://contoso.cognitiveservices.azure.com',
    '2025-04-01-preview',
    'https://cognitiveservices.azure.com/.default',
  ],
  ['https://contoso.services.ai.azure.com/api/projects/p', 'v1', 'https://ai.azure.com/.default'],
  ['https://contoso.services.ai.azure.com', 'preview', 'https://ai.azure.com/.default'],
  ['https://contoso.openai.azure.us', 'v1', 'https://cognitiveservices.azure.us/.default'],
  ['https://contoso.openai.azure.us', '2024-10-21', 'https://cognitiveservices.azure.us/.default'],
  ['https://contoso.cognitiveservices.azure.us', 'v1', 'https://cognitiveservices.azure.us/.default'],
  ['https://CONTOSO.OPENAI.AZURE.CN.:443', 'v1', 'https://cognitiveservices.azure.cn/.default'],
  ['https://contoso.openai.azure.us.evil.example', 'v1', 'https://ai.azure.com/.default'],
  ['https://gateway.contoso.example/azure', '2024-10-21', 'https://cognitiveservices.azure.com/.default'],
  ['http://127.0.0.1:8080', 'v1', 'https://ai.azure.com/.default'],
])('the scope of %s on %s is %s', (endpoint, api, scope) => {
  expect(scopeFor(endpoint, api)).toBe(scope);
  expect(scopeFor(new URL(endpoint), api)).toBe(scope);
});

test('counts as v1 when no api is named', () => {
  expect(scopeFor('https://contoso.openai.azure.com')).toBe('https://ai.azure.com/.default');
});

test('refuses an `endpoint` that is not a URL', () => {
  expect(() => scopeFor('contoso.openai.azure.com')).toThrow(/`endpoint` is "contoso.openai.azure.com"/);
});

test('takes the word of `cloud` for a host that does not name its own', () => {
  const gateway = 'https://gateway.agency.example';
  expect(scopeFor(gateway, 'v1', { cloud: 'us-gov' })).toBe('https://cognitiveservices.azure.us/.default');
  expect(scopeFor(gateway, '2024-10-21', { cloud: 'china' })).toBe(
    'https://cognitiveservices.azure.cn/.default',
  );
});
