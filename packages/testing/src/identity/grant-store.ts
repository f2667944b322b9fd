import { randomBytes } from 'node:crypto';
import type { App, User } from './directory.ts';
import type { Target } from './service.ts';

/** The grant of a user, which every code and refresh token refers to. */
export interface SignIn {
  readonly tenantId: string;
  readonly app: App;
  readonly user: User;
  readonly target: Target;
  readonly nonce?: string;
}

/** An authorization code that was not exchanged yet. */
export interface PendingCode extends SignIn {
  readonly redirectUri: string;
  readonly challenge?: { readonly value: string; readonly method: 'plain' | 'S256' };
  readonly expiresAtMs: number;
  redeemed: boolean;
}

/** A refresh token that was issued. */
interface RefreshRecord extends SignIn {
  readonly expiresAtMs: number;
  readonly revoked: boolean;
}

/** A device that waits for its user to sign in elsewhere. */
interface PendingDevice {
  readonly tenantId: string;
  readonly app: App;
  readonly target: Target;
  readonly userCode: string;
  readonly expiresAtMs: number;
  state:
    | { readonly kind: 'pending' }
    | { readonly kind: 'declined' }
    | { readonly kind: 'signed-in'; readonly user: User };
}

/** Codes and refresh tokens the tenant has given out. */
export interface GrantStore {
  readonly codes: Map<string, PendingCode>;
  readonly devices: Map<string, PendingDevice>;
  addCode(code: Omit<PendingCode, 'redeemed'>): string;
  addDevice(device: Omit<PendingDevice, 'userCode' | 'state'>): {
    readonly deviceCode: string;
    readonly userCode: string;
  };
  addRefreshToken(record: Omit<RefreshRecord, 'revoked'>): string;
  refreshToken(token: string): RefreshRecord | undefined;
  hasConsent(app: App, user: User): boolean;
  addConsent(app: App, user: User): void;
  /** Remembers a browser. Returns the value of its cookie. */
  addSession(user: User): string;
  session(cookie: string): User | undefined;
  endSession(cookie: string): void;
  /** Ends the sessions of a user: its refresh tokens fail from now on. */
  revokeUser(user: User): void;
}

/** The oldest entries are dropped first, so that a mock that runs for days stays small. */
const maxEntries = 10_000;

export function createGrantStore(): GrantStore {
  const codes = new Map<string, PendingCode>();
  const devices = new Map<string, PendingDevice>();
  const refreshTokens = new Map<string, Omit<RefreshRecord, 'revoked'> & { readonly session: number }>();
  const revokedBefore = new Map<string, number>();
  const consents = new Set<string>();
  const browsers = new Map<string, User>();
  let session = 0;
  return {
    codes,
    devices,
    addCode(code) {
      const value = `0.${secret()}`;
      put(codes, value, { ...code, redeemed: false });
      return value;
    },
    addDevice(device) {
      const deviceCode = secret();
      const userCode = randomBytes(6).toString('hex').slice(0, 9).toUpperCase();
      put(devices, deviceCode, { ...device, userCode, state: { kind: 'pending' } });
      return { deviceCode, userCode };
    },
    addRefreshToken(record) {
      const token = `1.${secret()}`;
      session += 1;
      put(refreshTokens, token, { ...record, session });
      return token;
    },
    refreshToken(token) {
      const record = refreshTokens.get(token);
      if (record === undefined) return undefined;
      return { ...record, revoked: record.session <= (revokedBefore.get(record.user.objectId) ?? 0) };
    },
    hasConsent: (app, user) => app.consented !== false || consents.has(`${app.clientId} ${user.objectId}`),
    addConsent(app, user) {
      consents.add(`${app.clientId} ${user.objectId}`);
    },
    addSession(user) {
      const cookie = secret();
      put(browsers, cookie, user);
      return cookie;
    },
    session: (cookie) => browsers.get(cookie),
    endSession(cookie) {
      browsers.delete(cookie);
    },
    revokeUser(user) {
      for (const [cookie, owner] of browsers) if (owner === user) browsers.delete(cookie);
      revokedBefore.set(user.objectId, session);
    },
  };
}

function put<Value>(map: Map<string, Value>, key: string, value: Value): void {
  map.set(key, value);
  if (map.size <= maxEntries) return;
  const [oldest] = map.keys();
  if (oldest !== undefined) map.delete(oldest);
}

function secret(): string {
  return randomBytes(32).toString('base64url');
}
