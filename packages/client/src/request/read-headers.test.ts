import { describe, expect, test } from 'vitest';
import { headersAllowed, readHeaders } from './read-headers.ts';

describe('readHeaders', () => {
  test.each([
    ['an object', { Accept: 'a', 'X-Custom': 'b' }],
    ['a list', [['Accept', 'a'], ['X-Custom', 'b']] as const], // prettier-ignore
    ['headers', new Headers({ Accept: 'a', 'X-Custom': 'b' })],
  ])('takes from %s what every caller may set, in lower case, and leaves out the rest', (_, given) => {
    expect(readHeaders(given)).toEqual({ accept: 'a' });
    expect(readHeaders(given, new Set(['x-custom']))).toEqual({ accept: 'a', 'x-custom': 'b' });
  });

  test('takes nothing from nothing', () => {
    expect(readHeaders(undefined)).toEqual({});
  });

  test.each([
    'api-key',
    'authorization',
    'content-length',
    'cookie',
    'host',
    'openai-organization',
    'transfer-encoding',
    'x-forwarded-host',
    'x-http-method-override',
    'x-ms-parent-account-name',
    'x-original-url',
    'x-stainless-os',
  ])('leaves out %s', (name) => {
    expect(readHeaders({ [name]: 'x' })).toEqual({});
  });

  test.each([
    'idempotency-key',
    'if-none-match',
    'openai-beta',
    'traceparent',
    'x-ms-client-request-id',
    'x-ms-oai-image-generation-deployment',
    'x-policy-id',
  ])('takes %s', (name) => {
    expect(readHeaders({ [name.toUpperCase()]: 'x' })).toEqual({ [name]: 'x' });
  });

  test.each([
    ['a b', 'x'],
    ['', 'x'],
    ['x-custom', 'a\r\nb: c'],
    ['x-custom', 'a\u0000'],
    ['x-custom', '\u20ac'],
    ['x-custom', '\u007f'],
  ])('refuses %j: %j, which no server would see, also where it is left out', (name, value) => {
    expect(() => readHeaders({ [name]: value })).toThrow(
      new TypeError(
        `Cannot send the request: invalid ${JSON.stringify(name)} header. Leave out line breaks, and encode what is no plain text.`,
      ),
    );
  });

  test.each(['', ' ~', '\ta', '\u00e4\u0080\u00ff'])('bears the value %j', (value) => {
    expect(readHeaders([['x-custom', value]])).toEqual({});
  });
});

describe('headersAllowed', () => {
  test('is none where none are named, and knows them in lower case', () => {
    expect(headersAllowed(undefined)).toBeUndefined();
    expect(headersAllowed([])).toEqual(new Set());
    expect(headersAllowed(['X-Custom', 'x_other.2', '2fa'])).toEqual(
      new Set(['x-custom', 'x_other.2', '2fa']),
    );
  });

  test.each([
    'API-Key',
    'x-auth-request',
    'x-functions-key',
    'my-token',
    'set-cookie',
    'password',
    'client-secret',
    'signature',
    'host',
    'connection',
    'keep-alive',
    'te',
    'trailer',
    'transfer-encoding',
    'upgrade',
    'expect',
    'via',
    'forwarded',
    'proxy-connection',
    'content-type',
    'accept-encoding',
    'sec-fetch-mode',
    'x-stainless-os',
    'openai-project',
    'azureml-model-deployment',
    'x-forwarded-for',
    'x-original-uri',
    'x-rewrite-url',
    'x-method',
    'x-deployment-name',
    'a b',
    '',
    '-a',
    'a:b',
  ])('refuses %j', (name) => {
    expect(() => headersAllowed(['x-custom', name])).toThrow(
      new RangeError(
        `Cannot create the client: \`allowHeaders\` has ${JSON.stringify(name.toLowerCase())}, which is a credential, belongs to the connection, or names another place. Leave it out.`,
      ),
    );
  });

  test.each(['x-keyboard', 'x-tokens', 'author', 'x-host', 'x-te', 'x-content', 'x-sec-policy', 'x-via'])(
    'takes %j, which only looks like one of those',
    (name) => {
      expect(headersAllowed([name])).toEqual(new Set([name]));
    },
  );
});
