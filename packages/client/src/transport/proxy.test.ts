import { describe, expect, test } from 'vitest';
import { isBypassed, proxyFor } from './proxy.ts';

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
  ])('reads %j as curl does', (value, href) => {
    expect(proxyFor(azure, env(value))).toMatchObject({ url: { href }, source: 'HTTPS_PROXY' });
  });

  test.each(['', '  '])('takes %j for no proxy', (value) => {
    expect(proxyFor(azure, env(value))).toBeUndefined();
  });

  test.each([
    ['ftp://proxy.contoso.com', '"ftp://proxy.contoso.com"'],
    ['http://', '"http://"'],
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
