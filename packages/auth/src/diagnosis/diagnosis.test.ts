import { expect, test } from 'vitest';
import { diagnose } from './diagnosis.ts';
import { CredentialError } from '../errors.ts';
import { describeToken } from '../token/describe-token.ts';
import { meaningOfSignIn, shortened } from './sign-in-meaning.ts';

// What a diagnosis is made of: its evidence, its cause, and where they are looked for.

const endpoint = 'https://contoso.openai.azure.com';
const badToken =
  '{ "statusCode": 401, "message": "Unauthorized. Access token is missing, invalid, audience is incorrect (https://cognitiveservices.azure.com), or have expired." }';

function token(claims: object): ReturnType<typeof describeToken> {
  return describeToken(`e30.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.c2ln`);
}

test('the evidence has what the service said, the token, the scope and the challenge without its claims', async () => {
  const headers = {
    date: 'claims="not these"',
    'WWW-Authenticate': `PoP realm="", error="insufficient_claims", claims="${'abc'.repeat(100)}"`,
  };
  const body = '{"error":{"code":"401","message" : "Say \\"please\\"."}}';
  const diagnosis = await diagnose(
    { status: 401, body, headers },
    { scope: 's', token: token({ tid: 't', oid: 'o', appid: 'a', aud: 'x', exp: 1_763_773_200 }) },
  );
  expect(diagnosis?.problem).toBe('claims-challenge');
  expect(diagnosis?.evidence).toEqual([
    '401: Say \\"please\\".',
    'token: tenant t, principal o, app a, audience x, expires 2025-11-22T01:00:00.000Z',
    'scope: s',
    'www-authenticate: PoP realm="", error="insufficient_claims", claims="…"',
  ]);
});

test('a long challenge is cut, and none is not told of', async () => {
  const challenge = `PoP realm="${'x'.repeat(300)}"`;
  const long = await diagnose({ status: 401, headers: new Headers({ 'www-authenticate': challenge }) }, {});
  expect(long?.evidence).toEqual(['401: ', `www-authenticate: ${challenge.slice(0, 200)}`]);
  for (const headers of [undefined, null, {}, { 'www-authenticate': 7 }, 'text'])
    expect((await diagnose({ status: 401, body: null, headers }, {}))?.evidence).toEqual(['401: ']);
});

test.each<[unknown, string, string]>([
  [{ status: 401, body: '{"message":"Nope"}' }, 'unauthorized', 'The call was refused with 401: "Nope".'],
  [{ status: 403, body: 'Nope' }, 'forbidden', 'The call was refused with 403: "Nope".'],
  [{ status: 403, body: '' }, 'forbidden', 'The call was refused with 403, without a reason.'],
  [{ status: 401, body: '<html>' }, 'unauthorized', 'The call was refused with 401, without a reason.'],
  [
    { status: 403, body: 'Nope', headers: { 'www-authenticate': 'Bearer claims="abc"' } },
    'forbidden',
    'The call was refused with 403: "Nope".',
  ],
  [
    'invalid subscription key or wrong API endpoint',
    'wrong-key',
    'The API key is not a key of this account.',
  ],
  [
    { error: { message: 'Public access is disabled.' }, cause: new Error('x') },
    'public-access-disabled',
    'The account is reachable through its private endpoint only.',
  ],
  [
    { status: 403, cause: new Error('Public access is disabled.') },
    'public-access-disabled',
    'The account is reachable through its private endpoint only.',
  ],
])('%j is %s', async (failure, problem, cause) => {
  expect(await diagnose(failure, {})).toMatchObject({ problem, cause });
});

test('what was refused without a status says so', async () => {
  expect((await diagnose('invalid subscription key or wrong API endpoint', {}))?.evidence).toEqual([
    'no status: invalid subscription key or wrong API endpoint',
  ]);
});

test('the account is that of the endpoint, else that of the response', async () => {
  const response = new Response('{"message":"Access denied due to Virtual Network/Firewall rules."}', {
    status: 403,
  });
  const nameIn = async (options: object) =>
    / --name (\S+)/.exec((await diagnose(response, options))?.fix ?? '')?.[1];
  expect(await nameIn({})).toBe('<account>');
  Object.defineProperty(response, 'url', { value: 'https://fabrikam.openai.azure.com/openai/v1/models' });
  expect(await nameIn({})).toBe('fabrikam');
  expect(await nameIn({ endpoint })).toBe('contoso');
  expect(await nameIn({ endpoint: new URL(endpoint) })).toBe('contoso');
});

test.each<[object, object, string, string]>([
  [{ ...token({ aud: 'x' }), isExpired: true }, {}, 'expired-token', 'The token expired at an unknown time.'],
  [
    token({ aud: 'https://cognitiveservices.azure.com' }),
    { scope: 'https://cognitiveservices.azure.us/.default' },
    'wrong-audience',
    'The token is for "https://cognitiveservices.azure.com", not for Azure OpenAI in this cloud.',
  ],
  [
    token({ aud: 'https://cognitiveservices.azure.com' }),
    { endpoint: 'https://contoso.openai.azure.us:8443/' },
    'wrong-audience',
    'The token is for "https://cognitiveservices.azure.com", not for Azure OpenAI in this cloud.',
  ],
  [
    token({ aud: 'https://cognitiveservices.azure.com' }),
    { endpoint: 'https://contoso.openai.azure.us.example.org' },
    'bad-token',
    'The token is missing, malformed, expired or for another audience: the service does not say which.',
  ],
  [
    token({ oid: 'o' }),
    { endpoint },
    'bad-token',
    'The token is missing, malformed, expired or for another audience: the service does not say which.',
  ],
])('a bad token %j at %j is %s', async (described, options, problem, cause) => {
  const diagnosis = await diagnose(
    { status: 401, body: badToken },
    { ...options, token: described as never },
  );
  expect(diagnosis).toMatchObject({ problem, cause });
});

test('a failed sign-in is known by its code or by the name of its error', async () => {
  const named = (name: string, message: string) => Object.assign(new Error(message), { name });
  expect(await diagnose(new Error('first line\nAADSTS50058: nobody\nlast line'), {})).toMatchObject({
    problem: 'sign-in-failed',
    cause: 'Nobody is signed in.',
    evidence: ['AADSTS50058: nobody'],
    fix: 'az login --tenant <tenant-id>',
  });
  for (const name of ['CredentialUnavailableError', 'AuthenticationError', 'AggregateAuthenticationError'])
    expect(await diagnose(named(name, 'Cannot sign in. Do this.'), {})).toMatchObject({
      problem: 'sign-in-failed',
      cause: 'Cannot sign in. Do this.',
      evidence: ['Cannot sign in. Do this'],
      fix: expect.stringContaining('https://aka.ms/azsdk/js/identity/troubleshoot') as unknown,
    });
  for (const failure of [named('OAuthError', 'no'), named('MyCredentialError', 'no'), null, 7, 'no'])
    expect(await diagnose(failure, {})).toBeUndefined();
});

test('each way to sign in that was tried is evidence', async () => {
  const tried = [
    { credential: 'EnvironmentCredential', problem: 'nothing is set', fix: 'set it' },
    { credential: 'ManagedIdentityCredential', problem: 'none here', fix: 'assign one' },
  ];
  expect(await diagnose(new CredentialError('Cannot sign in. Do this.', { tried }), {})).toEqual({
    problem: 'sign-in-failed',
    cause: 'Nothing to sign in with was found.',
    evidence: ['EnvironmentCredential: nothing is set', 'ManagedIdentityCredential: none here'],
    fix: 'set it',
  });
});

test.each([
  ['Cannot sign in: no. To fix it: run. Then wait.', 'Cannot sign in: no.', 'run. Then wait.'],
  ['Cannot sign in: no. Run.\nThen wait.', 'Cannot sign in: no.', 'Run.\nThen wait.'],
  ['Cannot sign in', 'Cannot sign in.', undefined],
  ['Then: Cannot sign in. Run.', 'Then: Cannot sign in. Run.', undefined],
])('of its own error %j it takes the words', async (message, cause, fix) => {
  const diagnosis = await diagnose(new CredentialError(message), {});
  expect(diagnosis?.cause).toBe(cause);
  if (fix === undefined) expect(diagnosis?.fix).toContain('https://aka.ms/azsdk');
  else expect(diagnosis?.fix).toBe(fix);
});

test('only a resource that the tenant does not know is looked for in another cloud', () => {
  const scope = 'https://cognitiveservices.azure.us/.default';
  expect(meaningOfSignIn('AADSTS500011: x', scope)?.fix).toContain('AzureUSGovernment');
  expect(meaningOfSignIn('AADSTS90033: x', scope)?.fix).toBe('try again later');
});

test.each([
  ['one.\ntwo', 'one'],
  ['\r\n \n\ttwo.', 'two'],
  ['', ''],
  ['it broke. To troubleshoot, visit https://aka.ms/x', 'it broke'],
  ['it broke  See the troubleshooting guide\rhere', 'it broke'],
  ['it broke; for more information: x', 'it broke'],
  ['it broke ,:;. ', 'it broke'],
  ['x'.repeat(200), 'x'.repeat(200)],
  ['x'.repeat(201), `${'x'.repeat(200)}…`],
  [`${'x'.repeat(198)} y z`, `${'x'.repeat(198)} y…`],
])('%j is said shortly: %j', (text, short) => {
  expect(shortened(text)).toBe(short);
});
