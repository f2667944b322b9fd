import { describe, expect, test } from 'vitest';
import { readUrl } from './read-url.ts';

describe('readUrl', () => {
  test.each<[url: string, path: string, name?: string]>([
    ['https://aoai.invalid/openai/v1/chat/completions', '/chat/completions'],
    ['https://any.openai.azure.com/openai/v1/responses/resp_123-4', '/responses/resp_123-4'],
    ['https://api.openai.com/v1/files', '/files'],
    ['https://gateway.contoso.com/genai/openai/v1/files', '/files'],
    ['https://gateway.contoso.com/my/openai/openai/v1/files', '/files'],
    ['https://gateway.contoso.com/my/openai/openai/batches?api-version=2024-10-21', '/batches'],
    ['https://x.invalid/openai/deployments/chat/chat/completions', '/chat/completions', 'chat'],
    ['https://x.invalid/openai/deployments/openai/embeddings', '/embeddings', 'openai'],
    ['https://x.invalid/openai/deployments/gr%C3%BC%C3%9Fe/embeddings', '/embeddings', 'grüße'],
    ['https://x.invalid/openai/deployments/100%/embeddings', '/embeddings', '100%'],
    ['https://x.invalid/openai/v1/a/../files', '/files'],
    ['https://user:secret@x.invalid/openai/v1/files#part', '/files'],
  ])('%s asks for %s', (...[url, path, name]) => {
    expect(readUrl(url)).toMatchObject({ path, ...(name === undefined ? undefined : { nameInPath: name }) });
  });

  test.each([
    ['another service', 'https://api.search.invalid/search', '/search'],
    ['the root', 'https://x.invalid/', '/'],
    ['a way up', 'https://x.invalid/openai/v1/../../files', '/files'],
    ['a way up, encoded', 'https://x.invalid/openai/v1/%2e%2e/%2E%2e/files', '/files'],
    [
      'an encoded slash',
      'https://x.invalid/openai/v1/responses/..%2f..%2Ffiles',
      '/openai/v1/responses/..%2f..%2Ffiles',
    ],
    ['an encoded backslash', 'https://x.invalid/openai/v1/files/..%5C', '/openai/v1/files/..%5C'],
    ['a host after the path', 'https://x.invalid/openai/v1//evil.invalid/x', '/openai/v1//evil.invalid/x'],
    ['a backslash', 'https://x.invalid/openai/v1\\\\evil.invalid', '/openai/v1//evil.invalid'],
    ['the root again, encoded', 'https://x.invalid/openai/%6fpenai/files', '/openai/%6fpenai/files'],
    ['a user', 'https://x.invalid/openai/v1@evil.invalid/x', '/openai/v1@evil.invalid/x'],
    [
      'a path in a deployment',
      'https://x.invalid/openai/deployments/a%2F..%2Fb/chat%2Fcompletions',
      '/openai/deployments/a%2F..%2Fb/chat%2Fcompletions',
    ],
    ['no scheme of the web', 'mailto:somebody@x.invalid', 'somebody@x.invalid'],
  ])('refuses %s', (_, url, shown) => {
    expect(() => readUrl(url)).toThrow(
      new TypeError(
        `Cannot send ${JSON.stringify(shown)}: it is no path of Azure OpenAI. Call one below "/openai/v1" or "/openai", such as "/openai/v1/files", with plain ids.`,
      ),
    );
  });

  test.each([
    ['API_Version', {}],
    ['apiversion', {}],
    ['Authorization', {}],
    ['code', {}],
    ['secret', {}],
    ['sig', {}],
    ['access_token', {}],
    ['token', {}],
    ['key', {}],
    ['Ocp-Apim-Subscription-Key', {}],
    ['api%5Fkey', {}],
    ['%20api-key', {}],
    ['api%252Dkey', {}],
    ['monkey', { query: 'monkey=a' }],
    ['key-id', { query: 'key-id=a' }],
    ['my-api-key', { query: 'my-api-key=a' }],
    ['codes', { query: 'codes=a' }],
    ['model', { nameInQuery: 'a' }],
    ['Model_Name', { nameInQuery: 'a' }],
    ['deployment-id', { nameInQuery: 'a' }],
    ['deploymentname', { nameInQuery: 'a' }],
    ['models', { query: 'models=a' }],
    ['my-model', { query: 'my-model=a' }],
  ])('reads the parameter %s', (name, read) => {
    expect(readUrl(`https://x.invalid/openai/files?${name}=a`)).toStrictEqual({
      path: '/files',
      query: '',
      ...read,
    });
  });

  test('of two names in a query the first counts, and neither is passed on', () => {
    expect(readUrl('https://x.invalid/openai/realtime?model=a&deployment=b&x=1')).toEqual({
      path: '/realtime',
      query: 'x=1',
      nameInQuery: 'a',
    });
  });

  test('a plain URL is read alike as text and as a URL', () => {
    const url = 'https://x.invalid/openai/v1/responses/resp_1/input_items';
    expect(readUrl(url)).toEqual({ path: '/responses/resp_1/input_items', query: '' });
    expect(readUrl(new URL(url))).toEqual(readUrl(url));
  });

  test('an id may begin or end with a dot', () => {
    expect(readUrl('https://x.invalid/openai/v1/files/.a/b.').path).toBe('/files/.a/b.');
  });

  test('one slash at the end is none', () => {
    expect(readUrl('https://x.invalid/openai/v1/files/').path).toBe('/files');
    expect(readUrl('https://x.invalid/openai/v1/files/file-1/').path).toBe('/files/file-1');
    expect(() => readUrl('https://x.invalid/openai/v1/files//')).toThrow(TypeError);
  });

  test.each([
    '/openai/v1/Chat/Completions',
    '/openai/v1/CHAT/completions',
    '/openai/v1/files/deployments/gpt/chat/completions',
    '/openai/v1/files/Deployments',
    '/openai/v1/Files',
    '/openai/v1/1files',
    '/openai/v1/.',
    '/openai/v1/files/...',
    '/openai/v1/files/a b',
    '/openai/deployments',
    '/openai/deployments/',
    '/openai/deployments//chat/completions',
  ])('refuses %s, which another server could read otherwise', (path) => {
    expect(() => readUrl(`https://x.invalid${path}`)).toThrow(TypeError);
    expect(() => readUrl(new URL(`https://x.invalid${path}`))).toThrow(TypeError);
  });

  test('passes on a query without what the config says', () => {
    const url =
      'https://x.invalid/openai/files?limit=2&api-version=x&API-KEY=a&api-key=b&subscription-key=c&after=%26';
    expect(readUrl(url).query).toBe('limit=2&after=%26');
  });
});
