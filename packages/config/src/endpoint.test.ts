import { expect, test } from 'vitest';
import { isRegionalHost, nameOfPrivateLink, readEndpoint } from './endpoint.ts';

const bare = 'a host without "https://" in front of it';
const noUrl = 'text that is not an https URL';

test.each([
  ['contoso.openai.azure.com', bare],
  [' CONTOSO.openai.azure.com ', bare],
  ['contoso.openai.azure.com/openai/v1?x=1', bare],
  ['contoso.openai.azure.com/a\n/b', bare],
  ['contoso.example', noUrl],
  ['contoso.openai.azure.com.evil.example', noUrl],
  ['/contoso.openai.azure.com', noUrl],
])('%j is %s', (text, problem) => {
  expect(readEndpoint(text, [])).toEqual({ ok: false, problem });
});

test('a suffix of Azure without a name before it is no host of Azure', () => {
  for (const host of ['.openai.azure.com', 'openai.azure.com'])
    expect(readEndpoint(`https://${host}`, [])).toMatchObject({
      problem: expect.stringContaining('which is not a host of Azure OpenAI') as unknown,
    });
});

test.each(['ai.contoso.com', '[2001:db8::1]'])('the host %s may be called when it is listed', (host) => {
  const endpoint = `https://${host}`;
  expect(readEndpoint(endpoint, [host])).toEqual({ ok: true, origin: endpoint, cloud: undefined });
  expect(readEndpoint(endpoint, ['other'])).toEqual({
    ok: false,
    problem: `"${endpoint}", which is not a host of Azure OpenAI. If credentials may go there, add "${host}" to \`allowHosts\``,
  });
});

const name =
  'a user name or password in front of the host of "https://a.openai.azure.com". Remove it: credentials go to `createClient`';
const query = 'a query after "https://a.openai.azure.com". Remove it: the api-version goes to `api`';
const path = 'a path after "https://a.openai.azure.com". Remove it';

test.each([
  ['https://user@a.openai.azure.com', name],
  ['https://:word@a.openai.azure.com', name],
  ['https://user:word@a.openai.azure.com/openai?x=1', name],
  ['https://a.openai.azure.com?key=1', query],
  ['https://a.openai.azure.com/openai?', query],
  ['https://a.openai.azure.com#', query],
  ['https://a.openai.azure.com/#part ', query],
  ['https://a.openai.azure.com/openai/v1', `${path}: \`/openai/…\` is added for you`],
  ['https://a.openai.azure.com/openai', `${path}: \`/openai/…\` is added for you`],
  [
    'https://a.openai.azure.com/openaix',
    `${path}: the path of a gateway goes to \`basePath\` of the resource, in a config file`,
  ],
  [
    'https://a.openai.azure.com/api/projects/p',
    `${path}: models are called at the account, not at a project of it`,
  ],
  ['http://a.openai.azure.com', '"http://a.openai.azure.com", which is not encrypted. Use https'],
  ['ftp://a.openai.azure.com', noUrl],
])('%j is refused for the first of its faults', (text, problem) => {
  expect(readEndpoint(text, ['a.openai.azure.com'])).toEqual({ ok: false, problem });
});

test.each([
  ['http://localhost:8080', true],
  ['http://mock.localhost', true],
  ['http://[::1]:8080', true],
  ['http://127.0.0.1', true],
  ['http://127.10.20.255:1', true],
  ['http://localhost.example', false],
  ['http://mylocalhost', false],
  ['http://[::2]', false],
  ['http://128.0.0.1', false],
  ['http://127.0.0.1.example', false],
  ['http://x127.0.0.1.example', false],
])('without https, %s may be called: %s', (text, isRight) => {
  expect(readEndpoint(text, [])).toEqual(
    isRight
      ? { ok: true, origin: text, cloud: undefined }
      : { ok: false, problem: `"${text}", which is not encrypted. Use https` },
  );
});

test.each([
  [' https://a.openai.azure.com/ ', 'https://a.openai.azure.com', 'public'],
  ['HTTPS://A.OpenAI.Azure.com:443', 'https://a.openai.azure.com', 'public'],
  ['https://a.openai.azure.us', 'https://a.openai.azure.us', 'us-gov'],
  ['https://a.openai.azure.cn', 'https://a.openai.azure.cn', 'china'],
])('%j is the origin %s of the cloud %s', (text, origin, cloud) => {
  expect(readEndpoint(text, [])).toEqual({ ok: true, origin, cloud });
});

test('a host of a private link has a public name, others have none', () => {
  expect(nameOfPrivateLink('a.privatelink.openai.azure.com')).toBe('a.openai.azure.com');
  expect(nameOfPrivateLink('a.openai.azure.com')).toBeUndefined();
});

test('a region has a host of its own, below which others are', () => {
  expect(isRegionalHost('swedencentral.api.cognitive.microsoft.com')).toBe(true);
  expect(isRegionalHost('a.openai.azure.com')).toBe(false);
});
