import { describe, expect, test } from 'vitest';
import { isBypassed, proxyError, proxyErrorCode, proxyFor } from './proxy.ts';

const azure = new URL('https://contoso.openai.azure.com');
const env = (HTTPS_PROXY: string) => ({ proxy: undefined, env: { HTTPS_PROXY } });

describe('proxyFor', () => {
  test.each([
    ['proxy.contoso.com:8080', 'http://proxy.contoso.com:8080/'],
    ['proxy.contoso.com', 'http://proxy.contoso.com/'],
    [' http://proxy.contoso.com:8080/ ', 'http://proxy.contoso.com:8080/'],
    ['HTTP://proxy.contoso.com', 'http://proxy.contoso.com/'],
    ['https://proxy.contoso.com', 'https://proxy.contoso.com/'],
    ['user:secret@proxy.contoso.com:8080', 'http://user:secret@proxy.contoso.com:8080/'],
    ['10.0.0.1:3128', 'http://10.0.0.1:3128/'],
    ['[::1]:3128', 'http://[::1]:3128/'],
    ['localhost:3128', 'http://localhost:3128/'],
    ['socks5://proxy.contoso.com:1080', 'socks5://proxy.contoso.com:1080'],
    ['socks://proxy.contoso.com:1080', 'socks://proxy.contoso.com:1080'],
  ])('reads %j as curl does', (value, href) => {
    expect(proxyFor(azure, env(value))).toMatchObject({ url: { href }, source: 'HTTPS_PROXY' });
  });

  test.each(['', '  '])('takes %j for no proxy', (value) => {
    expect(proxyFor(azure, env(value))).toBeUndefined();
  });

  test.each([
    ['ftp://proxy.contoso.com', '"ftp://proxy.contoso.com"'],
    ['http://', '"http://"'],
    ['socks5://', '"socks5://"'],
    ['shttp://proxy.contoso.com', '"shttp://proxy.contoso.com"'],
    ['socks5://user:secret@pro xy', '"socks5://***@pro xy"'],
    ['a b', '"a b"'],
    ['proxy:99999', '"proxy:99999"'],
    ['user:secret@pro xy:1', '"***@pro xy:1"'],
    ['http://user:sec@ret@pro xy:1', '"http://***@pro xy:1"'],
  ])('names the variable of %j, which is none, without its password', (value, shown) => {
    expect(() => proxyFor(azure, env(value))).toThrow(
      expect.objectContaining({
        code: 'PROXY_UNUSABLE',
        message: `Cannot use the proxy of \`HTTPS_PROXY\`: ${shown} is not the URL of a proxy. Give a URL such as "http://proxy.contoso.com:8080".`,
      }),
    );
  });

  test('prefers the option, then the lower-case variable, then HTTPS_PROXY to HTTP_PROXY', () => {
    const all = { https_proxy: 'http://a', HTTPS_PROXY: 'http://b', HTTP_PROXY: 'http://c' };
    const source = (proxy: string | false | undefined, from: Record<string, string>) =>
      proxyFor(azure, { proxy, env: from })?.source;
    expect(source('http://d', all)).toBe('proxy');
    expect(source(undefined, all)).toBe('https_proxy');
    expect(source(undefined, { ...all, https_proxy: '' })).toBe('HTTPS_PROXY');
    expect(source(undefined, { HTTP_PROXY: 'http://c' })).toBe('HTTP_PROXY');
    expect(source(false, all)).toBeUndefined();
  });

  test('is for http what HTTP_PROXY says, and never HTTPS_PROXY', () => {
    const plain = new URL('http://contoso.example');
    const from = (given: Record<string, string>) => proxyFor(plain, { proxy: undefined, env: given })?.source;
    expect(from({ HTTPS_PROXY: 'http://a', https_proxy: 'http://a' })).toBeUndefined();
    expect(from({ HTTPS_PROXY: 'http://a', HTTP_PROXY: 'http://b' })).toBe('HTTP_PROXY');
  });

  test('spares the hosts of the lower-case variable, and then those of NO_PROXY', () => {
    const isSpared = (given: Record<string, string>) =>
      proxyFor(azure, { proxy: 'http://a', env: given }) === undefined;
    expect(isSpared({ no_proxy: 'azure.com' })).toBe(true);
    expect(isSpared({ NO_PROXY: 'azure.com' })).toBe(true);
    expect(isSpared({ no_proxy: 'other.example', NO_PROXY: 'azure.com' })).toBe(false);
  });

  test.each(['http://localhost:1', 'http://127.0.0.1:1', 'https://[::1]', 'http://a.localhost'])(
    'is none for %s',
    (origin) => {
      const both = { HTTPS_PROXY: 'http://a', HTTP_PROXY: 'http://a' };
      expect(proxyFor(new URL(origin), { proxy: undefined, env: both })).toBeUndefined();
    },
  );
});

describe('isBypassed', () => {
  test.each([
    ['*', true],
    ['contoso.openai.azure.com', true],
    ['.openai.azure.com', true],
    ['*.azure.com', true],
    ['azure.com', true],
    ['AZURE.COM', true],
    ['other.example, azure.com', true],
    ['other.example azure.com', true],
    ['azure.com:443', true],
    ['azure.com:8443', false],
    ['openai', false],
    ['zure.com', false],
    ['', false],
    [',', false],
    ['.', false],
  ])('NO_PROXY %j: %s', (noProxy, expected) => {
    expect(isBypassed(azure, noProxy)).toBe(expected);
  });
});

test.each([
  ['http://contoso.example', 'contoso.example:80', true],
  ['http://contoso.example', 'contoso.example:443', false],
  ['https://contoso.example:8443', 'contoso.example:8443', true],
  ['https://contoso.example:8443', 'contoso.example:443', false],
  ['https://contoso.example', '*:443', false],
  ['https://contoso.example.', ', ,', false],
  ['https://[2001:db8::1]', '[2001:DB8::1]', true],
])('%s is spared by NO_PROXY %j: %s', (origin, noProxy, expected) => {
  expect(isBypassed(new URL(origin), noProxy)).toBe(expected);
});

test('an error of a proxy is told by its class and code', () => {
  const details = { source: 'HTTPS_PROXY', what: 'it is gone', remedy: 'Start it.' };
  const failed = proxyError('PROXY_FAILED', { ...details, cause: 'the cause' });
  expect(failed).toMatchObject({ name: 'TypeError', cause: 'the cause' });
  expect(failed.message).toBe('Cannot use the proxy of `HTTPS_PROXY`: it is gone. Start it.');
  expect(proxyErrorCode(failed)).toBe('PROXY_FAILED');
  const unusable = proxyError('PROXY_UNUSABLE', details);
  expect([proxyErrorCode(unusable), 'cause' in unusable]).toEqual(['PROXY_UNUSABLE', false]);
  for (const other of [
    new TypeError('x'),
    Object.assign(new TypeError('x'), { code: 'ECONNRESET' }),
    Object.assign(new Error('x'), { code: 'PROXY_FAILED' }),
    { code: 'PROXY_FAILED' },
    undefined,
  ])
    expect(proxyErrorCode(other)).toBeUndefined();
});
