import { afterAll, beforeAll, expect, test } from 'vitest';
import { createIdentity } from './identity.ts';

const identity = createIdentity({
  users: { ada: {}, bob: {}, gone: { disabled: true } },
  apps: { timid: { consented: false, publicClient: true } },
});
const app = identity.directory.defaultApp;
const timid = identity.directory.app('timid') ?? app;

beforeAll(() => identity.start());
afterAll(() => identity.close());

interface Visit {
  readonly query?: Record<string, string>;
  readonly user?: string;
  readonly form?: Record<string, string>;
  readonly cookie?: string | undefined;
}

/** Opens the page, or sends what was chosen on it. */
async function visit({ query = {}, user, form, cookie = '' }: Visit): Promise<Response> {
  const url = new URL(`${identity.signInOrigin}/common/oauth2/v2.0/authorize`);
  url.search = new URLSearchParams({
    client_id: app.clientId,
    redirect_uri: 'http://localhost/callback',
    response_type: 'code',
    scope: 'openid',
    ...query,
  }).toString();
  const chosen = form ?? (user === undefined ? undefined : { user });
  return fetch(url, {
    redirect: 'manual',
    headers: { cookie },
    ...(chosen && { method: 'POST', body: new URLSearchParams(chosen) }),
  });
}

function cookieOf(response: Response): string | undefined {
  return response.headers.get('set-cookie')?.split(';')[0];
}

function sentBack(response: Response): Record<string, string> {
  return Object.fromEntries(new URL(response.headers.get('location') ?? 'http://no-redirect/').searchParams);
}

test('a browser that one user has signed in with asks for the password of another', async () => {
  const cookie = cookieOf(await visit({ user: 'ada' }));
  expect(
    sentBack(await visit({ cookie, query: { login_hint: 'ada@contoso.onmicrosoft.com' } })),
  ).toHaveProperty('code');
  const silent = { prompt: 'none', login_hint: 'bob@contoso.onmicrosoft.com' };
  expect(sentBack(await visit({ cookie, query: silent }))).toMatchObject({ error: 'login_required' });
});

test('without a page to show, what needs consent is sent back', async () => {
  const query = { client_id: timid.clientId };
  const cookie = cookieOf(await visit({ query, user: 'ada' }));
  expect(sentBack(await visit({ cookie, query: { ...query, prompt: 'none' } }))).toMatchObject({
    error: 'consent_required',
    error_description: expect.stringContaining('AADSTS65001') as string,
  });
});

test('prompt=consent asks for what was granted already', async () => {
  const cookie = cookieOf(await visit({ user: 'ada' }));
  const query = { prompt: 'consent' };
  expect(await (await visit({ cookie, query })).text()).toContain('Permissions requested');
  expect(sentBack(await visit({ cookie, query, form: { consent: 'accept' } }))).toHaveProperty('code');
});

test('an app is known by its client id alone', async () => {
  const page = await visit({ query: { client_id: 'default' } });
  expect([page.status, await page.text()]).toEqual([400, expect.stringContaining('AADSTS700016')]);
});

async function tokenOfDevice(clientId: string): Promise<{
  readonly page: (form: Record<string, string>, cookie?: string) => Promise<Response>;
  readonly poll: () => Promise<unknown>;
}> {
  const post = (path: string, fields: Record<string, string>) =>
    fetch(`${identity.signInOrigin}/common/oauth2/v2.0/${path}`, {
      method: 'POST',
      body: new URLSearchParams({ client_id: clientId, ...fields }),
    });
  const device = (await (await post('devicecode', { scope: 'openid' })).json()) as Record<string, string>;
  const grant = { grant_type: 'device_code', device_code: device['device_code'] ?? '' };
  return {
    page: (form, cookie = '') =>
      fetch(`${device['verification_uri'] ?? ''}?user_code=${device['user_code'] ?? ''}`, {
        method: 'POST',
        body: new URLSearchParams(form),
        headers: { cookie },
      }),
    poll: async () =>
      ((await (await post('token', grant)).json()) as { error?: string }).error ?? 'signed in',
  };
}

test('a disabled account signs in no device', async () => {
  const { page, poll } = await tokenOfDevice(app.clientId);
  const answer = await page({ user: 'gone' });
  expect([answer.status, await answer.text()]).toEqual([400, expect.stringContaining('AADSTS50057')]);
  expect(await poll()).toBe('authorization_pending');
});

test.each([
  ['cancel', 'access_denied'],
  ['accept', 'signed in'],
])('the user of a device is asked for consent: %s', async (consent, outcome) => {
  const { page, poll } = await tokenOfDevice(timid.clientId);
  const asked = await page({ user: 'bob' });
  expect(await asked.text()).toContain('Permissions requested');
  await page({ consent }, cookieOf(asked));
  expect(await poll()).toBe(outcome);
  if (consent === 'cancel') expect(await poll()).toBe('bad_verification_code');
});
