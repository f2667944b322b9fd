import { inspect } from 'node:util';
import { expect, test } from 'vitest';
import { CredentialError } from './errors.ts';
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

test.each([
  ['POST /x?api_key=s3cret-value&a=1 failed', 'POST /x?api_key=[redacted]&a=1 failed'],
  ['apikey: s3cret-value', 'apikey: [redacted]'],
  ['Ocp-Apim-Subscription-Key: s3cret-value', 'Ocp-Apim-Subscription-Key: [redacted]'],
  ['x-functions-key=s3cret-value', 'x-functions-key=[redacted]'],
  ['Server=a;pwd=s3cret-value;Database=b', 'Server=a;pwd=[redacted];Database=b'],
  [
    'https://a.blob.core.windows.net/c?sv=1&sig=s3cret%2Bvalue&se=2',
    'https://a.blob.core.windows.net/c?sv=1&sig=[redacted]&se=2',
  ],
  ['https://a/api/f?code=s3cret-value', 'https://a/api/f?code=[redacted]'],
  ['Endpoint=sb://a/;SharedAccessKey=s3cret+value=', 'Endpoint=sb://a/;SharedAccessKey=[redacted]'],
  ['SharedAccessSignature: s3cret-value', 'SharedAccessSignature: [redacted]'],
  ['Authorization: Basic czNjcmV0', 'Authorization: [redacted]'],
  ['{"password":"s3cret with spaces, and a comma"}', '{"password":"[redacted]"}'],
  ['{"clientSecret":"s3cret\\"value"}', '{"clientSecret":"[redacted]"}'],
  ['{"token":"s3cret-value"}', '{"token":"[redacted]"}'],
  ['proxy http://ada:s3cret-value@proxy:8080', 'proxy http://ada:[redacted]@proxy:8080'],
  ['-----BEGIN RSA PRIVATE KEY-----\ns3cret\n-----END RSA PRIVATE KEY-----.', '[redacted].'],
])('%s becomes %s, whoever wrote it', (text, clean) => {
  expect(redact(text)).toBe(clean);
});

test.each([
  "AADSTS7000218: The request body must contain the following parameter: 'client_assertion' or 'client_secret'.",
  'AADSTS50013: Assertion failed signature validation.',
  'Invalid token: expired',
  "ENOENT: no such file or directory, open '/var/run/secrets/azure/tokens/azure-identity-token'",
])('%s has no secret and stays', (text) => {
  expect(redact(text)).toBe(text);
});

test('is quick with a hostile text', () => {
  const texts = ['secret', 'eyJ', 'Bearer ', '://', '-----BEGIN PRIVATE KEY-----', 'secret="', '?sig=', 'a:'];
  for (const text of texts) expect(redact(text.repeat(20_000)).length).toBeGreaterThan(0);
});

/** Everything that a log may show of a value. */
function shown(value: unknown): string {
  const own = Object.getOwnPropertyNames(value).map((name) =>
    String((value as Record<string, unknown>)[name]),
  );
  return [
    inspect(value, { depth: Infinity, showHidden: true, maxStringLength: null, maxArrayLength: null }),
    JSON.stringify(value),
    ...own,
  ].join();
}

test('keeps of a cause what tells what went wrong: name, message, place, codes', () => {
  const cause = Object.assign(new TypeError('socket hang up'), {
    code: 'ECONNRESET',
    errno: -104,
    port: 443,
  });
  const safe = safeCause(cause) as Error;
  expect(safe).toMatchObject({
    name: 'TypeError',
    message: 'socket hang up',
    code: 'ECONNRESET',
    errno: -104,
    port: 443,
  });
  expect(safe.stack).toContain('redact.test.ts');
});

test('keeps the chain of causes and the errors of an aggregate, cleaned', () => {
  const inner = new Error(`refused ${jwt}`);
  const safe = safeCause(
    new AggregateError([inner, 'plain text'], 'both', { cause: inner }),
  ) as AggregateError;
  expect(safe.errors.map((error: Error) => error.message)).toEqual(['refused [redacted]', 'plain text']);
  expect((safe.cause as Error).message).toBe('refused [redacted]');
});

const secret = 's3cret-value';
function chainOf(length: number): Error {
  let at: Error = Object.assign(new Error('deep'), { request: { body: secret } });
  for (let made = 0; made < length; made++) at = new Error(`level ${made}`, { cause: at });
  return at;
}
function nested(depth: number): object {
  return depth === 0 ? { secret } : { in: nested(depth - 1) };
}

test.each<[string, () => unknown]>([
  ['in a long text', () => new Error(`${'x'.repeat(20_000)}${secret}${'y'.repeat(20_000)}`)],
  [
    'in an item above a hundred',
    () => Object.assign(new Error('many'), { list: [...Array.from({ length: 200 }, () => 'x'), secret] }),
  ],
  ['deep inside', () => Object.assign(new Error('deep'), nested(30))],
  ['at the end of a long chain of causes', () => chainOf(40)],
  [
    'behind a getter',
    () => Object.defineProperty(new Error('getter'), 'request', { get: () => secret, enumerable: true }),
  ],
  [
    'in what it prints of itself',
    () =>
      Object.assign(new Error('own'), {
        [inspect.custom]: () => secret,
        toString: () => secret,
        toJSON: () => secret,
      }),
  ],
  ['in a symbol', () => Object.assign(new Error('symbol'), { [Symbol(secret)]: secret })],
  ['in its name', () => Object.assign(new Error('named'), { name: `E ${secret}` })],
  ['in its code', () => Object.assign(new Error('coded'), { code: secret })],
  ['in a text that was thrown', () => `no ${secret}`],
  ['in an object that was thrown', () => ({ message: `no ${secret}`, secret })],
  ['in a map', () => Object.assign(new Error('map'), { headers: new Map([['api-key', secret]]) })],
])('no cause shows a secret that is known, wherever it lies: %s', (_, create) => {
  const created = create();
  const safe = safeCause(created, [secret]);
  expect(safe).not.toBe(created);
  expect(shown(safe)).not.toContain(secret);
});

test.each([
  [null, 'null'],
  [undefined, 'undefined'],
  [7, '7'],
  [{}, 'something that is not an error'],
  [{ message: 7, name: {}, stack: null }, 'something that is not an error'],
])('of %j, which is no error, there is one', (cause, message) => {
  const safe = safeCause(cause) as Error;
  expect(safe).toMatchObject({ message, name: 'Error' });
  expect(safe.stack).toContain(message);
});

test('fields are kept when they are numbers or texts, and only those that are known', () => {
  const cause = Object.assign(new Error('no'), {
    code: { hidden: secret },
    errno: [secret],
    status: 503,
    subError: 'basic_action',
    body: secret,
  });
  const safe = safeCause(cause) as Error;
  // The others are not shown by `JSON.stringify` and `inspect` a second time.
  expect(Object.fromEntries(Object.entries(safe))).toEqual({ status: 503, subError: 'basic_action' });
  expect(Object.hasOwn(safe, 'cause')).toBe(false);
  expect(Object.hasOwn(safe, 'errors')).toBe(false);
});

test('what is hidden can be replaced like that of any error', () => {
  const safe = safeCause(new AggregateError([new Error('x')], 'no', { cause: 'why' })) as Error;
  for (const name of ['name', 'stack', 'errors', 'cause'])
    expect(Object.getOwnPropertyDescriptor(safe, name)).toMatchObject({
      enumerable: false,
      writable: true,
      configurable: true,
    });
});

test.each<[string, (inner: unknown) => object, (error: Error) => unknown]>([
  ['causes', (inner) => new Error('level', { cause: inner }), (error) => error.cause],
  [
    'aggregates',
    (inner) => new AggregateError([inner], 'level'),
    (error) => (error as Partial<AggregateError>).errors?.[0] as unknown,
  ],
])('of %s eight levels are kept', (_, wrap, next) => {
  let nested: unknown = new Error('bottom');
  for (let level = 0; level < 20; level++) nested = wrap(nested);
  let depth = 0;
  for (let at = next(safeCause(nested) as Error); at !== undefined; at = next(at as Error)) depth += 1;
  expect(depth).toBe(8);
});

test('of the errors of an aggregate twenty are kept', () => {
  const errors = Array.from({ length: 30 }, (_, at) => new Error(`number ${at}`));
  const safe = safeCause(new AggregateError(errors, 'many')) as AggregateError;
  expect(safe.errors.map((error: Error) => error.message)).toEqual(
    errors.slice(0, 20).map((error) => error.message),
  );
});

test.each([
  [10_000, 'x'.repeat(10_000)],
  [10_001, `${'x'.repeat(10_000)}…`],
])('a text of %i characters is cut after ten thousand', (length, kept) => {
  expect((safeCause(new Error('x'.repeat(length))) as Error).message).toBe(kept);
});

test('a cause that throws when it is looked at is still told of', () => {
  const hostile = new Proxy(new Error('never seen'), {
    get: () => {
      throw new Error(secret);
    },
  });
  expect(safeCause(hostile)).toMatchObject({ message: 'something that is not an error' });
});

test('a getter that answers differently each time is read once', () => {
  let reads = 0;
  const safe = safeCause({
    get message() {
      return (reads += 1) === 1 ? 'first' : secret;
    },
  }) as Error;
  expect([safe.message, reads]).toEqual(['first', 1]);
});

test('an error of this package stays as it is: it was cleaned when it was made', () => {
  const error = new CredentialError('Cannot sign in.');
  expect(safeCause(error)).toBe(error);
});
