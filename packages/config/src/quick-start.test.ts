import { afterEach, expect, test, vi } from 'vitest';

afterEach(() => {
  vi.unstubAllEnvs();
});

test('the first example of the README is a config, once its variable is set', async () => {
  vi.stubEnv('AZURE_OPENAI_ENDPOINT_SWEDEN', 'https://contoso-se.openai.azure.com');
  const { names, endpoint } = await import('./quick-start.examples.ts');
  expect(names).toEqual(['chat-ptu', 'chat-france', 'embed', 'chat']);
  expect(endpoint).toBe('https://contoso-se.openai.azure.com');
});
