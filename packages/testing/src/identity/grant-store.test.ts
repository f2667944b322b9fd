import { expect, test } from 'vitest';
import type { App, User } from './directory.ts';
import { createGrantStore } from './grant-store.ts';
import type { Target } from './service.ts';

const app = { clientId: 'app' } as App;
const [ada, bob] = [{ objectId: 'ada' } as User, { objectId: 'bob' } as User];
const target = {} as Target;
const signIn = (user: User) => ({ tenantId: 't', app, user, target });

test('a refresh token is one of its user until the sessions of that user are ended, and a later one again', () => {
  const grants = createGrantStore();
  const record = (user: User) => ({ ...signIn(user), expiresAtMs: 1 });
  const [old, other] = [grants.addRefreshToken(record(ada)), grants.addRefreshToken(record(bob))];
  grants.revokeUser(ada);
  const later = grants.addRefreshToken(record(ada));
  expect([old, other, later].map((token) => grants.refreshToken(token)?.revoked)).toEqual([
    true,
    false,
    false,
  ]);
  expect(grants.refreshToken('unknown')).toBeUndefined();
});

test('the sessions of browsers end with their user, with their cookie, and no other', () => {
  const grants = createGrantStore();
  const [first, second, third] = [grants.addSession(ada), grants.addSession(bob), grants.addSession(bob)];
  grants.revokeUser(ada);
  grants.endSession(third);
  expect([first, second, third].map((cookie) => grants.session(cookie))).toEqual([undefined, bob, undefined]);
});

test('consent is of one app and one user, and not asked of an app that needs none', () => {
  const grants = createGrantStore();
  const timid = { clientId: 'timid', consented: false } as App;
  expect([grants.hasConsent(app, ada), grants.hasConsent(timid, ada)]).toEqual([true, false]);
  grants.addConsent(timid, ada);
  expect([grants.hasConsent(timid, ada), grants.hasConsent(timid, bob)]).toEqual([true, false]);
  expect(grants.hasConsent({ clientId: 'other', consented: false } as App, ada)).toBe(false);
});

test('10,000 entries of a kind are kept, and the oldest makes room', () => {
  const grants = createGrantStore();
  const add = {
    codes: () => grants.addCode({ ...signIn(ada), redirectUri: 'r', expiresAtMs: 1 }),
    devices: () => grants.addDevice({ tenantId: 't', app, target, expiresAtMs: 1 }).deviceCode,
  };
  for (const kind of ['codes', 'devices'] as const) {
    const oldest = add[kind]();
    for (let number = 1; number < 10_000; number += 1) add[kind]();
    expect([grants[kind].size, grants[kind].has(oldest)]).toEqual([10_000, true]);
    add[kind]();
    expect([grants[kind].size, grants[kind].has(oldest)]).toEqual([10_000, false]);
  }
  const [cookie, token] = [
    grants.addSession(ada),
    grants.addRefreshToken({ ...signIn(ada), expiresAtMs: 1 }),
  ];
  for (let number = 0; number < 10_000; number += 1) {
    grants.addSession(bob);
    grants.addRefreshToken({ ...signIn(bob), expiresAtMs: 1 });
  }
  expect([grants.session(cookie), grants.refreshToken(token)]).toEqual([undefined, undefined]);
});
