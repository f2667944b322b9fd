// Who may come in, and how: the same tests stand in every sample.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startApp } from '../src/app.ts';
import { createSessions, type SignedIn } from '../src/session.ts';
import { createVisitor, signedIn } from './visitor.ts';

let app: Awaited<ReturnType<typeof startApp>>;
const lines: Readonly<Record<string, unknown>>[] = [];

beforeAll(async () => {
  app = await startApp({ log: (line) => lines.push(line) });
});

afterAll(() => app.close());

test('a person signs in on the page of the tenant and is known by the token, not by the browser', async () => {
  const ada = await signedIn(app.url, 'ada');
  const me = (await (await ada.get('/api/me')).json()) as { readonly name: string };
  expect(me.name).toBe(app.azure.mock?.identity.directory.user('ada')?.name);
});

test('nothing under /api answers a visitor who has not signed in', async () => {
  const response = await createVisitor(app.url).get('/api/me');
  expect([response.status, await response.json()]).toEqual([401, { error: 'Sign in first.' }]);
});

test('an invented session cookie is nobody', async () => {
  const response = await fetch(`${app.url}/api/me`, { headers: { cookie: `session=${'A'.repeat(43)}` } });
  expect(response.status).toBe(401);
});

test('the cookie is out of reach of scripts, and holds no token', async () => {
  const begun = await fetch(`${app.url}/sign-in`, { redirect: 'manual' });
  const [cookie = ''] = begun.headers.getSetCookie();
  expect(cookie).toMatch(/^sign-in=[\w-]{43}; .*HttpOnly; SameSite=Lax/);
});

test('a sign-in asks with PKCE, a state and a nonce', async () => {
  const begun = await fetch(`${app.url}/sign-in`, { redirect: 'manual' });
  const asked = new URL(begun.headers.get('location') ?? '').searchParams;
  expect(asked.get('code_challenge_method')).toBe('S256');
  expect(
    [asked.get('state'), asked.get('nonce'), asked.get('code_challenge')].every(
      (text) => (text ?? '').length > 20,
    ),
  ).toBe(true);
});

test('somebody who comes back from a sign-in that this browser did not begin is not signed in', async () => {
  const visitor = createVisitor(app.url);
  const page = await visitor.get('/sign-in/callback?code=stolen&state=guessed');
  expect(page.url).toContain('/?sign-in=expired');
  expect((await visitor.get('/api/me')).status).toBe(401);
});

test('whoever signs out is out', async () => {
  const bob = await signedIn(app.url, 'bob');
  expect((await bob.get('/api/me')).status).toBe(200);
  expect((await bob.post('/sign-out')).status).toBe(204);
  expect((await bob.get('/api/me')).status).toBe(401);
});

test.each([
  ['another site', { origin: 'https://evil.example' }, 403],
  ['no page at all', {}, 403],
])('a request that changes something is refused from %s', async (_, headers, status) => {
  const response = await fetch(`${app.url}/sign-out`, { method: 'POST', headers });
  expect(response.status).toBe(status);
});

test('the health check answers without a sign-in', async () => {
  const response = await fetch(`${app.url}/healthz`);
  expect([response.status, await response.text()]).toEqual([200, 'ok']);
});

test('no line of the log holds a name, a token or a query', async () => {
  await signedIn(app.url, 'ada');
  const text = JSON.stringify(lines);
  expect(text).toContain('"/sign-in/callback"');
  expect(text).not.toMatch(/ada|Bearer|eyJ|code=|state=/i);
});

const person = { id: 'ada', name: 'Ada', username: 'ada@contoso.com', groups: [], roles: [] };
const signedInUntil = (expiresAtMs: number, accessToken = 'first'): SignedIn => ({
  person,
  accessToken,
  expiresAtMs,
  refreshToken: 'r',
});

test('a token is renewed before it ends, once for all who wait, and the groups are those of the new one', async () => {
  let [now, refreshes] = [0, 0];
  const sessions = createSessions({
    now: () => now,
    refresh: async (old) => {
      refreshes += 1;
      await Promise.resolve();
      return {
        ...old,
        accessToken: 'second',
        expiresAtMs: 7_200_000,
        person: { ...person, groups: ['new'] },
      };
    },
  });
  const id = sessions.start(signedInUntil(3_600_000));
  now = 3_600_000 - 300_000;
  const [one, two] = await Promise.all([sessions.find(id), sessions.find(id)]);
  expect(await one?.accessToken()).toBe('second');
  expect(two?.person.groups).toEqual(['new']);
  expect(refreshes).toBe(1);
});

test('a session ends when its tokens cannot be renewed, and after eight hours', async () => {
  let now = 0;
  const sessions = createSessions({ now: () => now, refresh: () => Promise.reject(new Error('revoked')) });
  const id = sessions.start(signedInUntil(600_000));
  now = 400_000;
  expect(await (await sessions.find(id))?.accessToken()).toBe('first');
  now = 600_000;
  expect(await sessions.find(id)).toBeUndefined();
  const other = sessions.start(signedInUntil(100_000_000));
  now += 8 * 3_600_000;
  expect(await sessions.find(other)).toBeUndefined();
});

test('the oldest session ends when there are too many', async () => {
  const sessions = createSessions({ maxSessions: 2, refresh: (old) => Promise.resolve(old) });
  const [first, second, third] = [1, 2, 3].map(() => sessions.start(signedInUntil(Number.MAX_SAFE_INTEGER)));
  expect(await sessions.find(first)).toBeUndefined();
  expect(await sessions.find(second)).toBeDefined();
  expect(await sessions.find(third)).toBeDefined();
});
