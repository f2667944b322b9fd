import { beforeEach, expect, test } from 'vitest';
import { manualClock, type ManualClock } from '../clock.ts';
import { aTenant } from './a-tenant.fake.ts';
import { createDirectory, type User } from './directory.ts';
import { answerAuthorize, answerLogout } from './sign-in.ts';
import type { Tenant } from './token-endpoint.ts';

const directory = createDirectory({
  users: { ada: {}, bob: { password: 'right' }, gone: { disabled: true } },
  apps: {
    open: {},
    registered: { redirectUris: ['https://app.example/back', 'http://localhost:3000/back'] },
    timid: { consented: false },
  },
});
const [, open, registered, timid] = directory.apps;
const [ada, bob] = directory.users;

let clock: ManualClock;
let tenant: Tenant;

beforeEach(() => {
  clock = manualClock();
  tenant = aTenant(directory, clock);
});

interface Visit {
  readonly query?: Readonly<Record<string, string>>;
  readonly form?: Readonly<Record<string, string>>;
  readonly session?: User | undefined;
}

function visit({ query = {}, form, session }: Visit = {}) {
  const url = new URL('http://sign-in/common/oauth2/v2.0/authorize');
  const usual = {
    client_id: open?.clientId ?? '',
    redirect_uri: 'http://localhost/back',
    response_type: 'code',
    scope: 'openid',
  };
  url.search = new URLSearchParams({ ...usual, ...query }).toString();
  const cookie =
    session === undefined ? {} : { cookie: `a=b; ESTSAUTH=${tenant.grants.addSession(session)}` };
  const {
    status,
    headers = {},
    body = '',
  } = answerAuthorize(tenant, 'common', {
    method: form === undefined ? 'GET' : 'POST',
    url,
    headers: cookie,
    body: new URLSearchParams(form).toString(),
    signal: new AbortController().signal,
  });
  const location = headers['location'] === undefined ? undefined : new URL(String(headers['location']));
  return { status, location, isRemembered: headers['set-cookie'] !== undefined, body };
}

/** What is sent back to the app: whether there is a code, or the error. */
function outcome(given: Visit): string {
  const { location, status, body } = visit(given);
  if (location === undefined) return status === 200 ? 'a page' : (/AADSTS\d+/.exec(body)?.[0] ?? 'nothing');
  return location.searchParams.get('error') ?? (location.searchParams.has('code') ? 'a code' : 'nothing');
}

test.each<[string, string | undefined, boolean]>([
  ['http://localhost/back', open?.clientId, true],
  ['http://127.0.0.1:5000/any', open?.clientId, true],
  ['http://[::1]/any', open?.clientId, true],
  ['https://app.example/back', open?.clientId, false],
  ['http://localhost.evil.example/', open?.clientId, false],
  ['not a URL', open?.clientId, false],
  ['https://app.example/back', registered?.clientId, true],
  ['https://app.example:444/back', registered?.clientId, false],
  ['https://app.example/back/more', registered?.clientId, false],
  ['https://app.example/', registered?.clientId, false],
  ['http://localhost:4000/back', registered?.clientId, true],
  ['http://localhost/back', registered?.clientId, true],
  ['http://localhost:3000/other', registered?.clientId, false],
  ['http://127.0.0.1:3000/back', registered?.clientId, false],
])('%s is an address of the app %s: %s', (redirect_uri, client_id = '', isKnown) => {
  const answer = outcome({ query: { redirect_uri, client_id }, form: { user: 'ada' } });
  expect(answer).toBe(isKnown ? 'a code' : 'AADSTS50011');
});

test('an app that names no address is sent to the first that it has registered', () => {
  const url = new URL('http://sign-in/common/oauth2/v2.0/authorize?response_type=code&scope=openid');
  url.searchParams.set('client_id', registered?.clientId ?? '');
  const request = {
    method: 'POST',
    url,
    headers: {},
    body: 'user=ada',
    signal: new AbortController().signal,
  };
  expect(String(answerAuthorize(tenant, 'common', request).headers?.['location'])).toMatch(
    /^https:\/\/app\.example\/back\?code=/,
  );
});

test.each<[string, Visit, string]>([
  ['nobody has signed in', {}, 'a page'],
  ['a person has signed in before', { session: ada }, 'a code'],
  ['it wants a new sign-in all the same', { session: ada, query: { prompt: 'login' } }, 'a page'],
  ['it wants a choice', { session: ada, query: { prompt: 'select_account' } }, 'a page'],
  ['it wants no page, and somebody has signed in', { session: ada, query: { prompt: 'none' } }, 'a code'],
  ['it wants no page, and nobody has', { query: { prompt: 'none' } }, 'login_required'],
  ['it hints at a person without a password', { query: { login_hint: 'ada' } }, 'a code'],
  ['it hints at a person with one', { query: { login_hint: 'bob' } }, 'a page'],
  ['it hints at another person', { session: ada, query: { login_hint: 'bob' } }, 'a page'],
  ['it hints at the same person', { session: bob, query: { login_hint: 'bob' } }, 'a code'],
  ['it hints at nobody', { session: ada, query: { login_hint: 'nobody' } }, 'a code'],
  ['the choice is a person', { form: { user: 'ada' } }, 'a code'],
  ['the choice is nobody', { form: { user: 'nobody' } }, 'a page'],
  ['the choice needs a password', { form: { user: 'bob' } }, 'a page'],
  ['the password is wrong', { form: { user: 'bob', password: 'wrong' } }, 'a page'],
  ['the password is right', { form: { user: 'bob', password: 'right' } }, 'a code'],
  ['the choice is disabled', { form: { user: 'gone' } }, 'AADSTS50057'],
  ['it hints at who is disabled', { query: { login_hint: 'gone' } }, 'AADSTS50057'],
  ['it wants something else than a code', { query: { response_type: 'token' } }, 'unsupported_response_type'],
  [
    'its challenge is of no known kind',
    { query: { code_challenge: 'a', code_challenge_method: 'x' } },
    'access_denied',
  ],
  ['it needs consent', { query: { client_id: timid?.clientId ?? '' }, session: ada }, 'a page'],
  [
    'consent is refused',
    { query: { client_id: timid?.clientId ?? '' }, session: ada, form: { consent: 'cancel' } },
    'access_denied',
  ],
  [
    'consent is given',
    { query: { client_id: timid?.clientId ?? '' }, session: ada, form: { consent: 'accept' } },
    'a code',
  ],
  [
    'consent is given by nobody',
    { query: { client_id: timid?.clientId ?? '' }, form: { consent: 'accept' } },
    'a page',
  ],
  [
    'consent is wanted, and the page is not allowed',
    { query: { client_id: timid?.clientId ?? '', prompt: 'none' }, session: ada },
    'consent_required',
  ],
])('an app gets its answer where %s', (_, given, expected) => {
  expect(outcome(given)).toBe(expected);
});

test('consent that was given holds the next time', () => {
  const query = { client_id: timid?.clientId ?? '' };
  outcome({ query, session: ada, form: { consent: 'accept' } });
  expect([outcome({ query, session: ada }), outcome({ query, session: bob })]).toEqual(['a code', 'a page']);
});

test('a browser is remembered once it has signed in, and not again', () => {
  expect(visit({ form: { user: 'ada' } }).isRemembered).toBe(true);
  expect(visit({ session: ada }).isRemembered).toBe(false);
  expect(visit({ session: ada, form: { user: 'bob', password: 'right' } }).isRemembered).toBe(true);
  expect(visit({ form: { user: 'bob', password: 'wrong' } }).isRemembered).toBe(false);
});

test('a code is good for ten minutes, and knows what it was asked for with', () => {
  const query = { nonce: 'n', code_challenge: 'c', code_challenge_method: 'S256' };
  const { location } = visit({ query, form: { user: 'ada' } });
  const code = tenant.grants.codes.get(location?.searchParams.get('code') ?? '');
  expect(code).toMatchObject({
    redirectUri: 'http://localhost/back',
    nonce: 'n',
    challenge: { value: 'c', method: 'S256' },
    redeemed: false,
    expiresAtMs: clock.now() + 600_000,
    user: { key: 'ada' },
  });
  const plain = visit({ query: { code_challenge: 'c' }, form: { user: 'ada' } }).location;
  expect(tenant.grants.codes.get(plain?.searchParams.get('code') ?? '')?.challenge?.method).toBe('plain');
});

test('the state comes back, and the code where the app wants it', () => {
  const sent = (response_mode: string, state?: string) =>
    visit({ query: { response_mode, ...(state !== undefined && { state }) }, form: { user: 'ada' } });
  const asQuery = sent('query', 'a b').location;
  expect([...(asQuery?.searchParams.keys() ?? [])]).toEqual(['code', 'session_state', 'state']);
  expect([asQuery?.searchParams.get('state'), asQuery?.hash]).toEqual(['a b', '']);
  expect(sent('query').location?.searchParams.has('state')).toBe(false);
  const asFragment = sent('fragment', 's').location;
  expect(asFragment?.search).toBe('');
  expect(asFragment?.hash).toMatch(/^#code=.+&session_state=[0-9a-f]{16}&state=s$/);
  const asForm = sent('form_post', 's');
  expect([asForm.status, asForm.location]).toEqual([200, undefined]);
  expect(asForm.body).toContain('action="http://localhost/back"');
});

test('who signs out is forgotten, and is sent to an address of an app only', () => {
  const out = (address?: string) => {
    const cookie = ada === undefined ? '' : tenant.grants.addSession(ada);
    const url = new URL('http://sign-in/common/oauth2/v2.0/logout');
    if (address !== undefined) url.searchParams.set('post_logout_redirect_uri', address);
    const headers = { cookie: `ESTSAUTH=${cookie}; other=1` };
    const request = { method: 'GET', url, headers, body: '', signal: new AbortController().signal };
    const answer = answerLogout(tenant, request);
    expect(tenant.grants.session(cookie)).toBeUndefined();
    expect(answer.headers?.['set-cookie']).toBe('ESTSAUTH=; Path=/; Max-Age=0');
    return [answer.status, answer.headers?.['location']];
  };
  expect(out()).toEqual([200, undefined]);
  expect(out('https://app.example/back')).toEqual([302, 'https://app.example/back']);
  expect(out('https://evil.example/')).toEqual([200, undefined]);
  // No header can hold the arrow.
  expect(out('http://localhost:5000/→')).toEqual([302, 'http://localhost:5000/%E2%86%92']);
});
