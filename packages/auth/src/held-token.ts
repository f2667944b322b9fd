import type { AccessToken } from '@azure/identity';
import type { AuthHeaders } from './credential.ts';

/** A token with the instants at which something changes for it. */
export interface HeldToken {
  readonly headers: AuthHeaders;
  readonly generation: number;
  readonly obtainedAtMs: number;
  /** From then on a new token is fetched behind the back of the callers. */
  readonly refreshAtMs: number;
  /** From then on callers wait for a new token, and get this one only if there is none. */
  readonly waitAtMs: number;
  readonly expiresAtMs: number;
}

// MSAL answers from its own cache until five minutes before the expiry: asking earlier would change nothing.
const longestLeadMs = 5 * 60_000;
const longestMarginMs = 30_000;

export interface HoldOptions {
  readonly generation: number;
  readonly nowMs: number;
  readonly random: () => number;
  readonly failures: number;
}

/**
 * Turns what a credential answered into headers and a timetable.
 * @throws Error when it is no usable token.
 */
export function hold(token: AccessToken | null, options: HoldOptions): HeldToken {
  const { generation, nowMs, random } = options;
  if (token === null || !isUsable(token)) throw new Error('the credential returned no usable token');
  // A token that is over on arrival (a skewed clock) is handed out anyway, the service being the judge, and soon replaced.
  const pauseMs = 30_000 * (0.5 + random() / 2);
  const expiresAtMs = Math.max(token.expiresOnTimestamp, nowMs + pauseMs);
  const lifetimeMs = expiresAtMs - nowMs;
  const waitAtMs = expiresAtMs - Math.min(longestMarginMs, lifetimeMs / 10);
  const planned = plannedRefresh(token, { nowMs, lifetimeMs, random });
  return {
    headers: Object.freeze({ authorization: `Bearer ${token.token}` }),
    generation,
    obtainedAtMs: nowMs,
    refreshAtMs: Math.min(waitAtMs, Math.max(planned, nowMs + Math.min(pauseMs, lifetimeMs / 2))),
    waitAtMs,
    expiresAtMs,
  };
}

/** The credential's own wish if it has one, else some minutes before the expiry; spread, so that replicas do not ask together. */
function plannedRefresh(
  token: AccessToken,
  { nowMs, lifetimeMs, random }: { nowMs: number; lifetimeMs: number; random: () => number },
): number {
  const expiresAtMs = nowMs + lifetimeMs;
  const wished = token.refreshAfterTimestamp;
  if (wished !== undefined && wished > nowMs && wished < expiresAtMs) {
    return wished + (expiresAtMs - wished) * 0.1 * random();
  }
  return expiresAtMs - Math.min(longestLeadMs, lifetimeMs / 4) * (0.5 + random() / 2);
}

/** Whether the token is over on arrival. */
export function isStale(token: AccessToken | null, nowMs: number): boolean {
  return token !== null && token.expiresOnTimestamp <= nowMs;
}

export function sameToken(a: HeldToken, b: HeldToken): boolean {
  return a.headers['authorization'] === b.headers['authorization'];
}

function isUsable(token: AccessToken): boolean {
  // Whatever is not printable ASCII would break, or forge, the header.
  return (
    typeof token.token === 'string' &&
    /^[\x21-\x7e]+$/.test(token.token) &&
    Number.isFinite(token.expiresOnTimestamp)
  );
}
