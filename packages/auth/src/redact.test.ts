import { inspect } from 'node:util';
import { expect, test } from 'vitest';
import { redact, safeCause } from './redact.ts';

const jwt = 'eyJhbGciOiJSUzI1NiJ9.eyJhdWQiOiJ4In0.c2lnbmF0dXJl';

test.each([
  [`token ${jwt} refused`, 'token [redacted] refused'],
  [`half a token ${jwt.slice(0, 30)}`, 'half a token [redacted]'],
  ['authorization: Bearer abc.def', 'authorization: [redacted]'],
  ['grant_type=x&client_secret=a%20b&scope=s', 'grant_type=x&client_secret=[redacted]&scope=s'],
  ['{"access_token":"abc","expires_in":3599}', '{"access_token":"[redacted]","expires_in":3599}'],
  ['{\\"refresh_token\\":\\"abc\\"}', '{\\"refresh_token\\":\\"[redacted]\\"}'],
  ["{ 'api-key': 'abc' }", "{ 'api-key': '[redacted]' }"],
  ['AADSTS7000215: Invalid client secret provided.', 'AADSTS7000215: Invalid client secret provided.'],
])('%s becomes %s', (text, clean) => {
  expect(redact(text)).toBe(clean);
});

test('removes secrets that are known, plain and as a form has them', () => {
  expect(redact('sent p@ss w0rd and p%40ss%20w0rd', ['p@ss w0rd', ''])).toBe(
    'sent [redacted] and [redacted]',
  );
});

test('leaves a cause alone that shows no secret', () => {
  const cause = new TypeError('socket hang up');
  expect(safeCause(cause, ['p@ss'])).toBe(cause);
});

test('replaces a cause that shows one anywhere, and keeps its name and place', () => {
  const deep = Object.assign(new RangeError('request failed'), {
    request: { body: `client_secret=s3cret&assertion=${jwt}` },
  });
  const safe = safeCause(deep) as Error;
  expect(safe).not.toBe(deep);
  expect([safe.name, safe.message]).toEqual(['RangeError', 'request failed']);
  expect(safe.stack).toContain('redact.test.ts');
  expect(inspect(safe, { depth: Infinity, showHidden: true })).not.toMatch(/s3cret|eyJ/);
});

test('replaces even what is no error', () => {
  expect(inspect(safeCause({ token: jwt }))).not.toContain('eyJ');
});
