import { beforeEach, expect, test } from 'vitest';
import { manualClock, type ManualClock } from '../clock.ts';
import { aTenant } from './a-tenant.fake.ts';
import { answerDeviceCode, answerDeviceLogin } from './device-code.ts';
import { createDirectory } from './directory.ts';
import type { Tenant } from './token-endpoint.ts';

const directory = createDirectory({
  apps: { timid: { consented: false } },
  users: { ada: {}, bob: { password: 'right' } },
});
const { defaultApp } = directory;
const timid = directory.app('timid') ?? defaultApp;
const [ada, bob] = directory.users;

let clock: ManualClock;
let tenant: Tenant;

beforeEach(() => {
  clock = manualClock();
  tenant = aTenant(directory, clock);
});

const { signal } = new AbortController();

/** The answer to a device that asks for a code. */
function begin(fields: Readonly<Record<string, string>> = {}, tenantName = 'common') {
  const form = new URLSearchParams({ client_id: defaultApp.clientId, scope: 'openid', ...fields });
  const url = new URL('https://authority/');
  const request = { method: 'POST', url, headers: {}, body: form.toString(), signal };
  const { body = '' } = answerDeviceCode(tenant, tenantName, { ...request, signInOrigin: 'http://sign-in' });
  return JSON.parse(body) as {
    readonly user_code: string;
    readonly device_code: string;
    readonly error_codes?: unknown;
  };
}

interface Visit {
  readonly form?: Readonly<Record<string, string>>;
  readonly cookie?: string;
}

/** The heading of the page that somebody sees who has typed a code, and what it alerts to. */
function visit(userCode: string | undefined, { form, cookie = '' }: Visit = {}) {
  const url = new URL('http://sign-in/devicelogin');
  if (userCode !== undefined) url.searchParams.set('user_code', userCode);
  const body = new URLSearchParams(form).toString();
  const method = form === undefined ? 'GET' : 'POST';
  const answer = answerDeviceLogin(tenant, { method, url, headers: { cookie }, body, signal });
  return {
    heading: /<h1>(.*)<\/h1>/.exec(answer.body ?? '')?.[1],
    alert: /role="alert"[^>]*>([^<]*)</.exec(answer.body ?? '')?.[1],
    cookie: String(answer.headers?.['set-cookie']).split(';')[0] ?? '',
  };
}

const stateOf = ({ device_code: code }: { readonly device_code: string }) =>
  tenant.grants.devices.get(code)?.state;

const wrongCode = 'That code didn’t work. Check the code and try again.';

test('a person who comes without a code is asked for it, and told when it is wrong', () => {
  expect(visit(undefined)).toMatchObject({ heading: 'Enter code', alert: undefined });
  expect(visit('ABCDEF')).toMatchObject({ heading: 'Enter code', alert: wrongCode });
  expect(visit('')).toMatchObject({ heading: 'Enter code', alert: wrongCode });
});

test('a code may be typed in small letters and with spaces around it', () => {
  const { user_code: code } = begin();
  expect(visit(` ${code.toLowerCase()} `)).toMatchObject({ heading: 'Pick an account' });
});

test('each device waits for its own code', () => {
  const [first, second] = [begin(), begin()];
  expect(visit(second.user_code, { form: { user: 'ada' } }).heading).toBe('You have signed in');
  expect([stateOf(first), stateOf(second)]).toEqual([{ kind: 'pending' }, { kind: 'signed-in', user: ada }]);
});

test('a code that was used is good no more', () => {
  const device = begin();
  visit(device.user_code, { form: { user: 'ada' } });
  expect(visit(device.user_code)).toMatchObject({ heading: 'Enter code', alert: wrongCode });
});

test('a person with a password signs in with it, and with no other', () => {
  const device = begin();
  const answers = [{}, { password: 'wrong' }, { password: '' }, { password: 'right' }].map((given) => {
    const { heading, alert } = visit(device.user_code, { form: { user: 'bob', ...given } });
    return [heading, alert, stateOf(device)?.kind];
  });
  const incorrect = 'Your account or password is incorrect. (AADSTS50126)';
  expect(answers).toEqual([
    ['Enter password', undefined, 'pending'],
    ['Enter password', incorrect, 'pending'],
    ['Enter password', incorrect, 'pending'],
    ['You have signed in', undefined, 'signed-in'],
  ]);
});

test('consent is asked of the person who has signed in, and given in that browser only', () => {
  const device = begin({ client_id: timid.clientId });
  const asked = visit(device.user_code, { form: { user: 'bob', password: 'right' } });
  expect(asked.heading).toBe('Permissions requested');
  // Another browser has no session.
  expect(visit(device.user_code, { form: { user: 'bob', consent: 'accept' } }).heading).toBe(
    'Enter password',
  );
  expect(stateOf(device)?.kind).toBe('pending');
  const accepted = visit(device.user_code, { form: { consent: 'accept' }, cookie: asked.cookie });
  expect(accepted.heading).toBe('You have signed in');
  expect(stateOf(device)).toEqual({ kind: 'signed-in', user: bob });
  // It is remembered of that person.
  const next = begin({ client_id: timid.clientId });
  const answer = visit(next.user_code, { form: { user: 'bob', password: 'right' } });
  expect(answer.heading).toBe('You have signed in');
  const ofAda = begin({ client_id: timid.clientId });
  expect(visit(ofAda.user_code, { form: { user: 'ada' } }).heading).toBe('Permissions requested');
});

test('who declines is told so, and so is the device', () => {
  const device = begin({ client_id: timid.clientId });
  const { cookie } = visit(device.user_code, { form: { user: 'ada' } });
  const declined = visit(device.user_code, { form: { consent: 'cancel' }, cookie });
  expect([declined.heading, stateOf(device)]).toEqual(['You declined', { kind: 'declined' }]);
});

test('a browser that is known picks an account all the same', () => {
  const device = begin();
  const cookie = `ESTSAUTH=${bob === undefined ? '' : tenant.grants.addSession(bob)}`;
  expect(visit(device.user_code, { cookie }).heading).toBe('Pick an account');
  expect(visit(device.user_code, { cookie, form: { user: 'bob' } }).heading).toBe('Enter password');
});

test.each<[string, Readonly<Record<string, string>>, string, number]>([
  ['an unknown tenant', {}, 'fabrikam.example', 90_002],
  ['an unknown app', { client_id: 'nobody' }, 'common', 700_016],
  ['an unknown resource', { scope: 'api://nothing/read' }, 'common', 500_011],
])('a device that names %s gets no code', (_, fields, tenantName, problem) => {
  expect(begin(fields, tenantName)).toMatchObject({ error_codes: [problem] });
  expect(tenant.grants.devices.size).toBe(0);
});
