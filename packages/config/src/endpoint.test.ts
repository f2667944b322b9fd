import { expect, test } from 'vitest';
import { readEndpoint } from './endpoint.ts';

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
