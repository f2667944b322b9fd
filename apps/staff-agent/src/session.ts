// How to use it: `createSessions()` keeps who is signed in, on the server. The browser has a random id in a cookie and
// nothing else: tokens are too large for cookies, and do not belong there. The same file stands in every sample.
import { randomBytes } from 'node:crypto';

/** Who is signed in, by a token that was verified. */
export interface Person {
  /** Object id in the tenant. */
  readonly id: string;
  readonly name: string;
  readonly username: string;
  /** Object ids of groups. */
  readonly groups: readonly string[];
  /** App roles. */
  readonly roles: readonly string[];
}

/** A person with the tokens of the sign-in. */
export interface SignedIn {
  readonly person: Person;
  readonly accessToken: string;
  readonly expiresAtMs: number;
  readonly refreshToken?: string | undefined;
}

export interface Session {
  /** The person, as of the newest token. */
  readonly person: Person;
  /** A token for this app that is valid now. @throws when the person has to sign in again. */
  accessToken(): Promise<string>;
}

export interface SessionOptions {
  /** Gets new tokens for those that expire. */
  readonly refresh: (signedIn: SignedIn) => Promise<SignedIn>;
  /** @default 8 hours */
  readonly maxAgeMs?: number;
  /** The oldest session ends when there are more. @default 10_000 */
  readonly maxSessions?: number;
  readonly now?: () => number;
}

export interface Sessions {
  /** Starts a session and returns its id. */
  start(signedIn: SignedIn): string;
  /** The session of an id, with tokens that are valid; `undefined` when the person has to sign in. */
  find(id: string | undefined): Promise<Session | undefined>;
  end(id: string | undefined): void;
}

/** New tokens are asked for so long before the old ones end. */
const refreshAheadMs = 5 * 60_000;

export function createSessions({
  refresh,
  maxAgeMs = 8 * 3_600_000,
  maxSessions = 10_000,
  now = Date.now,
}: SessionOptions): Sessions {
  const entries = new Map<
    string,
    { signedIn: SignedIn; endsAtMs: number; pending?: Promise<SignedIn> | undefined }
  >();

  /** One refresh at a time for each session: a refresh token may be good for one use. */
  async function current(id: string): Promise<SignedIn> {
    const entry = entries.get(id);
    if (entry === undefined) throw new Error('The session has ended. Sign in again.');
    if (entry.signedIn.expiresAtMs - refreshAheadMs > now()) return entry.signedIn;
    entry.pending ??= refresh(entry.signedIn).finally(() => (entry.pending = undefined));
    try {
      entry.signedIn = await entry.pending;
    } catch (error) {
      if (entry.signedIn.expiresAtMs > now()) return entry.signedIn;
      entries.delete(id);
      throw error;
    }
    return entry.signedIn;
  }

  return {
    start(signedIn) {
      const id = randomBytes(32).toString('base64url');
      entries.set(id, { signedIn, endsAtMs: now() + maxAgeMs });
      const [oldest] = entries.size > maxSessions ? entries.keys() : [];
      if (oldest !== undefined) entries.delete(oldest);
      return id;
    },
    async find(id) {
      const entry = id === undefined ? undefined : entries.get(id);
      if (id === undefined || entry === undefined) return undefined;
      if (entry.endsAtMs <= now()) entries.delete(id);
      try {
        await current(id);
      } catch {
        return undefined;
      }
      return {
        get person() {
          return entry.signedIn.person;
        },
        accessToken: async () => (await current(id)).accessToken,
      };
    },
    end(id) {
      if (id !== undefined) entries.delete(id);
    },
  };
}
